import { z } from 'zod'
import type { EntryKind } from '../written/entry.ts'

/** What a source takes of what is written here, and how it wants it. */
export type Accepts = {
  readonly kinds: readonly EntryKind[]
  readonly as: 'fhir' | 'hl7v2'
  /** `https://…` of a FHIR base; `mllp://host:port`, or `mllps://host:port` over TLS. */
  readonly to: string
  /** MSH-5, MSH-6 and MSH-12. Default: the source's own MSH-3 and MSH-4, and 2.4. */
  readonly receivingApplication?: string
  readonly receivingFacility?: string
  readonly version?: '2.4' | '2.5' | '2.5.1'
  /** How long an answer is waited for. Default 20. */
  readonly timeoutSeconds?: number
  /** SMART backend services: a token by private_key_jwt, with our own key (`OUTBOUND_KEY`). */
  readonly auth?: {
    readonly tokenUrl: string
    readonly clientId: string
    readonly scope?: string
    readonly keyId?: string
  }
}

const text = z.string().trim().min(1).max(200)

/** Addresses are looked at again, with what their names lead to, each time before something is sent: see `guard.ts`. */
export const acceptsSchema = z
  .strictObject({
    kinds: z.array(z.enum(['observation', 'allergy', 'problem', 'note'])).min(1),
    as: z.enum(['fhir', 'hl7v2']),
    to: text.refine((to) => URL.canParse(to), 'Found what is no address, expected https://… or mllp://host:port'),
    receivingApplication: text.optional(),
    receivingFacility: text.optional(),
    version: z.enum(['2.4', '2.5', '2.5.1']).optional(),
    timeoutSeconds: z.number().int().min(1).max(60).optional(),
    auth: z
      .strictObject({
        tokenUrl: z.url({ protocol: /^https?$/ }),
        clientId: text,
        scope: text.optional(),
        keyId: text.optional(),
      })
      .optional(),
  })
  .superRefine(({ as, to, auth }, context) => {
    if (!URL.canParse(to)) return
    const { protocol, hostname, port, username, password, search, hash } = new URL(to)
    const fits =
      as === 'fhir' ? /^https?:$/.test(protocol) : /^mllps?:$/.test(protocol) && hostname !== '' && port !== ''
    if (!fits)
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message:
          as === 'fhir'
            ? 'Found another address, expected https://… of a FHIR base'
            : 'Found another address, expected mllp://host:port',
      })
    if (username !== '' || password !== '' || search !== '' || hash !== '')
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: 'The address must hold no password and no query: settings are shown and exported',
      })
    if (auth && URL.canParse(auth.tokenUrl)) {
      const token = new URL(auth.tokenUrl)
      if (token.username !== '' || token.password !== '' || token.search !== '' || token.hash !== '')
        context.addIssue({
          code: 'custom',
          path: ['auth', 'tokenUrl'],
          message: 'The address must hold no password and no query: settings are shown and exported',
        })
    }
    if (as === 'hl7v2' && auth)
      context.addIssue({ code: 'custom', path: ['auth'], message: 'MLLP has no tokens: auth is for FHIR only' })
  })
