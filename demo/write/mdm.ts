import type { Life } from '../lives/life.ts'
import { hl7Stamp, type Moment } from '../time.ts'
import { visitSegment } from './adt.ts'
import { escaped, header, message, patientSegment, segment } from './hl7v2.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

/** The hospital's letters: HL7 v2.4 MDM^T02, the text in one formatted OBX. */
export function mdmMessages(life: Life, now: Moment): readonly DemoMessage[] {
  return life.letters
    .filter(({ from, at }) => from === 'hospital' && at < now)
    .map((letter, place) => {
      const { person } = life
      const controlId = `PAS${person.id.slice(1)}${String(301 + place).padStart(4, '0')}`
      const stay = life.stays.find(({ visit }) => letter.id.startsWith(visit))
      const discharge = letter.kind === 'discharge'
      const bytes = utf8(
        message([
          header({
            application: 'RIVERPAS',
            type: 'MDM^T02^MDM_T02',
            controlId,
            at: letter.at,
            charset: 'UNICODE UTF-8',
          }),
          segment('EVN', { 1: 'T02', 2: hl7Stamp(letter.at) }),
          patientSegment(person, 'riverton-pas'),
          visitSegment(stay === undefined ? {} : { stay, ward: stay.movedTo?.ward ?? stay.ward, ended: true }),
          segment('TXA', {
            1: '1',
            2: discharge ? 'DS^Discharge summary' : 'CN^Clinic letter',
            3: 'FT',
            4: hl7Stamp(letter.at),
            6: hl7Stamp(letter.at),
            9: 'C9003^Lindqvist^Karin^^^Dr',
            12: `${letter.id}^RIVERPAS`,
            17: 'AU',
            19: 'AV',
          }),
          segment('OBX', {
            1: '1',
            2: 'FT',
            3: discharge ? 'DS^Discharge summary^L' : 'CN^Clinic letter^L',
            5: escaped(letter.text),
            11: 'F',
          }),
        ]),
      )
      return {
        source: 'riverton-pas',
        name: `${person.id}-${controlId}-T02.hl7`,
        bytes,
        door: 'mllp',
        contentType: 'application/hl7-v2',
        lane: laneOf(person),
        person: person.id,
        expect: 'applied',
      }
    })
}
