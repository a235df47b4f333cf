import { readFileSync } from 'node:fs'
import { Problem } from '../base/index.ts'
import { readAreaMedicines, setKnownMedicines } from '../nhs/index.ts'

const shownMax = 10

/**
 * The area's own names of medicines, from the file that `MEDICINES_FILE` names. Absent: the program's own table alone.
 * @throws Problem 'invalid' naming each line that cannot be used, so that the start stops: half a table would lose warnings
 */
export function takeAreaMedicines(path: string | undefined): void {
  if (path === undefined) return
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (cause) {
    throw new Problem(
      'invalid',
      `MEDICINES_FILE cannot be read as UTF-8 text: ${path}`,
      'Correct the path or the file.',
      cause,
    )
  }
  const read = readAreaMedicines(text)
  if (!read.ok) {
    const lines = read.issues.slice(0, shownMax).map(({ place, message }) => `${place}: ${message}`)
    const left = read.issues.length - lines.length
    throw new Problem(
      'invalid',
      ['MEDICINES_FILE cannot be used:', ...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n  '),
      'Correct these lines; docs/configuration.md says how one is written.',
    )
  }
  setKnownMedicines(read.value)
}
