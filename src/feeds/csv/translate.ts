import type { FhirResource, Patient } from 'fhir/r4.js'
import { type Issue, type Parsed, right, wrong } from '../../base/index.ts'
import { londonOffset } from '../../nhs/index.ts'
import { factId, type Source } from '../source.ts'
import type { Fact, LineageEntry, Translation } from '../translation.ts'
import { type CsvFact, impersonal, keysOf, kindOf, subjectPaths } from './column-map.ts'
import { compacted, type Draft, elementAt, setElement } from './element.ts'
import { type CsvFile, readCsv } from './read-file.ts'
import { traitsOf } from './traits.ts'
import { cellValue } from './values.ts'

/** One row as facts, by the map of its extract. Pure. Every cell with content is used or left over. */
export function translateRow(bytes: Uint8Array, source: Source): Parsed<Translation> {
  const file = readCsv(bytes, source)
  if (!file.ok) return file
  const [row, second] = file.value.rows
  if (row === undefined) return wrong('', 'Found a header line and no row', 'Nothing to do if the extract was empty.')
  if (second !== undefined)
    return wrong('', `Found ${file.value.rows.length} rows, expected one`, 'Divide the file first.')
  if (row.cells.length !== file.value.header.length) {
    return wrong(
      '',
      `Found ${row.cells.length} cells, expected ${file.value.header.length}: as many as columns`,
      'Look for a separator or a line break that stands in a cell without quotes.',
    )
  }
  return translate(file.value, row.cells, source)
}

type Row = {
  readonly file: CsvFile
  readonly source: Source
  readonly cells: ReadonlyMap<string, string>
  readonly used: Set<string>
  readonly issues: Issue[]
  readonly notes: Issue[]
}

function translate(file: CsvFile, cells: readonly string[], source: Source): Parsed<Translation> {
  const held = new Map(
    file.header.map((column, n) => [column, cellText(cells[n])] as const).filter(([, text]) => text !== ''),
  )
  const row: Row = { file, source, cells: held, used: new Set(), issues: [], notes: [] }
  for (const { column, required } of file.extract.columns) {
    if (required === true && !held.has(column))
      row.issues.push({
        place: column,
        message: 'Found nothing, expected a value',
        remedy: 'Fill the cell at the source.',
      })
  }
  const drafts = Object.entries(file.extract.facts).flatMap(([name, fact]) => draftOf(row, name, fact) ?? [])
  const asOf = asOfRow(row)
  for (const draft of drafts) fill(row, draft, drafts)
  const patient = drafts.find(({ fact }) => fact.type === 'Patient')
  const personal = drafts.some(({ fact }) => !impersonal.has(fact.type))
  if (personal && patient === undefined && row.issues.length === 0) {
    const columns = Object.values(file.extract.facts)
      .filter(({ type }) => type === 'Patient')
      .flatMap((fact) => keysOf(fact))
      .map((key) => key.join(' with '))
    row.issues.push({
      place: columns[0] ?? '',
      message: 'Found nothing that tells whom the row is about',
      remedy: `Fill ${columns.join(', or ')}.`,
    })
  }
  if (row.issues.length > 0) return { ok: false, issues: unique(row.issues) }
  const facts = drafts.map(
    ({ fact, resource, lineage }): Fact => ({
      resource: compacted(resource) as FhirResource & { readonly id: string },
      subject: impersonal.has(fact.type) ? null : 0,
      write: fact.write ?? (fact.type === 'Patient' ? 'update' : 'replace'),
      ...(asOf === undefined ? {} : { asOf }),
      lineage,
    }),
  )
  const body = facts.find(({ resource }) => resource.resourceType === 'Patient')?.resource as
    | (Patient & { readonly id: string })
    | undefined
  const leftovers = [...held.keys()].filter((column) => !row.used.has(column))
  return right({
    kind: 'row',
    subjects: body === undefined ? [] : [{ patientId: body.id, source: source.id, traits: traitsOf(body, source) }],
    facts,
    merges: [],
    coverage: { content: held.size, mapped: held.size - leftovers.length, leftovers },
    notes: unique(row.notes),
  })
}

type DraftFact = {
  readonly name: string
  readonly fact: CsvFact
  readonly resource: Draft
  readonly lineage: LineageEntry[]
  readonly keyColumns: readonly string[]
}

/** A fact that this row tells: its `when` holds and one of its keys is filled. */
function draftOf(row: Row, name: string, fact: CsvFact): DraftFact | undefined {
  if (fact.when !== undefined) {
    const said = row.cells.get(fact.when.column)
    if (said === undefined || !fact.when.in.includes(said)) return undefined
    row.used.add(fact.when.column)
  }
  const keyColumns = keysOf(fact).find((columns) => columns.every((column) => row.cells.has(column)))
  if (keyColumns === undefined) return undefined
  const id = keyId(row.source, { name, fact, keyColumns }, row.cells)
  const resource: Draft = { resourceType: fact.type, id }
  for (const [path, value] of Object.entries(fact.fixed ?? {})) setElement(resource, path, structuredClone(value))
  for (const column of keyColumns) row.used.add(column)
  const lineage = keyColumns.map((from) => ({ to: '', from, rule: 'names it' }))
  return { name, fact, resource, lineage, keyColumns }
}

/** A person has one id in all extracts of a source; other things are named within their kind of fact. */
function keyId(
  source: Source,
  { name, fact, keyColumns }: { readonly name: string; readonly fact: CsvFact; readonly keyColumns: readonly string[] },
  cells: ReadonlyMap<string, string>,
): string {
  const values = keyColumns.map((column) =>
    (cells.get(column) ?? '').toUpperCase().replaceAll(/\s+/g, fact.type === 'Patient' ? '' : ' '),
  )
  return factId(source, fact.type, (fact.type === 'Patient' ? values : [name, ...values]).join('|'))
}

/** Which Patient a row is about, by the columns alone; undefined when it does not say. For ordering. */
export function patientIdOf(file: CsvFile, cells: readonly string[], source: Source): string | undefined {
  const held = new Map(
    file.header.map((column, n) => [column, cellText(cells[n])] as const).filter(([, text]) => text !== ''),
  )
  const [name, fact] = Object.entries(file.extract.facts).find(([, { type }]) => type === 'Patient') ?? []
  const keyColumns =
    fact === undefined ? undefined : keysOf(fact).find((columns) => columns.every((column) => held.has(column)))
  return name === undefined || fact === undefined || keyColumns === undefined
    ? undefined
    : keyId(source, { name, fact, keyColumns }, held)
}

function fill(row: Row, { name, fact, resource, lineage }: DraftFact, drafts: readonly DraftFact[]): void {
  for (const column of row.file.extract.columns) {
    const text = row.cells.get(column.column)
    if (text === undefined || !column.to.startsWith(`${name}.`)) continue
    const path = column.to.slice(name.length + 1)
    const found = cellValue({ text, column, source: row.source })
    if ('refuse' in found) row.issues.push(found.refuse)
    if ('remark' in found && found.remark !== undefined) row.notes.push(found.remark)
    if (!('value' in found)) continue
    const asExtension = kindOf(column) === 'nhs-number-status'
    const fixed = fact.fixed !== undefined && Object.hasOwn(fact.fixed, path)
    if (asExtension && elementAt(resource, path) === undefined && !row.cells.has(nhsColumn(row, name, path))) continue
    if (asExtension) setElement(resource, `${path}.extension[0]`, found.value)
    else if (fixed && !lineage.some(({ to }) => to === path)) overrule(resource, path, found.value)
    else mergeElement(resource, path, found.value)
    row.used.add(column.column)
    lineage.push({ to: path, from: column.column, rule: `${column.column} as ${kindOf(column)}` })
  }
  for (const [path, other] of Object.entries(fact.refers ?? {})) {
    const target = drafts.find((draft) => draft.name === other)
    if (target !== undefined)
      setElement(resource, `${path}.reference`, `${target.fact.type}/${String(target.resource.id)}`)
  }
  const subject = subjectPaths[fact.type]
  const patient = drafts.find((draft) => draft.fact.type === 'Patient')
  if (subject !== null && patient !== undefined) {
    setElement(resource, `${subject}.reference`, `Patient/${String(patient.resource.id)}`)
    if (fact.type === 'Appointment' && elementAt(resource, 'participant[0].status') === undefined)
      setElement(resource, 'participant[0].status', 'accepted')
  }
}

/** A status says nothing without the number that it is about. */
function nhsColumn(row: Row, name: string, path: string): string {
  return (
    row.file.extract.columns.find((column) => column.to === `${name}.${path}` && kindOf(column) === 'nhs-number')
      ?.column ?? ''
  )
}

function overrule(resource: Draft, path: string, value: unknown): void {
  setElement(resource, path, undefined)
  setElement(resource, path, value)
}

/** An identifier or quantity joins what another column or the map has already said of it (a type, a verification). */
function mergeElement(resource: Draft, path: string, value: unknown): void {
  const held = elementAt(resource, path)
  const both = isPlain(held) && isPlain(value)
  setElement(resource, path, both ? { ...held, ...value } : value)
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

function asOfRow(row: Row): string | undefined {
  const column = row.file.extract.columns.find(({ to }) => to === 'row.asOf')
  const text = column === undefined ? undefined : row.cells.get(column.column)
  if (column === undefined || text === undefined) return undefined
  const found = cellValue({ text, column, source: row.source })
  if ('refuse' in found) row.issues.push(found.refuse)
  if (!('value' in found) || typeof found.value !== 'string') return undefined
  row.used.add(column.column)
  const at = found.value
  if (at.includes('T')) return at
  // A day alone stands for its end: what an extract says on a day holds for all of that day.
  return at.length === 10 ? `${at}T23:59:59${londonOffset(`${at}T23:59:59`)}` : undefined
}

function unique(issues: readonly Issue[]): readonly Issue[] {
  return issues.filter(
    (issue, n) => issues.findIndex((other) => other.place === issue.place && other.message === issue.message) === n,
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: FHIR R4 datatypes.html#string forbids exactly these.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

const cellText = (cell: string | undefined): string => (cell ?? '').replaceAll(controls, '').trim()
