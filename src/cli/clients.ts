import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Problem } from '../base/index.ts'
import type { Client } from '../fhir-api/index.ts'

/** A public key of a client. A private one in this file would be everybody's who reads it: it is refused. */
const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA']), kid: z.string().min(1) })
  .refine((key) => !('d' in key), 'a private key was found; give the public key only')

const registered = z.array(
  z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected letters, digits, dots, hyphens'),
    name: z.string().min(1),
    organisation: z.string().optional(),
    source: z.string().min(1),
    uses: z.enum(['care', 'beyond-care']).optional(),
    scopes: z.string().regex(/^system\//, 'expected SMART system scopes, such as system/*.rs'),
    keys: z.strictObject({ keys: z.array(publicKey).min(1) }),
  }),
)

/**
 * The systems that may ask for a token, from the file that `CLIENTS_FILE` names: each with its public keys, its source and its scopes.
 * @throws Problem 'invalid' naming the place and what was expected
 * @see SMART Backend Services; docs/configuration.md
 */
export function readClients(path: string | undefined): readonly Client[] {
  if (path === undefined) return []
  const parsed = registered.safeParse(jsonOf(path))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Problem(
      'invalid',
      `CLIENTS_FILE, at ${issue?.path.join('.') || 'its beginning'}: ${issue?.message ?? 'not readable'}`,
      'See docs/configuration.md.',
    )
  }
  return parsed.data.map(
    ({ organisation, ...client }) => ({ ...client, ...(organisation === undefined ? {} : { organisation }) }) as Client,
  )
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem(
      'invalid',
      'CLIENTS_FILE cannot be read as JSON',
      'See that the file is there and is JSON.',
      cause,
    )
  }
}
