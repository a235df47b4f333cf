/** A plain reading of HL7 v2 texts, written apart from the product's own, so that tests count with other eyes. */

/** Fields of each segment; `MSH` has its separator as field 1, so that field numbers are those of the standard. */
export type Line = readonly string[]

export function linesOf(message: Uint8Array): readonly Line[] {
  return Buffer.from(message)
    .toString('latin1')
    .split(/[\r\n]+/)
    .filter((line) => /^[A-Z][A-Z0-9]{2}\|/.test(line))
    .map((line) => {
      const fields = line.split('|')
      return fields[0] === 'MSH' ? ['MSH', '|', ...fields.slice(1)] : fields
    })
}

export const named = (lines: readonly Line[], name: string): readonly Line[] => lines.filter(([is]) => is === name)
export const field = (lines: readonly Line[], name: string, n: number): string => named(lines, name)[0]?.[n] ?? ''

/** The message with a field of one of its segments changed. @param nth counts segments of that name from 1 */
export function withField(
  message: Uint8Array,
  [name, nth, n]: readonly [string, number, number],
  value: string,
): Uint8Array {
  let met = 0
  const lines = Buffer.from(message)
    .toString('latin1')
    .split('\r')
    .map((line) => {
      if (!line.startsWith(`${name}|`)) return line
      met += 1
      if (met !== nth) return line
      const fields = line.split('|')
      fields[name === 'MSH' ? n - 1 : n] = value
      return fields.join('|')
    })
  return Buffer.from(lines.join('\r'), 'latin1')
}
