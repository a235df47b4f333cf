import { type News2Readings, scoreNews2 } from '../../src/nhs/index.ts'
import type { Life, Stay } from '../lives/life.ts'
import { castSize } from '../people/cast.ts'
import { ageOn, dayOf, hl7Stamp, type Moment, momentOf } from '../time.ts'
import { escaped, header, message, patientSegment, segment } from './hl7v2.ts'
import { type DemoMessage, laneOf } from './message.ts'

/** One round at the bedside. */
type Round = Required<News2Readings> & {
  readonly at: Moment
  readonly diastolic: number
  /** Whether the nurse wrote a NEWS2 down, and whether the sum was right. */
  readonly score: 'none' | 'right' | 'wrong'
  /** Target of 88 to 92 %, set by the consultant. */
  readonly scale: 1 | 2
  readonly without?: 'temperature'
}

const levels: Readonly<Record<Round['consciousness'], string>> = {
  A: '248234008^Alert^SCT',
  C: '130987000^New confusion^SCT',
  V: '300202002^Responds to voice^SCT',
  P: '450847001^Responds to pain^SCT',
  U: '422768004^Unresponsive^SCT',
}

/**
 * The hospital's bedside observations of the cast's newest stay, as its patient administration passes them on: HL7 v2.4 ORU^R01, a round a
 * message. Some rounds come with the nurse's NEWS2, one is not whole, and one person's score was added up wrongly.
 */
export function observationMessages(life: Life, now: Moment): readonly DemoMessage[] {
  const stay = life.stays.findLast(
    ({ kind, from, until }) => kind === 'inpatient' && from < now && (until === undefined || until < now),
  )
  if (!stay || Number(life.person.id.slice(1)) > castSize) return []
  return rounds(life, stay, now).map((round, at) => roundMessage(life, stay, round, `${stay.visit}R${at + 1}`))
}

const breathless: readonly Stay['illness'][] = ['copdFlare', 'pneumonia', 'heartFailure', 'asthma']

function rounds({ person }: Life, stay: Stay, now: Moment): readonly Round[] {
  const short = breathless.includes(stay.illness)
  const scale = stay.illness === 'copdFlare' ? 2 : 1
  // Children have another score.
  const adult = ageOn(person.truth.birthDate, dayOf(stay.from)) >= 16
  const arrival: Round = {
    at: stay.from + 20 * 60_000,
    respiration: short ? 26 : 20,
    saturation: scale === 2 ? 87 : short ? 91 : 96,
    oxygen: short ? 'oxygen' : 'air',
    systolic: 104,
    diastolic: 62,
    pulse: 114,
    consciousness: stay.illness === 'urinaryInfection' ? 'C' : 'A',
    temperature: stay.illness === 'atrialFibrillation' ? 36.8 : 38.6,
    score: !adult ? 'none' : stay.illness === 'heartFailure' ? 'wrong' : 'right',
    scale,
  }
  const evening: Round = { ...arrival, at: stay.from + 5 * 3_600_000, respiration: 22, pulse: 102, score: 'none' }
  const morning = momentOf(dayOf(stay.from + 86_400_000), 6, 10)
  const better: Round = {
    ...arrival,
    at: momentOf(dayOf(stay.from + 2 * 86_400_000), 6, 15),
    respiration: 18,
    saturation: scale === 2 ? 90 : 96,
    oxygen: 'air',
    systolic: 122,
    diastolic: 74,
    pulse: 84,
    consciousness: 'A',
    temperature: 37.1,
    score: adult ? 'right' : 'none',
  }
  const partly: Round = { ...evening, at: morning, pulse: 96, consciousness: 'A', without: 'temperature' }
  return [arrival, evening, partly, better].filter(({ at }) => at < (stay.until ?? now))
}

function written(round: Round): number | undefined {
  const result = scoreNews2(round, round.scale)
  if (round.score === 'none' || result.kind !== 'scored') return undefined
  return result.score.total - (round.score === 'wrong' ? 1 : 0)
}

function roundMessage(life: Life, stay: Stay, round: Round, number: string): DemoMessage {
  const { person } = life
  const at = hl7Stamp(round.at)
  const score = written(round)
  const coded = (id: string, value: string) => ({ 2: 'CWE', 3: id, 5: value })
  const measured = (id: string, value: number | string, unit: string) => ({ 2: 'NM', 3: id, 5: String(value), 6: unit })
  const observations = [
    measured('86290005^Respiratory rate^SCT^9279-1^Respiratory rate^LN', round.respiration, '/min'),
    measured('103228002^Oxygen saturation^SCT^2708-6^Oxygen saturation^LN', round.saturation, '%'),
    coded(
      'AIRO2^Air or oxygen^L',
      round.oxygen === 'oxygen' ? '371825009^Patient on oxygen^SCT' : '722742002^Breathing room air^SCT',
    ),
    measured('271649006^Systolic blood pressure^SCT^8480-6^Systolic blood pressure^LN', round.systolic, 'mmHg'),
    measured('271650006^Diastolic blood pressure^SCT^8462-4^Diastolic blood pressure^LN', round.diastolic, 'mmHg'),
    measured('364075005^Heart rate^SCT^8867-4^Heart rate^LN', round.pulse, '/min'),
    coded('1104441000000107^Level of consciousness (ACVPU)^SCT', levels[round.consciousness]),
    ...(round.without === 'temperature'
      ? []
      : [measured('276885007^Body temperature^SCT^8310-5^Body temperature^LN', round.temperature.toFixed(1), 'Cel')]),
    ...(round.scale === 2
      ? [measured('1104321000000108^NEWS2 oxygen saturation scale 2 score^SCT', round.saturation < 88 ? 1 : 0, '')]
      : []),
    ...(score === undefined ? [] : [measured('1104051000000101^NEWS2 total score^SCT', score, '')]),
  ]
  const text = message([
    header({
      application: 'RIVERPAS',
      type: 'ORU^R01^ORU_R01',
      controlId: `OBS${number}`,
      at: round.at + 120_000,
      charset: 'UNICODE UTF-8',
    }),
    patientSegment(person, 'riverton-pas'),
    segment('PV1', { 1: '1', 2: 'I', 3: `${escaped(stay.ward)}^^^RZ999`, 19: `${stay.visit}^^^RZ999^VN` }),
    segment('OBR', {
      1: '1',
      3: `OBS${number}^RIVERPAS`,
      4: 'OBS^Bedside observations^L',
      7: at,
      22: hl7Stamp(round.at + 120_000),
      25: 'F',
    }),
    ...observations.map((fields, place) => segment('OBX', { 1: String(place + 1), ...fields, 11: 'F', 14: at })),
  ])
  return {
    source: 'riverton-pas',
    name: `${person.id}-OBS${number}.hl7`,
    bytes: Buffer.from(text, 'utf8'),
    door: 'mllp',
    contentType: 'application/hl7-v2',
    lane: laneOf(person),
    person: person.id,
    expect: 'applied',
  }
}
