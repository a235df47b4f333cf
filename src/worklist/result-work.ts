/** Results to acknowledge, as a kind of work. */
import type { Staff } from '../access/index.ts'
import { type Int64, Problem, type Sql, type Tx } from '../base/index.ts'
import { clinicalDate, londonDay } from '../nhs/index.ts'
import { typeNumber } from '../store/index.ts'
import { homesOf } from './colleagues.ts'
import { countMax, type Surfaced, type WorkKind, type WorkLine } from './work-kind.ts'

const fallback = 'clinician'
const reportType = typeNumber('DiagnosticReport')

export const resultWork: WorkKind = {
  id: 'result',
  one: 'result to acknowledge',
  many: 'results to acknowledge',
  permission: 'answer-results',
  fallback,
  async count(sql, worker, now) {
    const homes = await homesOf(sql, worker, { table: 'result_item', fallback, now })
    const [row] = await sql<{ open: number; surfaced: number }[]>`
      select count(*)::int as open, count(*) filter (where due_at <= ${now})::int as surfaced from (
        select due_at from (${openFor(sql, worker, homes, { now, most: countMax })}) x limit ${countMax}) counted`
    return row ?? { open: 0, surfaced: 0 }
  },
  async page(sql, worker, { now, limit, offset }) {
    const homes = await homesOf(sql, worker, { table: 'result_item', fallback, now })
    const rows = await sql<Row[]>`
      with page as materialized (
        select distinct on (rank, due_at, item) * from (${openFor(sql, worker, homes, { now, most: limit + offset })}) x
         order by rank, due_at, item limit ${limit} offset ${offset})
      select ${sql.unsafe(columns)}
        from page i
        left join lateral (select person from person_link where pk = i.pk and until is null limit 1) l on true
        left join lateral (select d from resource where id = i.id and ty = ${reportType} and pk = i.pk limit 1) r on true
      left join lateral (select name from colleague where id = i.owner limit 1) c on true
        left join lateral (select organisation_name from source where organisation_code = i.home limit 1) o on true
       order by i.rank, i.due_at, i.item`
    return rows.map((row) => toLine(row, worker, now))
  },
}

const columns = `i.item, i.title, i.status, i.gravity, i.home, i.owner, i.unowned, i.owner_left as "ownerLeft", i.amended, i.requester,
  i.raised_at as "raisedAt", i.due_at as "dueAt", case when r.d > '-infinity' then r.d end as "takenAt", l.person, c.name as "ownerName", coalesce(o.organisation_name, i.home) as "homeName"`

type Row = {
  readonly item: string
  readonly title: string
  readonly status: string
  readonly gravity: 0 | 1 | 2
  readonly home: string
  readonly owner: string | null
  readonly unowned: boolean
  readonly ownerLeft: boolean
  readonly amended: boolean
  readonly requester: string
  readonly raisedAt: Date
  readonly dueAt: Date
  /** When the specimen was taken or the patient looked at; null: not told. */
  readonly takenAt: Date | null
  readonly person: string | null
  readonly ownerName: string | null
  readonly homeName: string
}

/**
 * What waits for somebody: their organisation's, but for what belongs to a colleague and is not overdue; and their own, wherever. In each
 * branch the index gives the longest due first, so that a list nobody has answered for years is no slower.
 */
function openFor(sql: Sql, { id }: Staff, homes: readonly string[], { now, most }: { now: Date; most: number }) {
  const branch = (rank: number, gravity: number, due: 'late' | 'any' | 'ahead') => sql`
    (select ${rank}::int as rank, i.* from result_item i
      where ack is null and home = h.home and gravity = ${gravity}
        and (owner is null or owner = ${id} or owner_left or due_at <= ${now})
        ${due === 'late' ? sql`and due_at <= ${now}` : due === 'ahead' ? sql`and due_at > ${now}` : sql``}
      order by due_at limit ${most})`
  return sql`
    select x.* from unnest(${[...homes]}::text[]) h(home) cross join lateral (
      ${branch(0, 2, 'any')} union all ${branch(1, 1, 'late')} union all ${branch(1, 0, 'late')}
      union all ${branch(2, 1, 'ahead')} union all ${branch(3, 0, 'ahead')}) x
    union all
    select case when gravity = 2 then 0 when due_at <= ${now} then 1 when gravity = 1 then 2 else 3 end as rank, i.* from result_item i
     where ack is null and owner = ${id} and home <> all (${[...homes]}::text[])`
}

const gravityWords = ['ordinary', 'abnormal', 'critical'] as const
const statusWords: Readonly<Record<string, string>> = {
  preliminary: 'Preliminary',
  partial: 'Part of the results',
  amended: 'Amended',
  corrected: 'Corrected',
  appended: 'Added to',
  cancelled: 'Not done',
  'entered-in-error': 'Entered in error',
  withdrawn: 'Taken back by its source',
  unknown: 'Status not known',
}

function toLine(row: Row, worker: Staff, now: Date): WorkLine {
  const { item, title, status, gravity, owner, unowned, ownerLeft, amended, requester, raisedAt, dueAt, person } = row
  // Of another organisation nothing is told but that: where somebody is looked after may be protected (hazard H-21).
  const here = row.home === worker.organisation.code
  const notes = [
    row.takenAt === null ? '' : `Of ${clinicalDate(londonDay(row.takenAt))}`,
    statusWords[status] ?? '',
    amended ? 'Changed since it was acknowledged' : '',
    requester === '' || !here ? '' : `Asked for by ${requester}`,
  ]
  return {
    kind: 'result',
    id: item,
    title,
    ...(person === null ? {} : { person }),
    note: notes.filter(Boolean).join('. '),
    gravity: gravityWords[gravity],
    owner: unowned
      ? 'Nobody'
      : owner === worker.id
        ? 'You'
        : here
          ? (row.ownerName ?? row.homeName)
          : 'Another organisation',
    raisedAt,
    dueAt,
    surfaced: surfacedOf({ unowned, ownerLeft, dueAt, now }),
  }
}

function surfacedOf({
  unowned,
  ownerLeft,
  dueAt,
  now,
}: {
  unowned: boolean
  ownerLeft: boolean
  dueAt: Date
  now: Date
}): Surfaced {
  return unowned ? 'no-owner' : ownerLeft ? 'owner-left' : dueAt <= now ? 'overdue' : ''
}

/** One result that waits or waited, for its page. */
export type ResultItem = WorkLine & {
  readonly pk: Int64
  readonly report: string
  /** Ids of its Observations. */
  readonly results: readonly string[]
  /** Digest of what it says: goes with the acknowledgement. */
  readonly content: string
  readonly status: string
  readonly home: string
  /** It waits. */
  readonly open: boolean
}

type FullRow = Row & {
  readonly pk: Int64
  readonly id: string
  readonly results: readonly string[]
  readonly content: string
  readonly ack: string | null
}

/** An item by its address, and every other result of the same person that waits. None: there is no such item. */
export async function readResultItems(
  sql: Sql,
  worker: Staff,
  item: string,
  now: Date,
): Promise<readonly ResultItem[]> {
  return await itemsWhere(
    sql,
    sql`(select i.* from result_item i where i.item = ${item}
         union
         select o.* from result_item i
          cross join lateral (select person from person_link where pk = i.pk and until is null limit 1) l
          cross join lateral (select pk from person_link where person = l.person and until is null offset 0) p
          cross join lateral (select * from result_item where pk = p.pk and ack is null offset 0) o
          where i.item = ${item})`,
    { worker, now, first: item },
  )
}

/** Every result of these compartments that waits: for the pages of a record. */
export async function openResultsOf(
  sql: Sql,
  worker: Staff,
  pks: readonly Int64[],
  now: Date,
): Promise<readonly ResultItem[]> {
  return await itemsWhere(sql, sql`(select * from result_item where pk = any(${[...pks]}::bigint[]) and ack is null)`, {
    worker,
    now,
    first: '',
  })
}

async function itemsWhere(
  sql: Sql,
  from: unknown,
  { worker, now, first }: { readonly worker: Staff; readonly now: Date; readonly first: string },
): Promise<readonly ResultItem[]> {
  const rows = await sql<FullRow[]>`
    select ${sql.unsafe(columns)}, i.pk, i.id, i.results, i.content, i.ack
      from ${from} i
      left join lateral (select person from person_link where pk = i.pk and until is null limit 1) l on true
      left join lateral (select d from resource where id = i.id and ty = ${reportType} and pk = i.pk limit 1) r on true
      left join lateral (select name from colleague where id = i.owner limit 1) c on true
      left join lateral (select organisation_name from source where organisation_code = i.home limit 1) o on true
     order by (i.item = ${first}) desc, i.gravity desc, i.due_at, i.item limit 50`
  return rows.map((row) => ({
    ...toLine(row, worker, now),
    pk: row.pk,
    report: row.id,
    results: row.results,
    content: row.content,
    status: row.status,
    home: row.home,
    open: row.ack === null,
  }))
}

/** Gives a result to somebody else: to a colleague, or to everyone of an organisation. Due when it was due, or at once when it had no owner. */
export async function handOverResult(
  tx: Tx,
  item: string,
  { owner, home }: { readonly owner?: string; readonly home: string },
): Promise<void> {
  const rows = await tx`
    update result_item set owner = ${owner ?? null}, home = ${home}, unowned = false, owner_left = false
     where item = ${item} and ack is null returning item`
  if (rows.length === 0)
    throw new Problem('conflict', 'This result does not wait any more', 'Open it to see who acknowledged it.')
}
