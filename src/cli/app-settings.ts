import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Problem } from '../base/index.ts'
import type { Config } from '../config.ts'
import { type KeyRing, newKeyPem, readApps, readKeyRing, type SmartApp } from '../smart-apps/index.ts'

/** Apps of the demo, for trying: they run on the reader's own machine. */
const demoApps: readonly SmartApp[] = [
  {
    id: 'demo-app',
    name: 'Demo health diary',
    for: 'patient',
    redirectUris: ['http://127.0.0.1/back'],
    scopes:
      'openid fhirUser offline_access launch/patient patient/*.rs patient/Observation.rs patient/Patient.rs patient/MedicationStatement.rs',
  },
  {
    id: 'demo-staff-app',
    name: 'Demo growth chart',
    for: 'staff',
    redirectUris: ['http://127.0.0.1/back'],
    scopes: 'openid fhirUser launch/patient patient/*.rs patient/Observation.rs patient/Patient.rs',
  },
]

/** Registered apps and the keys that seal what they are given; undefined when there are no apps. The demo makes its own key. */
export function appSettings(
  config: Config,
): { readonly apps: readonly SmartApp[]; readonly keys: KeyRing } | undefined {
  const demo = config.THROUGHLINE_MODE === 'demo'
  const apps = [...readApps(config.APPS_FILE), ...(demo ? demoApps : [])]
  if (apps.length === 0) return undefined
  const path = config.APPS_KEY_FILE ?? (demo ? join(config.DATA_DIR, 'apps-key.pem') : undefined)
  if (path === undefined)
    throw new Problem(
      'invalid',
      'Production with apps needs APPS_KEY_FILE: the key that signs for apps and seals what they were given, kept apart from the database',
      'Make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out <file>; then name it in APPS_KEY_FILE.',
    )
  if (config.APPS_KEY_FILE === undefined && !existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, newKeyPem(), { mode: 0o600 })
  }
  return { apps, keys: readKeyRing(path) }
}
