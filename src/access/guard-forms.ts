import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../base/index.ts'
import { formToken, isFormToken } from './session.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * A route for programs, without a form's key. json: it takes JSON, which no form of another site can send. signed: what it takes is signed by
     * a provider, and no cookie counts.
     */
    formless?: 'json' | 'signed'
  }
}

/** The hidden field of every form that changes something. */
export const formKeyField = 'form-key'
/** Before anybody is signed in a form is bound to this cookie of its own. */
export const formCookie = 'throughline_form'

/** Over TLS its name lets no neighbour set it, as with the session's. */
const formCookieFor = (secure: boolean): string => (secure ? `__Host-${formCookie}` : formCookie)

const secretShape = /^[\w-]{43}$/
const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Every form of an app carries a key that is bound to the reader's session, and nothing is done for one without it (CSRF). The key is written
 * into each POST form as its page is sent, and taken out of what a form sent before a page sees it, so no page can forget either. It works
 * without JavaScript, and beside the question of `isOwnForm` which site a form came from.
 * Register it after the parsers of cookies and forms, and after the hooks that know who is signed in.
 * @param sessionCookie name of the cookie that holds the session's token
 */
export function guardForms(
  app: FastifyInstance,
  { sessionCookie, path, secure }: { readonly sessionCookie: string; readonly path: string; readonly secure: boolean },
): void {
  app.addHook('preHandler', async (request) => {
    if (reading.has(request.method) || request.is404) return
    const { formless } = request.routeOptions.config
    if (formless === 'signed') return
    if (formless === 'json') {
      if (/^application\/json\b/.test(request.headers['content-type'] ?? '')) return
      throw new Problem('forbidden', 'Only JSON is taken here', 'Send it as application/json.')
    }
    const secret = secretOf(request, [sessionCookie, formCookieFor(secure)])
    if (secret === undefined || !isFormToken(secret, takeKey(request.body)))
      throw new Problem(
        'forbidden',
        'This form was not opened here, or somebody signed in or out since',
        'Open the page again, then send the form.',
      )
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || !/^text\/html\b/.test(String(reply.getHeader('content-type') ?? '')))
      return payload
    if (!postForm.test(payload)) return payload
    let secret = secretOf(request, [sessionCookie, formCookieFor(secure)])
    if (secret === undefined) {
      secret = randomBytes(32).toString('base64url')
      reply.setCookie(formCookieFor(secure), secret, {
        path: secure ? '/' : path,
        httpOnly: true,
        sameSite: 'lax',
        secure,
      })
    }
    return withFormKeys(payload, formToken(secret))
  })
}

const postForm = /<form\b[^>]*\bmethod="post"[^>]*>/

/** A page with the key in each of its POST forms. Texts of others are escaped in a page, so a form in it is ours. */
export function withFormKeys(html: string, key: string): string {
  return html.replaceAll(
    new RegExp(postForm, 'g'),
    (form) => `${form}<input type="hidden" name="${formKeyField}" value="${key}">`,
  )
}

function secretOf(request: FastifyRequest, names: readonly string[]): string | undefined {
  return names.map((name) => request.cookies[name]).find((text) => secretShape.test(text ?? ''))
}

function takeKey(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  const given: unknown = Reflect.get(body, formKeyField)
  Reflect.deleteProperty(body, formKeyField)
  return typeof given === 'string' ? given : ''
}
