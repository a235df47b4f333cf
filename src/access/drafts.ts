/** What somebody had written in a form when their session ended: sealed, theirs alone, for a day. */
import { recordAudit } from '../audit/index.ts'
import { opaqueId, type Sql, type Tx } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { SealedColumn } from '../store/index.ts'
import type { Actor } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'

export const draftHoursMax = 24
/** Of one person; the oldest go first. */
const draftsMax = 5

export type Draft = {
  /** Where the form is sent to: a page of ours. */
  readonly address: string
  /** The page that held it. */
  readonly page?: string
  readonly fields: Readonly<Record<string, string | readonly string[]>>
}
export type KeptDraft = Draft & { readonly id: string; readonly keptAt: Date }

type Needs = { readonly secrets: Secrets; readonly ask: Ask; readonly person?: string | undefined }

/** What this room keeps sealed. */
export const sealedInAccess: readonly SealedColumn[] = [
  { table: 'session', column: 'kept', place: `encode(token_digest, 'hex')`, about: 'session' },
  { table: 'draft', column: 'sealed', place: 'id', about: 'draft' },
]

/** Keeps what was written, and writes that it was kept. @param person whom the form was about. @returns its id */
export async function keepDraft(tx: Tx, actor: Actor, draft: Draft, { secrets, ask, person }: Needs): Promise<string> {
  const id = opaqueId()
  await tx`
    insert into draft (id, actor, sealed, kept_at)
    values (${id}, ${nameOf(actor)}, ${secrets.seal(`draft ${id}`, JSON.stringify(draft))}, ${ask.now})`
  await tx`
    delete from draft where id in (select id from draft where actor = ${nameOf(actor)} order by kept_at desc, id offset ${draftsMax})`
  await recordAudit(tx, [lineFor(actor, { ...ask, action: 'C' }, { outcome: 0, ...about(person) })])
  return id
}

/** What waits for somebody, newest first: none of anybody else's, and none older than a day. What does not open is as if it were not there. */
export async function draftsOf(sql: Sql, actor: Actor, secrets: Secrets, now: Date): Promise<readonly KeptDraft[]> {
  const oldest = new Date(now.getTime() - draftHoursMax * 3_600_000)
  const rows = await sql<{ id: string; sealed: string; keptAt: Date }[]>`
    select id, sealed, kept_at as "keptAt" from draft where actor = ${nameOf(actor)} and kept_at > ${oldest} order by kept_at desc, id`
  return rows.flatMap(({ id, sealed, keptAt }) => {
    const text = secrets.open(`draft ${id}`, sealed)
    return text === undefined ? [] : [{ id, keptAt, ...(JSON.parse(text) as Draft) }]
  })
}

/** Writes that somebody saw what they had written. */
export async function showDraft(tx: Tx, actor: Actor, ask: Ask, person?: string): Promise<void> {
  await recordAudit(tx, [lineFor(actor, ask, { outcome: 0, ...about(person) })])
}

/** Deletes one of somebody's own. @returns false when it was not theirs, or is gone */
export async function dropDraft(tx: Tx, actor: Actor, id: string, ask: Ask): Promise<boolean> {
  const gone = await tx`delete from draft where id = ${id} and actor = ${nameOf(actor)}`
  if (gone.count === 0) return false
  await recordAudit(tx, [lineFor(actor, { ...ask, action: 'D' }, { outcome: 0 })])
  return true
}

/** Deletes what nobody came back for. @returns how many */
export async function forgetDrafts(sql: Sql, now: Date): Promise<number> {
  const gone = await sql`delete from draft where kept_at <= ${new Date(now.getTime() - draftHoursMax * 3_600_000)}`
  return gone.count
}

const nameOf = ({ kind, id }: Actor): string => `${kind} ${id}`
const about = (person: string | undefined) => (person === undefined ? {} : { person })
