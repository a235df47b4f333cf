/**
 * The one place where SQL is put together. Values are parameters, always; the text depends on the kinds of criteria only.
 * Each search has a lead, something selective that an index gives, so that none reads a whole table:
 * ids, a compartment, a token, a name; or a code's rows or a type's rows in order of date, which stop at a page.
 */
import type { Int64 } from '../base/index.ts'
import { longRangeSeconds } from './filing.ts'
import { hiddenCondition, isAboutPersons } from './hidden.ts'
import { aboutNobody, longRangeKey } from './keys.ts'
import type { Scope } from './scope.ts'
import type { Criterion, DateTest, NumberTest, SearchRequest } from './search-criteria.ts'
import { typeNumber } from './types.ts'

export type Statement = { readonly text: string; readonly values: readonly (string | number)[] }

/** Where the page before ended: `at` is the sorted instant as ISO text, null for no date. */
export type Cursor = { readonly at: string | null; readonly rid: Int64 }

type Build = { readonly values: (string | number)[]; add(value: string | number): string }

function build(): Build {
  const values: (string | number)[] = []
  return { values, add: (value) => `$${values.push(value)}` }
}

const list = (keys: readonly (string | number)[]) => `{${keys.join(',')}}`

/** One page in order, and one row more when there are more. */
export function pageStatement(request: SearchRequest, scope: Scope, cursor: Cursor | undefined): Statement {
  const b = build()
  const wanted = hits(b, request, scope, { cursor, limit: request.count + 1 })
  return {
    text: `
  with page as materialized (${wanted})
  select v.ty, v.id, v.pk, v.ver, v.lu, v.op, v.source, v.message_id, v.body, case when p.d > '-infinity' then extract(epoch from p.d)::float8 end as d, p.rid
    from (select * from page order by ${orderBy(request, '')} limit ${b.add(request.count + 1)}) p
   cross join lateral (select * from resource_version where rid = p.rid and pk = p.pk limit 1) v
   order by ${orderBy(request, 'p.')}`,
    values: b.values,
  }
}

/** How many there are, counting no further than `most` + 1. */
export function countStatement(request: SearchRequest, scope: Scope, most: number): Statement {
  const b = build()
  return {
    text: `select count(*)::int as count from (select 1 from (${hits(b, request, scope, { cursor: undefined, limit: most + 1 })}) hit limit ${b.add(most + 1)}) counted`,
    values: b.values,
  }
}

function orderOf({ sort }: SearchRequest): { readonly column: 'd' | 'lu'; readonly down: boolean } {
  return { column: sort.endsWith('date') ? 'd' : 'lu', down: sort.startsWith('-') }
}

function orderBy(request: SearchRequest, table: '' | 'r.' | 'c.' | 'p.'): string {
  const { column, down } = orderOf(request)
  return down ? `${table}${column} desc, ${table}rid desc` : `${table}${column}, ${table}rid`
}

type Slice = { readonly cursor: Cursor | undefined; readonly limit: number }
type Branch = {
  readonly from: string
  readonly where: readonly string[]
  readonly table: 'r.' | 'c.'
  readonly led: boolean
}

/** Rows (pk, rid, d, lu), each once; unordered, and at least the first `limit` of the page are among them. */
function hits(b: Build, request: SearchRequest, scope: Scope, slice: Slice): string {
  const { criteria } = request
  if (isLed(request, scope)) {
    const [names] = criteria.filter((one) => one.kind === 'string')
    const where = conditions(b, request, scope, names)
    // "offset 0" keeps the order of the page out of it: what leads is chosen first, then sorted.
    return `select pk, rid, d, lu from (select r.pk, r.rid, r.d, r.lu from ${names?.kind === 'string' ? namesFirst(b, names) : 'resource r'}
     where ${where.join('\n       and ')} offset 0) hit
     where ${after(b, request, slice.cursor, '')}`
  }
  const codes = leadingCode(criteria)
  const where = conditions(b, request, scope, codes)
  const dates = criteria.filter((one) => one.kind === 'date')
  const spans = spansOf(b, request.type, dates)
  // A walk in one order past what is bounded in the other could go on to the end: then the bound leads, and sorting comes after.
  const led = orderOf(request).column === 'lu' ? dates.length > 0 : criteria.some(isSavedSince)
  const branches = spans.flatMap((span): Branch[] => {
    if (span.long)
      return [
        {
          from: 'resource r',
          where: [...conditions(b, request, scope, undefined), ...span.where],
          table: 'r.',
          led: true,
        },
      ]
    if (codes) return codes.keys.map((key) => codeBranch(b, { key, span, codes, where, request }))
    return [{ from: 'resource r', where: [...where, ...span.where], table: 'r.', led }]
  })
  return branches.map((branch) => limited(b, branch, request, slice)).join('\n union ')
}

type Codes = Extract<Criterion, { kind: 'codes' }>

function leadingCode(criteria: readonly Criterion[]): Codes | undefined {
  const codes = criteria.filter((one): one is Codes => one.kind === 'codes' && one.keys.length > 0)
  return codes.find((one) => one.value) ?? codes[0]
}

type CodeBranch = { key: Int64; span: Span; codes: Codes; where: readonly string[]; request: SearchRequest }

function codeBranch(b: Build, { key, span, codes, where, request }: CodeBranch): Branch {
  // The code's own rows are in order of date; in another order all of them are needed.
  const inOrder = orderOf(request).column === 'd'
  return {
    // "limit 1" tells the planner that each row of the code leads to one resource, so that it walks them and stops at a page.
    from: `resource_code c
      cross join lateral (select r.* from resource r
                           where r.id = c.id and r.ty = c.ty and r.pk + 0 = c.pk and r.rid = c.rid
                             and ${where.join('\n                             and ')} limit 1) r`,
    where: [
      `c.ck = ${b.add(key)}`,
      ...(codes.value ? numberCondition(b, codes.value) : []),
      ...span.where.map((one) => one.replace('r.d', 'c.d')),
    ],
    table: inOrder ? 'c.' : 'r.',
    led: !inOrder,
  }
}

function limited(
  b: Build,
  { from, where, table, led }: Branch,
  request: SearchRequest,
  { cursor, limit }: Slice,
): string {
  const rows = `select r.pk, r.rid, r.d, r.lu from ${from}\n     where ${where.join('\n       and ')}`
  if (led)
    return `(select * from (${rows} offset 0) hit where ${after(b, request, cursor, '')} order by ${orderBy(request, '')} limit ${b.add(limit)})`
  return `(${rows} and ${after(b, request, cursor, table)} order by ${orderBy(request, table)} limit ${b.add(limit)})`
}

/** A lead that gives few rows whatever the order: all of them are taken, then sorted. */
function isLed({ type, criteria }: SearchRequest, scope: Scope): boolean {
  if (scope.kind === 'persons' && isAboutPersons(type)) return true
  return criteria.some(
    (one) =>
      one.kind === 'ids' ||
      one.kind === 'string' ||
      (one.kind === 'keys' && one.flags.length === 0 && one.tokens.length > 0),
  )
}

const isSavedSince = (one: Criterion) =>
  one.kind === 'saved' &&
  one.tests.every(({ prefix }) => prefix === 'gt' || prefix === 'ge' || prefix === 'eq' || prefix === 'sa')

function namesFirst(b: Build, lead: Names): string {
  return `(select distinct s.rid, s.pk from resource_string s where ${stringCondition(b, lead)}) s
      join resource_version sv on sv.rid = s.rid and sv.pk = s.pk
      join resource r on r.id = sv.id and r.ty = sv.ty and r.pk = sv.pk and r.rid = sv.rid`
}

type Names = Extract<Criterion, { kind: 'string' }>

function stringCondition(b: Build, criterion: Names): string {
  const ranges = criterion.prefixes.map(
    (prefix) => `(s.n >= ${b.add(prefix)} and s.n < ${b.add(`${prefix}\u{10FFFF}`)})`,
  )
  return `s.h = ${b.add(criterion.key)} and (${ranges.join(' or ')})`
}

/** What every row must satisfy, whichever way it was reached. @param lead the criterion that leads: its own rows are reached by it */
function conditions(b: Build, { type, criteria }: SearchRequest, scope: Scope, lead: Criterion | undefined): string[] {
  const all = [`r.ty = ${b.add(typeNumber(type))}`, 'not r.deleted']
  if (scope.kind === 'persons') {
    const own = `r.pk = any (${b.add(list(scope.pks))}::bigint[])`
    all.push(isAboutPersons(type) ? own : `(${own} or r.flags @> ${b.add(list([aboutNobody]))}::bigint[])`)
  }
  all.push(...hiddenCondition(scope, (value) => b.add(value)))
  for (const one of criteria) {
    if (one !== lead) all.push(condition(b, one))
    else if (one.kind === 'codes') all.push(...flagsOf(b, one))
  }
  return all
}

/** The system of the code, and the unit of the value beside it. */
function flagsOf(b: Build, { flags, value }: Codes): string[] {
  return [flags, value?.units ?? []]
    .filter((keys) => keys.length > 0)
    .map((keys) => `r.flags && ${b.add(list(keys))}::bigint[]`)
}

function condition(b: Build, one: Criterion): string {
  switch (one.kind) {
    case 'ids':
      return `r.id = any (string_to_array(${b.add(one.ids.join('\u0001'))}, E'\\x01'))`
    case 'keys':
      return `(${[
        ...(one.tokens.length > 0 ? [`r.tokens && ${b.add(list(one.tokens))}::bigint[]`] : []),
        ...(one.flags.length > 0 ? [`r.flags && ${b.add(list(one.flags))}::bigint[]`] : []),
        ...one.own.map(({ pk, key }) => `(r.pk = ${b.add(pk)} and r.flags @> ${b.add(list([key]))}::bigint[])`),
      ].join(' or ')})`
    case 'codes': {
      const value = one.value
        ? [
            `exists (select 1 from resource_code c where c.rid = r.rid and c.ck = any (${b.add(list(one.keys))}::bigint[])
                     and ${numberCondition(b, one.value).join(' and ')})`,
          ]
        : []
      return [...flagsOf(b, one), ...value].join(' and ') || 'true'
    }
    case 'date':
      return `r.d_hi > '-infinity' and (${one.tests.map((test) => dateCondition(b, test)).join(' or ')})`
    case 'saved':
      return `(${one.tests.map((test) => savedCondition(b, test)).join(' or ')})`
    case 'string':
      return `exists (select 1 from resource_string s where s.rid = r.rid and ${stringCondition(b, one)})`
  }
}

function numberCondition(b: Build, { low, high, above, most }: NumberTest): string[] {
  return [
    ...(low === undefined ? [] : [`c.v >= ${b.add(low)}`]),
    ...(high === undefined ? [] : [`c.v < ${b.add(high)}`]),
    ...(above === undefined ? [] : [`c.v > ${b.add(above)}`]),
    ...(most === undefined ? [] : [`c.v <= ${b.add(most)}`]),
  ]
}

/** @see FHIR R4 search.html#prefix: both sides are ranges */
function dateCondition(b: Build, { prefix, start, end }: DateTest): string {
  const s = () => `${b.add(start)}::timestamptz`
  const e = () => `${b.add(end)}::timestamptz`
  switch (prefix) {
    case 'eq':
      return `(r.d >= ${s()} and r.d_hi <= ${e()})`
    case 'ne':
      return `not (r.d >= ${s()} and r.d_hi <= ${e()})`
    case 'lt':
      return `r.d < ${s()}`
    case 'le':
      return `(r.d < ${s()} or (r.d >= ${s()} and r.d_hi <= ${e()}))`
    case 'gt':
      return `r.d_hi > ${e()}`
    case 'ge':
      return `(r.d_hi > ${e()} or (r.d >= ${s()} and r.d_hi <= ${e()}))`
    case 'sa':
      return `r.d >= ${e()}`
    case 'eb':
      return `r.d_hi <= ${s()}`
  }
}

function savedCondition(b: Build, { prefix, start, end }: DateTest): string {
  const s = () => `${b.add(start)}::timestamptz`
  const e = () => `${b.add(end)}::timestamptz`
  switch (prefix) {
    case 'eq':
      return `(r.lu >= ${s()} and r.lu < ${e()})`
    case 'ne':
      return `not (r.lu >= ${s()} and r.lu < ${e()})`
    case 'lt':
    case 'eb':
      return `r.lu < ${s()}`
    case 'le':
      return `r.lu < ${e()}`
    case 'gt':
    case 'sa':
      return `r.lu >= ${e()}`
    case 'ge':
      return `r.lu >= ${s()}`
  }
}

/** A part of the dates that an index gives: `long` ones by their token, all others by where they begin. */
type Span = { readonly where: readonly string[]; readonly long: boolean }

const firstYear = Date.parse('0001-01-01T00:00:00Z')

/** What the date criteria say of a range's beginning alone, so that a walk in order of date begins and ends at the right place. */
function spansOf(b: Build, type: string, dates: readonly Criterion[]): readonly Span[] {
  const where: string[] = []
  const since: number[] = []
  const before = (instant: string) => where.push(`r.d < ${b.add(instant)}::timestamptz`)
  const from = (instant: string) => where.push(`r.d >= ${b.add(instant)}::timestamptz`)
  for (const one of dates) {
    const test = one.kind === 'date' && one.tests.length === 1 ? one.tests[0] : undefined
    if (!test) continue
    const { prefix, start, end } = test
    if (prefix === 'lt' || prefix === 'eb') before(start)
    if (prefix === 'le' || prefix === 'eq') before(end)
    if (prefix === 'eq') from(start)
    if (prefix === 'sa') from(end)
    if (prefix === 'gt' || prefix === 'ge') since.push(Math.max(firstYear, Date.parse(start) - longRangeSeconds * 1000))
  }
  if (since.length === 0) return [{ where, long: false }]
  const latest = new Date(Math.max(...since)).toISOString()
  return [
    { where: [...where, `r.d >= ${b.add(latest)}::timestamptz`], long: false },
    { where: [`r.tokens @> ${b.add(list([longRangeKey(type)]))}::bigint[]`], long: true },
  ]
}

function after(b: Build, request: SearchRequest, cursor: Cursor | undefined, at: string): string {
  if (!cursor) return 'true'
  const { column, down } = orderOf(request)
  return `(${at}${column}, ${at}rid) ${down ? '<' : '>'} (${b.add(cursor.at ?? '-infinity')}::timestamptz, ${b.add(cursor.rid)}::bigint)`
}
