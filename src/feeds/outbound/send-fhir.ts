/** One fact to a FHIR server. */
import { parseJson } from '../../fhir/index.ts'
import type { Guard } from '../../outside/index.ts'
import { ask, type HttpAnswer } from '../../outside/index.ts'
import type { Accepts } from './accepts.ts'
import type { FhirRequest } from './fhir-request.ts'
import { listAt, textAt } from './json-path.ts'
import { type Outcome, said } from './outcome.ts'
import { faultWords } from './send-mllp.ts'
import type { TokenFor } from './token.ts'

export async function sendFhir({
  accepts,
  request,
  body,
  timeoutMs,
  guard,
  token,
}: {
  readonly accepts: Accepts
  readonly request: FhirRequest
  readonly body: Uint8Array
  readonly timeoutMs: number
  readonly guard: Guard
  readonly token: TokenFor
}): Promise<Outcome> {
  try {
    const bearer = accepts.auth ? await token.get(accepts.auth, timeoutMs) : undefined
    const answer = await ask(`${accepts.to.replace(/\/$/, '')}/${request.path}`, {
      method: request.method,
      headers: { ...request.headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
      body,
      timeoutMs,
      guard,
    })
    if (answer.status === 401 && accepts.auth) token.forget(accepts.auth)
    return outcomeOf(answer)
  } catch (fault) {
    return said('no-answer', fault instanceof Error ? faultWords(fault) : 'The connection failed')
  }
}

/** Statuses that pass by themselves; 401 and 403 too: the key may not be registered there yet, and the fact is not at fault. */
const passing: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 429])

function outcomeOf({ status, text }: HttpAnswer): Outcome {
  const why = diagnosticsOf(text)
  if (status >= 200 && status < 300 && isAcceptance(text)) return said('accepted', `HTTP ${status}`)
  if (status >= 200 && status < 300)
    return said('no-answer', `${why || 'What answered is no FHIR server: perhaps a proxy on the way'} (HTTP ${status})`)
  const words = `${why === '' ? '' : `${why} `}(HTTP ${status})`
  if (status >= 300 && status < 400)
    return said('refused', `It wants us to send to another address, which we never do (HTTP ${status})`)
  return said(status >= 500 || status < 200 || passing.has(status) ? 'no-answer' : 'refused', words)
}

/** Nothing, or a resource that tells of no error: a network's sign-in page, and whatever else answers 200 to anything, has taken nothing (hazard H-55). */
function isAcceptance(text: string): boolean {
  if (text.trim() === '') return true
  const parsed = parseJson(text, { lengthMax: 1_000_000 })
  if (!parsed.ok || textAt(parsed.value, 'resourceType') === undefined) return false
  return !listAt(parsed.value, 'issue').some((issue) => /^(error|fatal)$/.test(textAt(issue, 'severity') ?? ''))
}

/** The first reasons of an OperationOutcome. */
function diagnosticsOf(text: string): string {
  const parsed = parseJson(text, { lengthMax: 1_000_000 })
  if (!parsed.ok) return ''
  return listAt(parsed.value, 'issue')
    .slice(0, 3)
    .map((issue) => textAt(issue, 'diagnostics') ?? textAt(issue, 'details', 'text') ?? textAt(issue, 'code') ?? '')
    .filter(Boolean)
    .join('; ')
}
