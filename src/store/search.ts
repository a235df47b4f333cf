/** Searching by type. @see FHIR R4 search.html */
import { type Int64, type Issue, Problem, type Sql } from '../base/index.ts'
import { isResourceType } from '../fhir/index.ts'
import { mayHide } from './hidden.ts'
import { type DatedRow, type HeldResource, heldResource } from './read-compartments.ts'
import type { Scope } from './scope.ts'
import { readSearch } from './search-criteria.ts'
import { type Cursor, countStatement, pageStatement, type Statement } from './search-sql.ts'

export type SearchPage = {
  readonly entries: readonly HeldResource[]
  /** Hand it back as `cursor` for the next page; absent on the last. */
  readonly next?: string
  /** Given when asked for (`_total=accurate`, or `_count=0`). `more`: counting stopped at that number. */
  readonly total?: { readonly count: number; readonly more: boolean }
  /** Entries of this type may be hidden from the scope: that something is not among them does not say that it is not there. */
  readonly mayHide: boolean
  /** Parameters that were not used: the page holds more than was asked for. The caller says so, or refuses. */
  readonly issues: readonly Issue[]
}

export type SearchAsked = {
  readonly type: string
  /** Names with modifiers, and values, decoded, in the order given. Paging and format are the caller's: not among them. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  /** `next` of the page before, with the same type and parameters. */
  readonly cursor?: string
}

const totalMax = 10_000

/**
 * One page of what `scope` may see. Pages are stable: what is written meanwhile neither repeats nor hides an entry that did not change.
 * @throws Problem 'invalid' when a value cannot be read, with all such values in its message
 */
export async function searchResources(
  sql: Sql,
  scope: Scope,
  { type, parameters, cursor }: SearchAsked,
): Promise<SearchPage> {
  if (!isResourceType(type))
    throw new Problem('not-found', 'There is no such resource type', 'Check the resource type.')
  const request = readSearch(type, parameters)
  const wrong = request.issues.filter((issue) => issue.severity === 'error')
  if (wrong.length > 0)
    throw new Problem(
      'invalid',
      wrong
        .map(({ place, message }) => `${/^[A-Za-z0-9_.:-]{1,64}$/.test(place) ? place : '(not a name)'}: ${message}`)
        .join('; '),
      'Correct the search.',
    )
  const from = cursor === undefined ? undefined : readCursor(cursor)
  const rows = request.count === 0 ? [] : await run<PageRow>(sql, pageStatement(request, scope, from))
  const total = request.total ? await count(sql, countStatement(request, scope, totalMax)) : undefined
  const shown = rows.slice(0, request.count).map((row) => ({ rid: row.rid, entry: heldResource(row) }))
  const last = rows.length > request.count ? shown.at(-1) : undefined
  const sortedBy = request.sort.endsWith('date') ? last?.entry.date : last?.entry.savedAt
  return {
    entries: shown.map(({ entry }) => entry),
    ...(last && { next: printCursor({ at: sortedBy?.toISOString() ?? null, rid: last.rid }) }),
    ...(total && { total }),
    mayHide: mayHide(scope, type),
    issues: request.issues,
  }
}

type PageRow = DatedRow & { rid: Int64 }

async function run<Row extends object>(sql: Sql, { text, values }: Statement): Promise<Row[]> {
  // Planned for these very values: how rare they are decides the way.
  return await sql.unsafe<Row[]>(text, [...values], { prepare: false })
}

async function count(sql: Sql, statement: Statement): Promise<{ count: number; more: boolean }> {
  const [row] = await run<{ count: number }>(sql, statement)
  const found = row?.count ?? 0
  return { count: Math.min(found, totalMax), more: found > totalMax }
}

function printCursor({ at, rid }: Cursor): string {
  return Buffer.from(JSON.stringify([at, rid])).toString('base64url')
}

function readCursor(text: string): Cursor {
  try {
    const [at, rid] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof rid === 'string' && isInt64(rid) && (at === null || (typeof at === 'string' && isInstant(at))))
      return { at, rid }
  } catch {
    // Told below.
  }
  throw new Problem('invalid', 'The page address is damaged', 'Begin the search again.')
}

const isInt64 = (text: string) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)).toString() === text
const isInstant = (text: string) =>
  /^\d{4}-/.test(text) && new Date(text).toISOString() === text && !text.startsWith('0000')
