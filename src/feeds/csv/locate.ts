import type { Span } from '../format.ts'
import type { Place } from '../translation.ts'

/** Where the cell of the column `place` stands in the text of one row with its header line; quotes are part of the cell. Null: nowhere. */
export function locateCell(text: string, place: Place): Span | null {
  for (const delimiter of byLikelihood(text)) {
    const [header = [], row = []] = recordSpans(text, delimiter)
    const at = header.findIndex((span) => plain(text.slice(span.start, span.end)) === place)
    if (at >= 0) return row[at] ?? null
  }
  return null
}

function byLikelihood(text: string): readonly string[] {
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  return [',', '|', '\t', ';'].sort((a, b) => firstLine.split(b).length - firstLine.split(a).length)
}

/** The cells of the first two records. @see RFC 4180 §2 */
function recordSpans(text: string, delimiter: string): readonly (readonly Span[])[] {
  const records: Span[][] = []
  let cells: Span[] = []
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let quoted = false
  for (let i = start; i <= text.length; i++) {
    const char = text[i]
    if (char === '"') quoted = !quoted
    const ends = char === undefined || (!quoted && (char === '\r' || char === '\n'))
    if (!ends && (quoted || char !== delimiter)) continue
    cells.push({ start, end: i })
    start = i + 1
    if (!ends) continue
    if (cells.length > 1 || cells.some((cell) => cell.end > cell.start)) records.push(cells)
    if (records.length === 2) return records
    cells = []
  }
  return records
}

function plain(cell: string): string {
  const bare = cell.trim()
  return bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1).replaceAll('""', '"').trim() : bare
}
