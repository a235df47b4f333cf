/** Who let which app read whose record. */
import type { Patient, Staff } from '../access/index.ts'
import type { Sql } from '../base/index.ts'
import { digestOf } from './vault.ts'

export type AppActor = Staff | Patient

export type AppGrant = {
  readonly client: string
  readonly actor: AppActor
  readonly person: string
  /** The Patient that the app is told. */
  readonly patientId: string
  readonly scopes: string
}

export async function keepGrant(
  sql: Sql,
  grantId: string,
  { client, actor, person, patientId, scopes }: AppGrant,
  now: Date,
): Promise<void> {
  await sql`
    insert into app_grant (grant_digest, client, actor, person, patient_id, scopes, granted_at)
    values (${digestOf(grantId)}, ${client}, ${JSON.stringify(actor)}::text::jsonb, ${person}, ${patientId}, ${scopes}, ${now})`
}

/** @returns undefined when it was never given or has ended */
export async function readGrant(sql: Sql, grantId: string): Promise<AppGrant | undefined> {
  const [row] = await sql<AppGrant[]>`
    select client, actor, person, patient_id as "patientId", scopes from app_grant where grant_digest = ${digestOf(grantId)} and ended_at is null`
  return row
}

/** The apps that somebody lets in now, newest first. `id` ends one. */
export async function grantsOf(
  sql: Sql,
  actor: AppActor,
): Promise<readonly (AppGrant & { readonly id: string; readonly grantedAt: Date })[]> {
  return await sql<(AppGrant & { id: string; grantedAt: Date })[]>`
    select encode(grant_digest, 'hex') as id, client, actor, person, patient_id as "patientId", scopes, granted_at as "grantedAt"
      from app_grant where actor ->> 'id' = ${actor.id} and actor ->> 'kind' = ${actor.kind} and ended_at is null order by granted_at desc`
}

/** Ends an app's access at once: its tokens are gone too. @returns the app; undefined when it was not this actor's */
export async function endGrant(sql: Sql, actor: AppActor, id: string, now: Date): Promise<string | undefined> {
  if (!/^[0-9a-f]{64}$/.test(id)) return undefined
  const [row] = await sql<{ client: string }[]>`
    update app_grant set ended_at = ${now}
     where grant_digest = decode(${id}, 'hex') and actor ->> 'id' = ${actor.id} and actor ->> 'kind' = ${actor.kind} and ended_at is null
    returning client`
  if (row) await sql`delete from app_artifact where grant_digest = decode(${id}, 'hex')`
  return row?.client
}
