import type { Envelope } from '../format.ts'
import { factId, type Source } from '../source.ts'
import { kindOf } from './events.ts'
import { personOf } from './identifiers.ts'
import { firstSegment } from './message.ts'
import { readBytes } from './parse.ts'
import { withoutControls } from './reading.ts'

/**
 * MSH-10, MSH-9 and whose it is. Messages about one Patient of a source share its id as their key, so that they are applied in turn; the
 * key tells nothing of the number behind it. A merge carries the key of the survivor, PID-3. What cannot be read is ''.
 */
export function envelopeOf(bytes: Uint8Array, source: Source): Envelope {
  // What it looks for stands at the beginning; a message may be megabytes long.
  const beginning = bytes.length > 65_536 ? bytes.subarray(0, 65_536) : bytes
  const { message } = readBytes(beginning, source.settings.hl7v2?.charset)
  const msh = message.segments[0]
  if (msh?.name !== 'MSH') return { controlId: '', kind: '', orderKey: '' }
  const { key } = personOf({ message, source }, firstSegment(message, 'PID'))
  return {
    controlId: withoutControls(msh.fields[10] ?? '').slice(0, 200),
    kind: kindOf(message).slice(0, 50),
    orderKey: key === undefined ? '' : factId(source, 'Patient', key),
  }
}
