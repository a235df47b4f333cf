import { parse } from 'csv-parse/sync'
import { type Issue, type Parsed, right, wrong } from '../../base/index.ts'
import type { Source } from '../source.ts'
import { type CsvExtract, expectedColumns } from './column-map.ts'

/** A file that fits one of the source's extracts. */
export type CsvFile = {
  readonly extract: CsvExtract
  readonly name: string
  readonly header: readonly string[]
  /** The header line as it stands, without its end. */
  readonly headerText: string
  /** Rows that hold something, without the trailer. `text` is the row as it stands. */
  readonly rows: readonly { readonly cells: readonly string[]; readonly text: string }[]
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const windows1252 = new TextDecoder('windows-1252')

/** UTF-16 when its mark says so (Excel's "Unicode text"), UTF-8 when it is, else Windows-1252. Byte order marks are no content. */
export function csvText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return utf8.decode(bytes)
  } catch {
    return windows1252.decode(bytes)
  }
}

/** Reads a file, chooses the extract by its header line and checks what concerns the file as a whole. Issues name the column, never a cell. */
export function readCsv(bytes: Uint8Array, source: Source): Parsed<CsvFile> {
  const text = csvText(bytes)
  const extracts = Object.entries(source.settings.csv ?? {})
  if (extracts.length === 0)
    return wrong('', 'This source declares no CSV extract', "Declare a column map in the source's settings.")
  if (text.trim() === '') return wrong('', 'The file is empty, expected a header line', 'Check the export.')
  if (text.includes('\u0000'))
    return wrong('', 'The file holds binary data, expected text', 'Export as CSV, not as a spreadsheet.')
  const tried = extracts.map(([name, extract]) => {
    const records = readRecords(text, extract.delimiter ?? ',', 1)
    return { name, extract, header: records.ok ? headerOf(records.value) : [], records }
  })
  const best = tried
    .map((one) => ({ ...one, fit: fitOf(one) }))
    .sort((a, b) => a.fit.missing.length - b.fit.missing.length || b.fit.known - a.fit.known)[0]
  if (best === undefined) return wrong('', 'This source declares no CSV extract')
  const { name, extract } = best
  const issues = headerIssues(text, best)
  if (issues.length > 0) return { ok: false, issues }
  const records = readRecords(text, extract.delimiter ?? ',')
  if (!records.ok) return records
  const [first, ...rest] = records.value
  const rows = rest.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const counted = withoutTrailer(rows, extract.trailer ?? 'TRL')
  if (!counted.ok) return counted
  return right({ extract, name, header: best.header, headerText: first?.text ?? '', rows: counted.value })
}

type Row = { readonly cells: readonly string[]; readonly text: string }

/** @param upTo how many records are wanted; all when absent */
function readRecords(text: string, delimiter: string, upTo?: number): Parsed<readonly Row[]> {
  try {
    const found = parse(text, {
      bom: true,
      delimiter,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
      ...(upTo === undefined ? {} : { to: upTo }),
    }) as unknown as readonly { readonly raw: string; readonly record: readonly string[] }[]
    return right(
      found.map(({ raw, record }) => ({ cells: record, text: raw.replace(/[\r\n]+$/, '').replace(/^\uFEFF/, '') })),
    )
  } catch (thrown) {
    // The library's own words quote cells; its line number is all that may be told.
    const line =
      thrown instanceof Error && 'lines' in thrown && typeof thrown.lines === 'number'
        ? ` near line ${thrown.lines}`
        : ''
    return wrong(
      '',
      `The file is not CSV: a quotation mark is open or stands where none belongs${line}`,
      'Put cells that hold quotes, separators or line breaks between double quotes, and double the quotes inside.',
    )
  }
}

const headerOf = (records: readonly Row[]): readonly string[] => (records[0]?.cells ?? []).map((cell) => cell.trim())

type Fit = { readonly missing: readonly string[]; readonly unknown: readonly string[]; readonly known: number }

function fitOf({ extract, header }: { readonly extract: CsvExtract; readonly header: readonly string[] }): Fit {
  const expected = expectedColumns(extract)
  const declared = new Set([...expected, ...extract.columns.map(({ column }) => column)])
  const present = new Set(header)
  return {
    missing: expected.filter((column) => !present.has(column)),
    unknown: header.filter((column) => !declared.has(column)),
    known: header.filter((column) => declared.has(column)).length,
  }
}

function headerIssues(
  text: string,
  {
    name,
    extract,
    header,
    fit,
    records,
  }: {
    readonly name: string
    readonly extract: CsvExtract
    readonly header: readonly string[]
    readonly fit: Fit
    readonly records: Parsed<unknown>
  },
): readonly Issue[] {
  if (!records.ok) return records.issues
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const expected = extract.delimiter ?? ','
  const other = [',', '|', '\t', ';'].find((sign) => sign !== expected && firstLine.split(sign).length > 2)
  if (header.length === 1 && expectedColumns(extract).length > 1 && other !== undefined) {
    return [
      {
        place: '',
        message: `Found ${signName(other)} between the columns, expected ${signName(expected)}`,
        remedy: `Export with ${signName(expected)}, or declare the delimiter of "${name}".`,
      },
    ]
  }
  const seen = new Set<string>()
  const twice = header.find((column) => column !== '' && seen.size === seen.add(column).size)
  const found = fit.unknown.map(shownColumn).filter((column) => column !== '')
  const instead =
    found.length === 0
      ? 'nothing instead of it'
      : `${found.slice(0, 5).join(', ')}, which ${found.length === 1 ? 'is' : 'are'} not known`
  return [
    ...(twice === undefined
      ? []
      : [
          {
            place: shownColumn(twice),
            message: 'Found this column twice, expected it once',
            remedy: 'Give each column a name of its own.',
          },
        ]),
    ...fit.missing.map((column) => ({
      place: column,
      message: `Found no column of this name in the header line, but ${instead}; expected it by the map "${name}"`,
      remedy: 'Export with the agreed header line, or change the map.',
    })),
    ...(extract.unknownColumns === 'refuse' && fit.missing.length === 0
      ? fit.unknown.map((column) => ({
          place: shownColumn(column),
          message: `Found a column that the map "${name}" does not know`,
          remedy: 'Remove it from the export, or add it to the map.',
        }))
      : []),
  ]
}

/** A header may be missing and a row of data stand in its place: what does not look like a name is not shown. */
function shownColumn(column: string): string {
  return /^[A-Za-z][A-Za-z _()/-]{0,60}\d{0,2}[A-Za-z _()]{0,20}$/.test(column) ? column : ''
}

const signName = (sign: string): string =>
  ({ ',': 'commas', '|': 'vertical bars', '\t': 'tabs', ';': 'semicolons' })[sign] ?? 'another sign'

/** `TRL,120`: a last line that says how many rows there were. */
function withoutTrailer(rows: readonly Row[], trailer: string): Parsed<readonly Row[]> {
  const last = rows.at(-1)
  if (last === undefined || last.cells[0]?.trim() !== trailer) return right(rows)
  const said = last.cells[1]?.trim() ?? ''
  if (said !== '' && Number(said) !== rows.length - 1) {
    return wrong(
      trailer,
      `Found ${rows.length - 1} rows, the trailer counts ${/^\d{1,9}$/.test(said) ? said : 'something that is no number'}`,
      'The file may have been cut short; send it again whole.',
    )
  }
  return right(rows.slice(0, -1))
}
