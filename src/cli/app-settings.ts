import type { Config } from '../config.ts'
import { readApps, type SmartApp } from '../smart-apps/index.ts'

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

/** Registered apps; none: nobody can let any in. */
export function registeredApps(config: Config): readonly SmartApp[] {
  return [...readApps(config.APPS_FILE), ...(config.THROUGHLINE_MODE === 'demo' ? demoApps : [])]
}
