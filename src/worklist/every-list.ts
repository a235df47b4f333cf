/** All lists there are, and all people on one: for downtime packs, which are made of whole lists. */
import type { Sql } from '../base/index.ts'
import { readKeptList } from './kept-lists.ts'
import { type ListedPerson, readList } from './lists.ts'

export type AnyList = {
  /** `ward|RZ999|W7`, `practice|Y99901`, `staff|<system>|<code>`, or the id of a kept list. */
  readonly id: string
  readonly kind: 'ward' | 'practice' | 'caseload' | 'team'
  /** `W7, Riverton General Hospital`: as a reader knows it. */
  readonly title: string
}

/** By kind and title. A walk from list to list, and the kept lists that stand. */
export async function everyList(sql: Sql): Promise<readonly AnyList[]> {
  const made = await sql<{ list: string }[]>`
    with recursive walk as (
      (select list from list_member order by list limit 1)
      union all
      select (select m.list from list_member m where m.list > walk.list order by m.list limit 1) from walk where walk.list is not null)
    select list from walk where list is not null`
  const kept = await sql<
    { id: string; kind: 'caseload' | 'team'; name: string; organisation: string; owner: string | null }[]
  >`select id, kind, name, organisation, owner from kept_list where ended_at is null`
  const named = await sql<{ code: string; name: string }[]>`
    select organisation_code as code, min(organisation_name) as name from source where organisation_code <> '' group by organisation_code`
  const names = new Map(named.map(({ code, name }) => [code, name]))
  const organisation = (code: string) => names.get(code) ?? code
  const lists = [
    ...made.map(({ list }): AnyList => {
      const [kind = '', first = '', ...rest] = list.split('|')
      if (kind === 'ward') return { id: list, kind, title: `${rest.join('|')}, ${organisation(first)}` }
      if (kind === 'practice') return { id: list, kind, title: organisation(first) }
      return { id: list, kind: 'caseload', title: `Caseload of ${rest.at(-1) ?? list}` }
    }),
    ...kept.map(
      ({ id, kind, name, organisation: code, owner }): AnyList => ({
        id,
        kind,
        title: `${owner === null ? name : `${name} of ${owner}`}, ${organisation(code)}`,
      }),
    ),
  ]
  return lists.sort(
    (a, b) => a.kind.localeCompare(b.kind) || a.title.localeCompare(b.title) || a.id.localeCompare(b.id),
  )
}

/** Everybody on a list, in its order, each once. */
export async function everyoneOn(sql: Sql, { id }: Pick<AnyList, 'id'>): Promise<readonly ListedPerson[]> {
  const people = new Map<string, ListedPerson>()
  const isMade = /^(?:ward|practice|staff)\|/.test(id)
  let after: string | undefined
  let page = 1
  for (;;) {
    const { people: some, next } = isMade ? await readList(sql, [id], after) : await readKeptList(sql, id, page)
    for (const one of some) if (!people.has(one.person)) people.set(one.person, one)
    if (next === undefined) return [...people.values()]
    after = next
    page += 1
  }
}
