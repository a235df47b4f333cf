import type { Patient } from 'fhir/r4.js'
import type { Segment } from './message.ts'
import { isCleared, note, type Reading, type Trace, value } from './reading.ts'
import { fhirTime } from './time.ts'

/** PID-29 and 30. `""` in either takes a death back. @see facts: hl7v2-uk §6 PID */
export function deceasedOf(
  reading: Reading,
  pid: Segment,
  trace: Trace,
): {
  readonly element: Pick<Patient, 'deceasedBoolean' | 'deceasedDateTime'>
  readonly dead: boolean | undefined
  readonly cleared: readonly string[]
} {
  const [timeCell, flag] = [value(reading, pid, 29), value(reading, pid, 30)]
  const time = fhirTime(reading, timeCell)
  const said = flag === undefined ? undefined : ({ Y: true, N: false } as const)[flag.text.toUpperCase()]
  if (flag !== undefined && said === undefined) note(reading, flag.place, 'Found a death indicator other than Y or N')
  if (time !== undefined && timeCell !== undefined && said === false) {
    note(
      reading,
      timeCell.place,
      'Found a time of death beside a death indicator of N; the person is recorded as alive',
      'Correct one of the two at the source.',
    )
  }
  if (flag !== undefined && said !== undefined)
    trace(time !== undefined && said ? 'deceasedDateTime' : 'deceasedBoolean', flag, 'PID-30 death indicator')
  if (time !== undefined && timeCell !== undefined && said !== false) {
    trace('deceasedDateTime', timeCell, 'PID-29 time of death')
    return { element: { deceasedDateTime: time }, dead: true, cleared: ['deceasedBoolean'] }
  }
  if (said !== undefined) return { element: { deceasedBoolean: said }, dead: said, cleared: ['deceasedDateTime'] }
  const cleared = isCleared(pid, 29) || isCleared(pid, 30)
  return {
    element: {},
    dead: cleared ? false : undefined,
    cleared: cleared ? ['deceasedBoolean', 'deceasedDateTime'] : [],
  }
}
