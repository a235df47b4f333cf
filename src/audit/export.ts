/** The trail as a file: NDJSON of AuditEvents, or CSV. Made page by page, so that its length needs no memory. */
import type { Sql } from '../base/index.ts'
import { toAuditEvent } from './audit-event.ts'
import type { KeptLine } from './line.ts'
import { type AuditQuery, readAudit } from './read.ts'

export type ExportForm = 'csv' | 'ndjson'

/** @param counted told how many lines each piece has, before it is given */
export async function* exportTrail(
  sql: Sql,
  query: AuditQuery,
  {
    form,
    observer,
    counted,
  }: { readonly form: ExportForm; readonly observer: string; readonly counted: (lines: number) => void },
): AsyncGenerator<string> {
  if (form === 'csv') yield `${columns.map(([name]) => name).join(',')}\r\n`
  for (let before = query.before; ; ) {
    const page = await readAudit(sql, { ...query, limit: 2_000, ...(before === undefined ? {} : { before }) })
    counted(page.lines.length)
    if (page.lines.length > 0)
      yield page.lines
        .map((line) => (form === 'csv' ? csvRow(line) : `${JSON.stringify(toAuditEvent(line, observer))}\n`))
        .join('')
    if (page.next === undefined) return
    before = page.next
  }
}

const columns: readonly (readonly [string, (line: KeptLine) => string | undefined])[] = [
  ['number', ({ id }) => id],
  ['at', ({ at }) => at],
  ['what', ({ what }) => what],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => `${outcome}`],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_id', ({ actor }) => actor.id],
  ['actor_name', ({ actor }) => actor.name],
  ['role', ({ actor }) => actor.role],
  ['organisation', ({ actor }) => actor.organisation],
  ['purpose', ({ purpose }) => purpose],
  ['person', ({ person }) => person],
  ['detail', ({ detail }) => JSON.stringify(detail)],
  ['address', ({ address }) => address],
  ['request', ({ requestId }) => requestId],
]

function csvRow(line: KeptLine): string {
  return `${columns.map(([, cell]) => csvCell(cell(line) ?? '')).join(',')}\r\n`
}

/** A cell that a spreadsheet would run is led by an apostrophe, as OWASP advises for CSV injection. */
function csvCell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
