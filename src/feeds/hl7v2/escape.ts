import type { Delimiters } from './message.ts'

/** Formatting commands of FT that make or mark a line; others are kept as they stand. @see HL7 v2.5 §2.7.6 */
const lineBreaks: ReadonlySet<string> = new Set(['.br', '.ce', '.sp', '.sp1', '.sp 1'])
const silent: ReadonlySet<string> = new Set(['H', 'N', '.fi', '.nf'])

/** The text that escapes stand for, of one component already split off. Unknown escapes stay as they are. */
export function unescapeText(raw: string, delimiters: Delimiters): string {
  const sign = delimiters.escape
  if (sign === '' || !raw.includes(sign)) return raw
  let text = ''
  let at = 0
  while (at < raw.length) {
    const open = raw.indexOf(sign, at)
    const close = open < 0 ? -1 : raw.indexOf(sign, open + 1)
    if (open < 0 || close < 0) break
    const meaning = close - open > 200 ? undefined : meaningOf(raw.slice(open + 1, close), delimiters)
    // An escape of no known meaning: its first sign is text, its second may open another.
    text += raw.slice(at, open) + (meaning ?? raw.slice(open, close))
    at = meaning === undefined ? close : close + 1
  }
  return text + raw.slice(at)
}

/** Text made fit to stand in a component. */
export function escapeText(text: string, delimiters: Delimiters): string {
  const { escape: sign } = delimiters
  const letters: readonly (readonly [string, string])[] = [
    [delimiters.field, 'F'],
    [delimiters.component, 'S'],
    [delimiters.subcomponent, 'T'],
    [delimiters.repetition, 'R'],
    [sign, 'E'],
  ]
  return [...text]
    .map((char) => {
      if (char === '\r' || char === '\n') return ' '
      const known = letters.find(([delimiter]) => delimiter !== '' && delimiter === char)
      if (known === undefined) return char
      return sign === '' ? ' ' : `${sign}${known[1]}${sign}`
    })
    .join('')
}

function meaningOf(body: string, delimiters: Delimiters): string | undefined {
  switch (body) {
    case 'F':
      return delimiters.field
    case 'S':
      return delimiters.component
    case 'T':
      return delimiters.subcomponent
    case 'R':
      return delimiters.repetition
    case 'E':
      return delimiters.escape
  }
  if (lineBreaks.has(body)) return '\n'
  if (silent.has(body)) return ''
  if (/^X(?:[0-9A-Fa-f]{2})+$/.test(body)) return hexText(body.slice(1))
  const space = /^\.sp ?(\d{1,2})$/.exec(body)
  return space === null ? undefined : '\n'.repeat(Number(space[1]))
}

/** Hex bytes are in the message's charset; the ones met in practice are line breaks and single signs. */
function hexText(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll(/\r\n?/g, '\n')
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
