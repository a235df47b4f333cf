/** Apps that are registered here. @see SMART App Launch 2.2, client types */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Problem } from '../base/index.ts'

const appShape = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected letters, digits, dots, hyphens'),
  name: z.string().min(1).max(80),
  /** Who may let it in: patients to their own record, or staff to the record they are in. */
  for: z.enum(['patient', 'staff']),
  redirectUris: z.array(z.url()).min(1),
  /** The most that it may be given. */
  scopes: z.string().min(1),
  /** Public keys of an app that can keep a secret; absent: a public client, held by PKCE alone. */
  keys: z
    .strictObject({
      keys: z
        .array(
          z
            .looseObject({ kty: z.enum(['EC', 'RSA']), kid: z.string().min(1) })
            .refine((key) => !('d' in key), 'a private key was found; give the public key only'),
        )
        .min(1),
    })
    .optional(),
})

export type SmartApp = z.infer<typeof appShape>

/** From the file that `APPS_FILE` names. @throws Problem 'invalid' naming the place and what was expected */
export function readApps(path: string | undefined): readonly SmartApp[] {
  if (path === undefined) return []
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem('invalid', 'APPS_FILE cannot be read as JSON', 'See that the file is there and is JSON.', cause)
  }
  const parsed = z.array(appShape).safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem(
    'invalid',
    `APPS_FILE, at ${issue?.path.join('.') || 'its beginning'}: ${issue?.message ?? 'not readable'}`,
    'See docs/configuration.md.',
  )
}
