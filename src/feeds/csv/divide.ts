import { type Parsed, right } from '../../base/index.ts'
import type { Source } from '../source.ts'
import { readCsv } from './read-file.ts'

/**
 * A file cut into messages of one row, each with the header line, so that each is readable alone and fails alone. Null: it is one row already.
 * A file that is wrong as a whole (header, delimiter, count) is not taken at all.
 */
export function divideCsv(bytes: Uint8Array, source: Source): Parsed<readonly Uint8Array[]> | null {
  const file = readCsv(bytes, source)
  // A file that cannot be read is one message; translating it tells why.
  if (!file.ok) return file
  const { rows, headerText } = file.value
  const only = rows[0]
  if (rows.length === 1 && only !== undefined && lineCount(bytes) <= 2 + newLines(only.text) + newLines(headerText))
    return null
  const encoder = new TextEncoder()
  return right(rows.map((row) => encoder.encode(`${headerText}\r\n${row.text}\r\n`)))
}

const newLines = (text: string): number => text.split('\n').length - 1

function lineCount(bytes: Uint8Array): number {
  let count = 1
  for (let i = 0; i < bytes.length - 1; i++) if (bytes[i] === 0x0a) count++
  return count
}
