import type { Patient, StandIn } from '../access/index.ts'
import type { Clock, Log, Pool } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { AppDoor } from '../sign-in/index.ts'
import type { AppServer } from '../smart-apps/index.ts'

/** What the patient app is given by `server.ts`. */
export type PatientNeeds = {
  readonly sql: Pool
  readonly clock: Clock
  readonly log: Log
  /** Every page says that its people are made up. */
  readonly demo: boolean
  /** Addresses of the built stylesheet and icon. */
  readonly assets: { readonly css: string; readonly icon: string }
  /** The demo's stand-in for NHS login; absent in production. */
  readonly standIn: StandIn | undefined
  /** Sign-in by the identity provider. Absent: it is not set up here, and nobody signs in. */
  readonly door?: AppDoor<Patient> | undefined
  /** Apps that may be let in. Absent: there are none. */
  readonly appServer?: AppServer | undefined
  /** Seals what is kept of sessions and drafts. */
  readonly secrets: Secrets
  /** Cookies travel over TLS only: true wherever the site is served by https. */
  readonly secureCookies: boolean
}
