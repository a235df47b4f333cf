/** Lists that others keep, taken in whole: which member of staff is which patient, their families, who acts for whom. A list with a mistake changes nothing. */
import { type Issue, type Parsed, right, type Tx } from '../base/index.ts'
import { parseNhsNumber } from '../nhs/index.ts'
import { nhsNumberKey } from './patient-person.ts'
import { type ProxyBasis, type ProxyPart, proxyBases, proxyParts } from './proxy-rules.ts'

export const listKinds = ['staff', 'families', 'proxies', 'opt-outs'] as const
export type ListKind = (typeof listKinds)[number]

/** The columns of each list, by the names in its first line. */
export const listColumns: Readonly<Record<ListKind, readonly string[]>> = {
  staff: ['staff', 'nhs_number', 'organisation'],
  families: ['staff', 'nhs_number'],
  proxies: [
    'id',
    'carer_nhs_number',
    'carer_birth_date',
    'nhs_number',
    'birth_date',
    'basis',
    'sees',
    'goes_on',
    'verified_by',
    'verified_on',
    'until',
  ],
  'opt-outs': ['nhs_number'],
}

export type ListRow = Readonly<Record<string, string>>

const rules: Readonly<Record<string, readonly [test: (value: string) => boolean, expected: string]>> = {
  staff: [(value) => /^\S{1,100}$/.test(value), 'the user id by which the identity provider knows them'],
  organisation: [(value) => /^[A-Z0-9]{3,10}$/.test(value), 'an ODS code'],
  id: [(value) => /^[A-Za-z0-9._-]{1,64}$/.test(value), 'letters, digits, dots, hyphens'],
  basis: [(value) => proxyBases.some((one) => one === value), `one of ${proxyBases.join(', ')}`],
  sees: [(value) => proxyParts.some((one) => one === value), `one of ${proxyParts.join(', ')}`],
  goes_on: [(value) => value === 'yes' || value === 'no', 'yes or no'],
  verified_by: [(value) => value.length > 0 && value.length <= 200, 'who checked it'],
}
const isDay = (value: string) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))

/**
 * Reads a list as CSV with a first line of names. Values are never repeated in issues: they are people's.
 * @returns its rows, or the issues by line and column
 */
export function parseList(kind: ListKind, text: string): Parsed<readonly ListRow[]> {
  const columns = listColumns[kind]
  const [head = [], ...lines] = csvLines(text.replace(/^\ufeff/, ''))
  const names = head.map((name) => name.trim().toLowerCase())
  const issues: Issue[] = columns
    .filter((column) => !names.includes(column))
    .map((column) => issueAt('line 1', `there is no column ${column}`, `The first line names ${columns.join(',')}.`))
  if (issues.length > 0) return { ok: false, issues }
  const rows = lines
    .map((line, index) => ({ line, place: `line ${index + 2}` }))
    .filter(({ line }) => line.some((value) => value.trim() !== ''))
    .map(({ line, place }) => {
      if (line.length !== names.length)
        issues.push(issueAt(place, `${line.length} values, where the first line names ${names.length}`, 'Correct it.'))
      const row = Object.fromEntries(
        columns.map((column) => [column, (line[names.indexOf(column)] ?? '').trim()] as const),
      )
      for (const column of columns) {
        const expected = wrongIn(column, row[column] ?? '')
        if (expected !== undefined) issues.push(issueAt(`${place}, ${column}`, `expected ${expected}`, 'Correct it.'))
        else if (column.endsWith('nhs_number')) row[column] = (row[column] ?? '').replaceAll(' ', '')
      }
      return row
    })
  if (rows.length === 0 && issues.length === 0)
    issues.push(issueAt('', 'the list is empty', 'Give the whole list: an empty one would take everybody off it.'))
  return issues.length > 0 ? { ok: false, issues } : right(rows)
}

function wrongIn(column: string, value: string): string | undefined {
  if (column.endsWith('nhs_number'))
    return parseNhsNumber(value, column).ok ? undefined : 'an NHS number of ten digits with its check digit'
  if (/(?:_date|_on|until)$/.test(column) && column !== 'goes_on')
    return isDay(value) ? undefined : 'a day as 2026-11-22'
  const rule = rules[column]
  return rule === undefined || rule[0](value) ? undefined : rule[1]
}

const issueAt = (place: string, message: string, remedy: string): Issue => ({
  place,
  severity: 'error',
  message,
  remedy,
})

/** RFC 4180: commas, quotes doubled within quotes, lines ended by LF or CRLF. */
function csvLines(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [[]]
  let value = ''
  let quoted = false
  const endValue = () => {
    lines.at(-1)?.push(value)
    value = ''
  }
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? ''
    if (quoted) {
      if (sign !== '"') value += sign
      else if (text[at + 1] === '"') {
        value += '"'
        at += 1
      } else quoted = false
    } else if (sign === '"' && value === '') quoted = true
    else if (sign === ',') endValue()
    else if (sign === '\n') {
      endValue()
      lines.push([])
    } else if (sign !== '\r') value += sign
  }
  endValue()
  return lines
}

/**
 * Takes a list in as it stands now. Staff: all of the organisations that it names; families: all of the members of staff that it names;
 * proxies: each by its id, and one that the person ended stays ended.
 * @returns how many rows are held by it
 */
export async function takeInList(
  tx: Tx,
  kind: Exclude<ListKind, 'opt-outs'>,
  rows: readonly ListRow[],
  now: Date,
): Promise<number> {
  const of = (name: string) => rows.map((row) => row[name] ?? '')
  if (kind === 'staff') {
    await tx`delete from staff_person where organisation = any (${of('organisation')}::text[]) or staff = any (${of('staff')}::text[])`
    const k = rows.map((row) => nhsNumberKey(row.nhs_number ?? ''))
    return (
      await tx`insert into staff_person (staff, nhs_number, k, organisation)
               select distinct on (staff) * from unnest(${of('staff')}::text[], ${of('nhs_number')}::text[], ${k}::bigint[], ${of('organisation')}::text[]) as u (staff, n, k, o)`
    ).count
  }
  if (kind === 'families') {
    await tx`delete from staff_family where staff = any (${of('staff')}::text[])`
    return (
      await tx`insert into staff_family (staff, nhs_number) select distinct * from unnest(${of('staff')}::text[], ${of('nhs_number')}::text[])`
    ).count
  }
  let taken = 0
  for (const row of rows) {
    const { id = '', verified_by: by = '', verified_on: on = '', until = '' } = row
    const [basis, sees] = [row.basis as ProxyBasis, row.sees as ProxyPart]
    const ends = new Date(`${until}T23:59:59Z`)
    taken += (
      await tx`
        insert into proxy_access (id, carer_nhs_number, carer_birth_date, nhs_number, birth_date, basis, sees, goes_on, verified_by, verified_on, since, until)
        values (${id}, ${row.carer_nhs_number ?? ''}, ${row.carer_birth_date ?? ''}, ${row.nhs_number ?? ''}, ${row.birth_date ?? ''},
                ${basis}, ${sees}, ${row.goes_on === 'yes'}, ${by}, ${on}, ${now}, ${ends})
        on conflict (id) do update set basis = excluded.basis, sees = excluded.sees, goes_on = excluded.goes_on,
           verified_by = excluded.verified_by, verified_on = excluded.verified_on, until = excluded.until
         where proxy_access.ended_at is null and proxy_access.carer_nhs_number = excluded.carer_nhs_number and proxy_access.nhs_number = excluded.nhs_number`
    ).count
  }
  return taken
}
