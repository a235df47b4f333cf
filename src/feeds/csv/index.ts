/**
 * CSV: the language of extracts, from community systems, councils and spreadsheets. Reads a file by the column map that its source declares,
 * one message for each row. Called by feeds. Pure: no I/O, no clock; no bytes make it throw. Never guesses a date, a code or a column.
 */
import type { Envelope, Format } from '../format.ts'
import type { Source } from '../source.ts'
import { divideCsv } from './divide.ts'
import { locateCell } from './locate.ts'
import { csvText, readCsv } from './read-file.ts'
import { patientIdOf, translateRow } from './translate.ts'

export {
  type CsvColumn,
  type CsvExtract,
  type CsvExtracts,
  type CsvFact,
  type CsvKind,
  parseExtracts,
} from './column-map.ts'

export const csv: Format = {
  id: 'csv',
  envelope: envelopeOf,
  divide: divideCsv,
  translate: translateRow,
  text: csvText,
  locate: locateCell,
}

/** Rows have no control id: the same row again is the same bytes. Rows about one person are applied in turn. */
function envelopeOf(bytes: Uint8Array, source: Source): Envelope {
  const file = readCsv(bytes, source)
  const row = file.ok && file.value.rows.length === 1 ? file.value.rows[0] : undefined
  if (!file.ok || row === undefined) return { controlId: '', kind: 'csv', orderKey: '' }
  return { controlId: '', kind: 'row', orderKey: patientIdOf(file.value, row.cells, source) ?? '' }
}
