import type { Staff, StandIn } from '../access/index.ts'
import type { Clock, Log, Pool } from '../base/index.ts'
import type { Format, Pipeline, Sources } from '../feeds/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { AppDoor } from '../sign-in/index.ts'
import type { AppServer } from '../smart-apps/index.ts'
import type { Follower, WorkKind } from '../worklist/index.ts'
import type { Assets } from './shell.tsx'

/** What the staff app is given by `server.ts`. */
export type StaffNeeds = {
  readonly sql: Pool
  readonly clock: Clock
  readonly log: Log
  /** Every page says that its people are made up. */
  readonly demo: boolean
  readonly assets: Assets
  /** The demo's stand-in for CIS2; absent in production. */
  readonly standIn: StandIn | undefined
  /** Sign-in by the identity provider. Absent: it is not set up here, and nobody signs in. */
  readonly door?: AppDoor<Staff> | undefined
  /** What is risky asks for a proof of these levels, not older than so many minutes. Absent: for none. */
  readonly risky?: { readonly acrs: readonly string[]; readonly minutes: number }
  /** Apps that may be let in. Absent: there are none. */
  readonly appServer?: AppServer | undefined
  /** Seals what is kept of sessions and drafts. */
  readonly secrets: Secrets
  /** Cookies travel over TLS only: true wherever the site is served by https. */
  readonly secureCookies: boolean
  /** What start-up scripts show; absent: no start is taken. */
  readonly estateKey?: string | undefined
  readonly sources: Pick<Sources, 'get' | 'refresh' | 'all'>
  readonly format: (id: string) => Format | undefined
  /** Where others reach this server, without a slash at the end. Absent: as the request named it. */
  readonly publicUrl?: () => string
  readonly pipeline: Pick<Pipeline, 'replay' | 'receive'>
  /** Something was written that other systems wait for. */
  readonly wakeSender: () => void
  /** Keeps what waits up to date with the facts. Absent: nothing is followed, and what is derived stands still. */
  readonly follower?: Pick<Follower, 'keepUp'>
  /** Kinds of work of rooms that are wired in beside those that the pages know. */
  readonly moreWork?: readonly WorkKind[]
}
