import type { Int64, Sql } from '../base/index.ts'
import { editDistance, foldName, foldPostcode, phoneticKey } from '../nhs/index.ts'
import { identifierKey, nearKeys, nhsNumberSystem } from './keys.ts'
import type { Member } from './knowledge.ts'
import { areFamiliar, familiarForms } from './nicknames.ts'
import type { PeopleQuery } from './people-query.ts'
import { membersOfPersons } from './persons.ts'

/** Someone who may be meant. */
export type FoundPerson = {
  readonly person: string
  /** 0 to 1: how well what was typed fits. */
  readonly score: number
  /** What each source says of them. */
  readonly members: readonly Member[]
}

export const foundMax = 50

/**
 * People who fit a query, best first, at most 50. Names may come in any order, be abbreviated, familiar, misspelled by a letter or two, or written as
 * they sound. A birth date with day and month exchanged is also tried. Every look goes through an index; two or three statements.
 * The caller runs it inside access' `openFind`, which writes to the trail whom it showed.
 */
export async function findPeople(sql: Sql, query: PeopleQuery): Promise<readonly FoundPerson[]> {
  const found = query.nhsNumber
    ? await findByNhsNumber(sql, query.nhsNumber)
    : query.name && wordsOf(query.name).length > 0
      ? await findByName(sql, query, query.name)
      : await findByDateAndPostcode(sql, query)
  const members = await membersOfPersons(
    sql,
    found.map(({ person }) => person),
  )
  return found.map(({ person, score }) => ({
    person,
    score,
    members: members.filter((member) => member.person === person),
  }))
}

type Hit = { readonly person: string; readonly score: number }

async function findByNhsNumber(sql: Sql, nhsNumber: string): Promise<readonly Hit[]> {
  return sql<Hit[]>`
    select l.person, 1::float8 as score
      from person_identifier i join person_link l on l.pk = i.pk and l.until is null
     where i.k = ${identifierKey(nhsNumberSystem, nhsNumber)}
     group by l.person order by min(i.first_seen_at), l.person limit ${foundMax}`
}

async function findByDateAndPostcode(sql: Sql, query: PeopleQuery): Promise<readonly Hit[]> {
  const dates = dateRange(query.birthDate)
  const postcode = foldPostcode(query.postcode ?? '')
  if (!dates && !postcode) return []
  return sql<Hit[]>`
    select l.person, max(case when t.birth_date = ${dates?.exact ?? null}::text::date then 1 else 0.9 end)::float8 as score
      from person_traits t join person_link l on l.pk = t.pk and l.until is null
     where true
       ${dates ? sql`and (t.birth_date between ${dates.from}::text::date and ${dates.to}::text::date or t.birth_date = ${dates.swapped}::text::date)` : sql``}
       ${postcode ? sql`and t.postcode >= ${postcode} and t.postcode < ${after(postcode)}` : sql``}
     group by l.person order by score desc, l.person limit ${foundMax}`
}

async function findByName(sql: Sql, query: PeopleQuery, name: string): Promise<readonly Hit[]> {
  const words = wordsOf(name)
  const variants = await spellings(sql, words)
  // Of three names one may not be held; of two both must fit.
  const needed = words.length <= 2 ? words.length : words.length - 1
  const dates = dateRange(query.birthDate)
  const postcode = foldPostcode(query.postcode ?? '')
  return sql<Hit[]>`
    with hit as (
      select p.pk, v.word, max(v.score) as score, bool_or(p.d = ${dates?.exact ?? null}::text::date) as born
        from unnest(${variants.map(({ word }) => word)}::int[], ${variants.map(({ n }) => n)}::text[], ${variants.map(({ score }) => score)}::float8[])
             v(word, n, score)
       cross join lateral (
         select pk, d from person_name where n = v.n
          ${dates ? sql`and (d between ${dates.from}::text::date and ${dates.to}::text::date or d = ${dates.swapped}::text::date)` : sql``} offset 0) p
       group by p.pk, v.word),
    fit as (
      select pk, sum(score) / ${words.length} + case when bool_or(born) then 0.1 else 0 end as score
        from hit group by pk having count(*) >= ${needed})
    select l.person, least(max(fit.score), 1)::float8 as score
      from fit
     cross join lateral (select person from person_link where pk = fit.pk and until is null limit 1) l
       ${
         postcode
           ? sql`cross join lateral (
               select 1 from person_traits where pk = fit.pk and postcode >= ${postcode} and postcode < ${after(postcode)} limit 1) t`
           : sql``
       }
     group by l.person order by max(fit.score) desc, l.person limit ${foundMax}`
}

type Spelling = { readonly word: number; readonly n: string; readonly score: number }

const variantsMax = 500

/** The words that are held and that each typed word may mean. Distinct words are few, so all the forgiving is done here. */
async function spellings(sql: Sql, words: readonly string[]): Promise<readonly Spelling[]> {
  const sounds = words.map(phoneticKey).filter((sound) => sound.length >= 2)
  const near: Int64[] = words.flatMap(nearKeys)
  const familiar = words.flatMap(familiarForms)
  const rows = await sql<{ n: string; sound: string }[]>`
    select p.n, p.sound from unnest(${words}::text[], ${words.map(after)}::text[]) u(w, upto)
      cross join lateral (select n, sound from name_word where n >= u.w and n < u.upto order by n limit ${variantsMax}) p
    union select n, sound from name_word where n = any(${familiar}::text[])
    union (select n, sound from name_word where sound = any(${sounds}::text[]) limit ${variantsMax})
    ${near.length === 0 ? sql`` : sql`union (select n, sound from name_word where near && ${near}::bigint[] limit ${variantsMax})`}`
  const scored = words.flatMap((typed, word) =>
    rows.map(({ n, sound }) => ({ word, n, score: likeness(typed, n, sound) })).filter(({ score }) => score > 0),
  )
  return scored
}

function likeness(typed: string, held: string, sound: string): number {
  if (typed === held) return 1
  if (held.startsWith(typed)) return 0.9
  if (areFamiliar(typed, held)) return 0.85
  if (typed.length >= 3) {
    const edits = editDistance(typed, held, 2)
    if (edits === 1) return 0.8
    if (edits === 2 && typed.length >= 6) return 0.7
  }
  return sound.length >= 2 && phoneticKey(typed) === sound ? 0.65 : 0
}

/** `O'Neill, Ada J` → oneill, ada: a lone letter is not searched for when there are whole words. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .split(/[\s,;]+/)
    .flatMap((word) => word.split('-'))
    .map(foldName)
    .filter((word) => word !== '')
    .slice(0, 6)
  const whole = words.filter((word) => word.length > 1)
  return [...new Set(whole.length > 0 ? whole : words)]
}

/** The first text that does not begin with this one, in the byte order of collation C. */
function after(text: string): string {
  return `${text}\u{10ffff}`
}

type DateRange = {
  readonly from: string
  readonly to: string
  readonly exact: string | null
  readonly swapped: string | null
}

function dateRange(birthDate: string | undefined): DateRange | undefined {
  if (!birthDate) return undefined
  const [year = '', month, day] = birthDate.split('-')
  if (!month) return { from: `${year}-01-01`, to: `${year}-12-31`, exact: null, swapped: null }
  if (!day) {
    const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
    return { from: `${year}-${month}-01`, to: `${year}-${month}-${last}`, exact: null, swapped: null }
  }
  return {
    from: birthDate,
    to: birthDate,
    exact: birthDate,
    swapped: Number(day) <= 12 ? `${year}-${day}-${month}` : null,
  }
}
