import type { Clock, Log, Pool } from '../base/index.ts'
import type { Pipeline, Source } from '../feeds/index.ts'
import type { AppServer } from '../smart-apps/index.ts'
import type { Client } from './clients.ts'
import type { Tokens } from './tokens.ts'

/** What `server.ts` hands in. */
export type FhirApiNeeds = {
  readonly sql: Pool
  readonly clock: Clock
  readonly log: Log
  /** Where clients reach this server, without a slash at the end: `https://record.example`. */
  readonly baseUrl: () => string
  /** A registered client by its id. */
  readonly client: (id: string) => Client | undefined
  readonly source: (id: string) => Source | undefined
  /** The way of every message: what is written here is kept, filed and traced like what any other door receives. */
  readonly receive: Pipeline['receive']
  /** Shared with the other doors that systems speak to. */
  readonly tokens: Tokens
  /** Apps that people let in. Absent: there are none. */
  readonly apps?: Pick<AppServer, 'callerOf' | 'token'> | undefined
  /** Remembers the id of an assertion, beyond a restart too. @returns false when it was used before. Absent: kept in memory */
  readonly useOnce?: (assertionId: string, expiresAt: Date) => Promise<boolean>
  /** This software, as the capability statement names it. */
  readonly software: { readonly name: string; readonly version: string }
  /** Default 32 MB. */
  readonly bodyBytesMax?: number
  /** Beyond this the caller is told to ask for less at a time. Default 64 MB. */
  readonly answerBytesMax?: number
}
