import type { Int64, Sql } from '../base/index.ts'
import type { AuditActor, KeptLine } from './line.ts'
import { idAt } from './months.ts'

type ActorName = Pick<AuditActor, 'kind' | 'id'>

export type AuditQuery = {
  /** Whose record was looked at; also lines about people who were joined with this person, when all their ids are given. */
  readonly persons?: readonly string[]
  /** Who looked. */
  readonly actor?: ActorName
  /** The same, when a name may be one of several. None: nobody, so nothing is found. */
  readonly actors?: readonly ActorName[]
  /** Only these kinds of line. */
  readonly what?: readonly string[]
  /** As it is named in the lines. */
  readonly organisation?: string
  /** Only what was refused, or failed. */
  readonly refused?: boolean
  /** Only these outcomes. With `refused`, whose index serves it. */
  readonly outcomes?: readonly number[]
  /** Only what was created, read, updated, deleted or executed. */
  readonly action?: KeptLine['action']
  readonly from?: Date
  /** Before this moment. */
  readonly until?: Date
  /** Only lines older than this id: the last one of the page before. */
  readonly before?: Int64
  /** 1 to 2,000; 50 when absent. */
  readonly limit?: number
}

export type AuditPage = { readonly lines: readonly KeptLine[]; readonly next?: Int64 }

type Row = {
  id: Int64
  at: Date
  action: KeptLine['action']
  what: string
  actor_kind: AuditActor['kind']
  actor_id: string
  actor_name: string
  role: string | null
  organisation: string | null
  purpose: KeptLine['purpose']
  outcome: KeptLine['outcome']
  person: string | null
  detail: Readonly<Record<string, unknown>>
  address: string | null
  request_id: string | null
}

/** A clock may be set back, while numbers only grow: a line's number is of its own time or at most this much later. */
const clockSlackMs = 86_400_000

/**
 * The trail, newest first. `next` is given when there is more. Who may read it is the caller's question to `access/`.
 * Each shape is served by an index of each month, read from its end; months outside the dates are not touched (read.test.ts holds the plans).
 */
export async function readAudit(sql: Sql, query: AuditQuery): Promise<AuditPage> {
  const limit = Math.min(Math.max(query.limit ?? 50, 1), 2_000)
  const rows = await rowsOf(sql, query, limit + 1)
  const lines = rows.slice(0, limit).map(toLine)
  const last = lines.at(-1)
  return rows.length > limit && last ? { lines, next: last.id } : { lines }
}

/** One line; undefined when there is none of this number. */
export async function readAuditLine(sql: Sql, id: Int64): Promise<KeptLine | undefined> {
  const [row] = await sql<Row[]>`select * from audit_event where id = ${id}`
  return row && toLine(row)
}

async function rowsOf(sql: Sql, query: AuditQuery, most: number): Promise<readonly Row[]> {
  const { persons, what, organisation, refused, outcomes, action, from, until, before } = query
  const actors = query.actors ?? (query.actor ? [query.actor] : undefined)
  const rest = sql`
    ${what ? sql`and what = any(${[...what]}::text[])` : sql``}
    ${organisation === undefined ? sql`` : sql`and organisation = ${organisation}`}
    ${refused ? sql`and outcome <> 0` : sql``}
    ${outcomes ? sql`and outcome = any(${[...outcomes]}::smallint[])` : sql``}
    ${action ? actionIs(sql, action) : sql``}
    ${from ? sql`and at >= ${from} and id >= ${idAt(from)}::bigint` : sql``}
    ${until ? sql`and at < ${until} and id < ${idAt(new Date(until.getTime() + clockSlackMs))}::bigint` : sql``}
    ${before ? sql`and id < ${before}::bigint` : sql``}`
  // Each person's and each actor's newest lines stand together in an index: so many from each, not all of anybody's.
  if (persons)
    return await sql<Row[]>`
      select l.* from unnest(${[...persons]}::text[]) p
       cross join lateral (
         select * from audit_event where person = p ${actors ? whoIs(sql, actors) : sql``} ${rest} order by id desc limit ${most}::int) l
       order by id desc limit ${most}::int`
  if (actors)
    return await sql<Row[]>`
      select l.* from unnest(${actors.map(({ kind }) => kind)}::text[], ${actors.map(({ id }) => id)}::text[]) a (kind, name)
       cross join lateral (
         select * from audit_event where actor_kind = a.kind and actor_id = a.name ${rest} order by id desc limit ${most}::int) l
       order by id desc limit ${most}::int`
  return await sql<Row[]>`select * from audit_event where true ${rest} order by id desc limit ${most}::int`
}

/** As a constant: the index of changes serves only who says which. */
function actionIs(sql: Sql, action: KeptLine['action']) {
  return sql.unsafe(`and action = '${{ C: 'C', R: 'R', U: 'U', D: 'D', E: 'E' }[action]}'`)
}

function whoIs(sql: Sql, actors: readonly ActorName[]) {
  return sql`and (actor_kind, actor_id) in (
    select * from unnest(${actors.map(({ kind }) => kind)}::text[], ${actors.map(({ id }) => id)}::text[]))`
}

function toLine(row: Row): KeptLine {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    what: row.what,
    actor: {
      kind: row.actor_kind,
      id: row.actor_id,
      name: row.actor_name,
      ...(row.role === null ? {} : { role: row.role }),
      ...(row.organisation === null ? {} : { organisation: row.organisation }),
    },
    purpose: row.purpose,
    outcome: row.outcome,
    detail: row.detail,
    ...(row.person === null ? {} : { person: row.person }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
  }
}

/** Who stands in the trail under this name or id, in any spelling of capitals, best first; at most 50. */
export async function findActors(sql: Sql, typed: string): Promise<readonly AuditActor[]> {
  const part = `%${typed.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const rows = await sql<{ kind: AuditActor['kind']; id: string; name: string; organisation: string }[]>`
    select distinct on (kind, id) kind, id, name, organisation from audit_actor
     where id = ${typed} or name ilike ${part} order by kind, id limit 50`
  return rows.map(({ kind, id, name, organisation }) => ({
    kind,
    id,
    name,
    ...(organisation === '' ? {} : { organisation }),
  }))
}

/** Every organisation that stands in the trail, by name. */
export async function auditOrganisations(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ organisation: string }[]>`
    select distinct organisation from audit_actor where organisation <> '' order by organisation limit 1000`
  return rows.map(({ organisation }) => organisation)
}
