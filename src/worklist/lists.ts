/** Lists of people that facts make: a ward's, a practice's, those for whom somebody answers. Paged by place in the list; every look by index. */
import type { Staff } from '../access/index.ts'
import type { Int64, Sql } from '../base/index.ts'

/** One person on a list. */
export type ListedPerson = {
  readonly person: string
  /** Their compartments: what a page shows of them is read from these. */
  readonly pks: readonly Int64[]
  /** Bed and room; '' when the list has none, or the source does not say. */
  readonly place: string
  readonly since: Date | null
}

export type ListPage = {
  readonly people: readonly ListedPerson[]
  /** Hand it back as `after` for the next page; absent on the last. */
  readonly next?: string
}

export const listLength = 50

/** `ward|RZ999|W7, RZ999`: a ward of an organisation. Only staff of that organisation are shown it. */
export const wardList = (organisation: string, ward: string): string => `ward|${organisation}|${ward}`
export const practiceList = (organisation: string): string => `practice|${organisation}`

/** The wards of an organisation where somebody lies now, by name, with how many. A walk from ward to ward. */
export async function wardsOf(
  sql: Sql,
  organisation: string,
): Promise<readonly { readonly ward: string; readonly people: number }[]> {
  const from = wardList(organisation, '')
  const rows = await sql<{ list: string; people: number }[]>`
    with recursive walk as (
      (select list from list_member where list >= ${from} and list < ${`${from}\u{10ffff}`} order by list limit 1)
      union all
      select (select m.list from list_member m where m.list > walk.list and m.list < ${`${from}\u{10ffff}`} order by m.list limit 1)
        from walk where walk.list is not null)
    select walk.list, n.people from walk
     cross join lateral (select count(distinct pk)::int as people from (select pk from list_member where list = walk.list limit 1000) m) n
     where walk.list is not null`
  return rows.map(({ list, people }) => ({ ward: list.slice(from.length), people }))
}

/**
 * One page of a list, in its order. A person whom several sources put on it stands once, at their first place.
 * @param after `next` of the page before
 */
export async function readList(sql: Sql, lists: readonly string[], after?: string): Promise<ListPage> {
  const [sort, pk] = readAfter(after)
  const rows = await sql<(ListedPerson & { sort: string; pk: Int64; end: readonly [string, Int64] | null })[]>`
    with raw as materialized (
      select x.* from unnest(${[...lists]}::text[]) u(list)
       cross join lateral (select * from list_member where list = u.list and (sort, pk) > (${sort}, ${pk}) order by sort, pk limit ${rawMax}) x
       order by x.sort, x.pk limit ${rawMax}),
    page as materialized (
      select distinct on (m.sort, m.pk) m.sort, m.pk, m.place, m.since, l.person
        from raw m
       cross join lateral (select person from person_link where pk = m.pk and until is null limit 1) l
       where not exists (
         select from person_link o
          cross join lateral (select sort, pk, list from list_member where pk = o.pk and list = any(${[...lists]}::text[]) offset 0) e
          where o.person = l.person and o.until is null and (e.sort, e.pk) < (m.sort, m.pk))
       order by m.sort, m.pk limit ${listLength + 1}),
    ending as (select case when count(*) = ${rawMax} then json_build_array(max(sort), (array_agg(pk order by sort desc, pk desc))[1]::text) end as place from raw)
    select page.*, array(select pk from person_link where person = page.person and until is null) as pks, ending.place as "end"
      from ending left join page on true order by sort, pk`
  const people = rows.filter(
    (row, place) => row.person !== null && rows.findIndex(({ person }) => person === row.person) === place,
  )
  const last = people.length > listLength ? people[listLength - 1] : undefined
  // Very many rows of few people: the page may be short, and yet more follow (hazard H-47).
  const end = last ? [last.sort, last.pk] : rows[0]?.end
  return {
    people: people.slice(0, listLength).map(({ person, pks, place, since }) => ({ person, pks, place, since })),
    ...(end ? { next: Buffer.from(JSON.stringify(end)).toString('base64url') } : {}),
  }
}

const rawMax = 4 * listLength
const first = ['', '-9223372036854775808'] as const

function readAfter(text: string | undefined): readonly [string, Int64] {
  try {
    const [sort, pk]: unknown[] = JSON.parse(Buffer.from(text ?? '', 'base64url').toString())
    if (typeof sort === 'string' && !sort.includes('\u0000') && typeof pk === 'string' && /^-?\d{1,18}\d?$/.test(pk))
      return [sort, pk]
  } catch {
    // A damaged address begins at the beginning.
  }
  return first
}

/** The lists on which facts put people because a member of staff answers for them: care team, key worker, attending doctor. */
export function ownLists({ codes = [] }: Pick<Staff, 'codes'>): readonly string[] {
  return codes.map((code) => `staff|${code}`)
}

/** What waits about each of these people: how many results nobody has acknowledged, and how many are new since an instant of their own. */
export async function resultsWaiting(
  sql: Sql,
  people: readonly Pick<ListedPerson, 'person' | 'pks'>[],
): Promise<ReadonlyMap<string, number>> {
  const pks = people.flatMap((one) => one.pks.map((pk) => ({ pk, person: one.person })))
  if (pks.length === 0) return new Map()
  const rows = await sql<{ person: string; many: number }[]>`
    select u.person, count(i.id)::int as many
      from unnest(${pks.map(({ pk }) => pk)}::bigint[], ${pks.map(({ person }) => person)}::text[]) u(pk, person)
     cross join lateral (select id from result_item where pk = u.pk and ack is null offset 0) i
     group by u.person`
  return new Map(rows.map(({ person, many }) => [person, many]))
}
