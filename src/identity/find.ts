import type { Sql } from '../base/index.ts'
import { foldPostcode } from '../nhs/index.ts'
import { mayBeBorn, type Stretch, stretchesOf, unknownDateBonus } from './find-dates.ts'
import { type Difference, differences } from './find-differences.ts'
import { after, type Spelling, spellings, wordsOf } from './find-words.ts'
import { identifierKey, nhsNumberSystem, postcodeArea, wordPair } from './keys.ts'
import type { Member } from './knowledge.ts'
import type { PeopleQuery } from './people-query.ts'
import { membersOfPersons } from './persons.ts'

/** Someone who may be meant. */
export type FoundPerson = {
  readonly person: string
  /** 0 to 1: how well what was typed fits. */
  readonly score: number
  /** What each source says of them. */
  readonly members: readonly Member[]
  /** Where what is held differs from what was typed; empty: all of it stands in the record as typed. */
  readonly differences: readonly Difference[]
}

export type Found = {
  /** Best first, at most `foundMax`. */
  readonly people: readonly FoundPerson[]
  /** There are, or may be, more: the reader is told to add something. */
  readonly more: boolean
}

export const foundMax = 50

/** So many Patients are ranked; each person has a few. */
const candidatesMax = 400
/** So many rows of the keys are read where each is as good as the next. */
const hitsMax = 5_000
/** So many keys are looked up, the likeliest first. */
const keysAtFirst = 300
const keysMax = 2_000
/** Of each typed word so many held ones are paired, the likeliest. */
const wordsMax = 80
/** Both words forgiven in a letter or a sound: of such, the less likely are left out without a word. */
const unlikely = 1.6

/**
 * People who fit a query. Names may come in any order, be abbreviated, familiar, misspelled by a letter or two, or written as
 * they sound. A birth date with day and month exchanged is also tried. Every look goes through an index and reads a bounded number of rows,
 * so that a million people are searched as fast as a thousand; two to four statements. Of equals the order is by name, then birth date.
 * The caller runs it inside access' `openFind`, which writes to the trail whom it showed.
 */
export async function findPeople(sql: Sql, query: PeopleQuery): Promise<Found> {
  const { hits, more } = await candidates(sql, query)
  const shown = hits.slice(0, foundMax)
  const members = await membersOfPersons(
    sql,
    shown.map(({ person }) => person),
  )
  const ofPerson = Map.groupBy(members, ({ person }) => person)
  const stretches = stretchesOf(query)
  const people = shown
    .map(({ person, score }) => {
      const theirs = ofPerson.get(person) ?? []
      return {
        person,
        score: Math.min(score, 1),
        rank: score,
        members: theirs,
        differences: differences(query, theirs),
      }
    })
    .filter(
      (found) =>
        query.nhsNumber || !stretches || found.members.some(({ traits }) => mayBeBorn(traits.birthDate, stretches)),
    )
    .toSorted((a, b) => b.rank - a.rank || compare(nameAndBirth(a.members), nameAndBirth(b.members)))
    .map(({ rank: _rank, ...found }) => found)
  return { people, more: more || hits.length > foundMax }
}

type Hit = { readonly person: string; readonly score: number }
type Candidates = { readonly hits: readonly Hit[]; readonly more: boolean }

async function candidates(sql: Sql, query: PeopleQuery): Promise<Candidates> {
  if (query.nhsNumber) return { hits: await byNhsNumber(sql, query.nhsNumber), more: false }
  const words = wordsOf(query.name ?? '')
  if (words.length > 0) return await byName(sql, query, words)
  return { hits: await byDateAndPostcode(sql, query), more: false }
}

async function byNhsNumber(sql: Sql, nhsNumber: string): Promise<readonly Hit[]> {
  return sql<Hit[]>`
    select l.person, 1::float8 as score
      from person_identifier i join person_link l on l.pk = i.pk and l.until is null
     where i.k = ${identifierKey(nhsNumberSystem, nhsNumber)}
     group by l.person order by min(i.first_seen_at), l.person limit ${foundMax + 1}`
}

async function byDateAndPostcode(sql: Sql, query: PeopleQuery): Promise<readonly Hit[]> {
  const stretches = stretchesOf(query)
  const postcode = foldPostcode(query.postcode ?? '')
  if (!stretches && !postcode) return []
  const atHome = postcode ? sql`and t.postcode >= ${postcode} and t.postcode < ${after(postcode)}` : sql``
  const from = stretches
    ? sql`unnest(${stretches.map((one) => one.from)}::date[], ${stretches.map((one) => one.to)}::date[], ${stretches.map((one) => one.bonus)}::float8[])
            s(a, z, bonus)
          cross join lateral (
            select t.pk from person_traits t where t.birth_date between s.a and s.z ${atHome}
             order by t.birth_date, t.pk limit ${candidatesMax}) t`
    : sql`(select t.pk, 0.1::float8 as bonus from person_traits t where true ${atHome} order by t.postcode, t.pk limit ${candidatesMax}) t`
  return sql<Hit[]>`
    select l.person, max(0.9 + bonus)::float8 as score
      from ${from} join person_link l on l.pk = t.pk and l.until is null
     group by l.person order by score desc, l.person limit ${foundMax + 1}`
}

/** Two held words, or one and nothing, that lead to Patients at once; `i` and `j` are the places of the typed words. */
type Key = {
  readonly k: string
  readonly i: number
  readonly si: number
  readonly j: number | null
  readonly sj: number
}

async function byName(sql: Sql, query: PeopleQuery, words: readonly string[]): Promise<Candidates> {
  const { all, cut } = await spellings(sql, words)
  const postcode = foldPostcode(query.postcode ?? '')
  const area = postcodeArea(postcode) || postcode
  const { keys, narrowed } = keysFor(words, all, area)
  if (keys.length === 0) return { hits: [], more: false }
  // The keys come likeliest first: when the first few lead to more people than are shown, the others can only fit less.
  const asked = { words: words.length, stretches: stretchesOf(query), postcode, area }
  for (const most of [keysAtFirst, keysMax]) {
    const rows = await peopleOfKeys(sql, keys.slice(0, most), asked)
    if (rows.length > foundMax || keys.length <= most)
      return { hits: rows, more: cut || narrowed || rows.some(({ many }) => many > candidatesMax) }
  }
  return { hits: [], more: true }
}

type Asked = {
  readonly words: number
  readonly stretches: readonly Stretch[] | undefined
  readonly postcode: string
  readonly area: string
}

async function peopleOfKeys(
  sql: Sql,
  keys: readonly Key[],
  { words, stretches, postcode, area }: Asked,
): Promise<readonly (Hit & { readonly many: number })[]> {
  // Of three names one may not be held; of two both must fit.
  const needed = words <= 2 ? words : words - 1
  const alone = words === 1 && area === ''
  // Where more is asked of a key's Patients than that they are its own, it must be read to its end; else each is as good as the next.
  const allFit = words <= 2 && (words === 1 ? postcode === area : postcode === '')
  const most = allFit ? sql`order by pk limit ${candidatesMax}` : sql`offset 0`
  const dates = stretches ?? []
  const stretch = sql`unnest(${dates.map((one) => one.from)}::date[], ${dates.map((one) => one.to)}::date[], ${dates.map((one) => one.bonus)}::float8[])`
  const looks = !stretches
    ? alone
      ? sql`lateral (select pk, 0::float8 as bonus from person_name where n = v.k ${most}) p`
      : sql`lateral (select pk, 0::float8 as bonus from person_pair where k = v.k ${most}) p`
    : alone
      ? sql`(select a, z, bonus from ${stretch} s(a, z, bonus) union all select null, null, ${unknownDateBonus}) s
            cross join lateral (
              select pk, s.bonus from person_name where n = v.k and d between s.a and s.z
              union all select pk, s.bonus from person_name where n = v.k and d is null and s.a is null ${most}) p`
      : sql`lateral (
              select pk, case when d is null then ${unknownDateBonus}::float8
                              else (select max(s.bonus) from ${stretch} s(a, z, bonus) where q.d between s.a and s.z) end as bonus
                from person_pair q
               where k = v.k and (d is null or d between ${extreme(dates, 'from')}::date and ${extreme(dates, 'to')}::date) offset 0) p`
  const enough = allFit ? sql`limit ${hitsMax}` : sql``
  const home = postcode
    ? sql`cross join lateral (
            select 1 from person_traits where pk = fit.pk and postcode >= ${postcode} and postcode < ${after(postcode)} limit 1) t`
    : sql``
  return sql<(Hit & { readonly many: number })[]>`
    with key as materialized (
      select * from unnest(${keys.map(({ k }) => k)}::text[], ${keys.map(({ i }) => i)}::int[], ${keys.map(({ si }) => si)}::float8[],
                           ${keys.map(({ j }) => j)}::int[], ${keys.map(({ sj }) => sj)}::float8[]) v(k, i, si, j, sj)),
    hit as materialized (
      select p.pk, v.i, v.si, v.j, v.sj, p.bonus from key v cross join ${looks} where p.bonus is not null ${enough}),
    best as (
      select pk, word, max(score) as score, max(bonus) as bonus
        from (select pk, i as word, si as score, bonus from hit
              union all select pk, j, sj, bonus from hit where j is not null) each
       group by pk, word),
    fit as (
      select pk, sum(score) / ${words} + max(bonus) as score from best group by pk having count(*) >= ${needed}),
    top as (
      select fit.pk, fit.score, count(*) over () as many from fit ${home} order by fit.score desc, fit.pk limit ${candidatesMax})
    select l.person, max(top.score)::float8 as score, max(top.many)::int as many
      from top cross join lateral (select person from person_link where pk = top.pk and until is null limit 1) l
     group by l.person order by score desc, l.person limit ${foundMax + 1}`
}

/** The first day, or the last, of all stretches. */
function extreme(stretches: readonly Stretch[], end: 'from' | 'to'): string {
  const days = stretches.map((one) => one[end]).toSorted()
  return (end === 'from' ? days[0] : days.at(-1)) ?? '1900-01-01'
}

/** One typed word alone, or with the first half of a postcode; of several, each two. @returns the likeliest, and whether there were more */
function keysFor(
  words: readonly string[],
  all: readonly Spelling[],
  area: string,
): { readonly keys: readonly Key[]; readonly narrowed: boolean } {
  const of = words.map((_, place) => all.filter(({ word }) => word === place))
  if (words.length === 1) {
    const keys = (of[0] ?? []).map(({ n, score }) => ({
      k: area === '' ? n : wordPair(n, area),
      i: 0,
      si: score,
      j: null,
      sj: 0,
    }))
    return { keys, narrowed: false }
  }
  const twos = words.flatMap((_, i) => words.slice(i + 1).map((_other, place) => [i, i + 1 + place] as const))
  const most = Math.floor(keysMax / twos.length)
  const made = twos.map(([i, j]) => pairsOf(of[i] ?? [], of[j] ?? [], most))
  const keys = made.flatMap((each) => each.keys).toSorted((a, b) => b.si + b.sj - (a.si + a.sj))
  return { keys, narrowed: made.some(({ narrowed }) => narrowed) }
}

function pairsOf(
  one: readonly Spelling[],
  other: readonly Spelling[],
  most: number,
): { readonly keys: readonly Key[]; readonly narrowed: boolean } {
  // Both lists come best first, so what is left out of either is its least likely.
  const pairs = one
    .slice(0, wordsMax)
    .flatMap((a) => other.slice(0, wordsMax).flatMap((b) => (a.n === b.n ? [] : [{ a, b, score: a.score + b.score }])))
    .toSorted((a, b) => b.score - a.score)
  const best = (one[0]?.score ?? 0) + (other[0]?.score ?? 0)
  const left = Math.max(
    pairs[most]?.score ?? 0,
    ...[one, other].map((list) => best - (list[0]?.score ?? 0) + (list[wordsMax]?.score ?? -1)),
  )
  return {
    keys: pairs
      .slice(0, most)
      .map(({ a, b }) => ({ k: wordPair(a.n, b.n), i: a.word, si: a.score, j: b.word, sj: b.score })),
    narrowed: left >= unlikely,
  }
}

function nameAndBirth(members: readonly Member[]): string {
  const [first] = members
  if (!first) return ''
  const { family = '', given = [], birthDate = '' } = first.traits
  return `${family} ${given.join(' ')} ${birthDate} ${first.person}`.toLowerCase()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
