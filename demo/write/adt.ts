import { allergens, reactions } from '../lives/allergens.ts'
import { acuteIllnesses, specialties } from '../lives/conditions.ts'
import type { Life, Stay } from '../lives/life.ts'
import { asKnownTo, type Demographics, localNumber } from '../people/person.ts'
import { compactDay, hl7Stamp, type Moment } from '../time.ts'
import { escaped, header, message, patientSegment, segment } from './hl7v2.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

type Event = 'A01' | 'A02' | 'A03' | 'A04' | 'A05' | 'A08' | 'A28' | 'A31' | 'A40'

/** The hospital's patient administration system: HL7 v2.4 ADT, a message for everything that happens. */
export function adtMessages(life: Life, now: Moment): readonly DemoMessage[] {
  const first = life.stays[0]
  if (first === undefined) return []
  const pas = pasOf(life)
  const registered = Math.min(first.from, now) - 3_600_000
  return [pas.say('A28', registered), ...life.stays.flatMap((stay) => stayMessages(pas, stay, now))]
}

export type Pas = { readonly say: (event: Event, at: Moment, more?: More) => DemoMessage; readonly life: Life }
export type More = {
  readonly stay?: Stay
  readonly ward?: string
  readonly formerWard?: string
  readonly ended?: true
  readonly who?: Demographics
  readonly hospitalNumber?: string
  readonly extra?: readonly string[]
}

/** One person's file at the hospital: it numbers the messages as it goes. */
export function pasOf(life: Life, firstNumber = 1): Pas {
  let count = firstNumber - 1
  const { person } = life
  const say = (event: Event, at: Moment, more: More = {}): DemoMessage => {
    count += 1
    const controlId = `PAS${person.id.slice(1)}${String(count).padStart(4, '0')}`
    const diedAt = event === 'A03' && more.stay?.died ? more.stay.until : undefined
    const bytes = utf8(
      message([
        header({
          application: 'RIVERPAS',
          type: `ADT^${event}^${structures[event]}`,
          controlId,
          at: at,
          charset: 'UNICODE UTF-8',
        }),
        segment('EVN', { 1: event, 2: hl7Stamp(at), 6: hl7Stamp(at) }),
        patientSegment(person, 'riverton-pas', {
          ...(more.who ? { who: more.who } : {}),
          ...(more.hospitalNumber ? { hospitalNumber: more.hospitalNumber } : {}),
          ...(diedAt === undefined ? {} : { died: diedAt }),
        }),
        ...(event === 'A40' ? [] : [practiceSegment(life)]),
        ...(event === 'A40' || person.nextOfKin === undefined ? [] : [kinSegment(person.nextOfKin)]),
        ...(event === 'A40' ? [] : [visitSegment(more)]),
        ...(more.stay === undefined ? [] : expectedSegment(more.stay, event)),
        ...(event === 'A01' || event === 'A04' || event === 'A28' ? allergySegments(life) : []),
        ...(more.stay === undefined ? [] : diagnosisSegments(life, more.stay, more.ended === true)),
        ...(more.extra ?? []),
      ]),
    )
    return {
      source: 'riverton-pas',
      name: `${person.id}-${controlId}-${event}.hl7`,
      bytes,
      door: 'mllp',
      contentType: 'application/hl7-v2',
      lane: laneOf(person),
      person: person.id,
      expect: 'applied',
    }
  }
  return { say, life }
}

/** HL7 v2.4 table 0354: several events share one structure. */
const structures: Readonly<Record<Event, string>> = {
  A01: 'ADT_A01',
  A02: 'ADT_A02',
  A03: 'ADT_A03',
  A04: 'ADT_A01',
  A05: 'ADT_A05',
  A08: 'ADT_A01',
  A28: 'ADT_A05',
  A31: 'ADT_A05',
  A40: 'ADT_A39',
}

function stayMessages({ say }: Pas, stay: Stay, now: Moment): readonly DemoMessage[] {
  if (stay.kind === 'booked') return [say('A05', now - 5 * 86_400_000, { stay })]
  if (stay.kind !== 'inpatient') {
    return [
      say('A04', stay.from, { stay }),
      ...(stay.until === undefined ? [] : [say('A03', stay.until, { stay, ended: true })]),
    ]
  }
  const { movedTo, until } = stay
  return [
    say('A01', stay.from, { stay }),
    ...(movedTo === undefined ? [] : [say('A02', movedTo.at, { stay, ward: movedTo.ward, formerWard: stay.ward })]),
    ...(until === undefined || until > now
      ? []
      : [say('A03', until, { stay, ward: movedTo?.ward ?? stay.ward, ended: true })]),
  ]
}

const classes: Readonly<Record<Stay['kind'], string>> = { inpatient: 'I', emergency: 'E', clinic: 'O', booked: 'O' }
const consultants: Readonly<Record<string, string>> = {
  '110': 'C9001^Harrow^Neil',
  '180': 'C9002^Osei^Abena',
  '300': 'C9003^Lindqvist^Karin',
  '302': 'C9004^Banerjee^Arun',
  '320': 'C9005^Fenwick^Moira',
  '340': 'C9006^Dufour^Claire',
  '361': 'C9007^Tan^Mei',
  '430': 'C9008^Ellery^Giles',
}

/** PV1-4 and PV1-14, 36, 37 carry the NHS lists, as United Kingdom hospitals send them. */
export function visitSegment({ stay, ward, formerWard, ended }: More): string {
  if (stay === undefined) return segment('PV1', { 1: '1', 2: 'N' })
  const consultant = `${consultants[stay.specialty] ?? consultants['300']}^^^Dr^^^RZ999`
  const bed = stay.kind === 'inpatient' ? `^^${1 + (Number(stay.visit.slice(-3)) % 24)}` : ''
  return segment('PV1', {
    1: '1',
    2: classes[stay.kind],
    3: place(ward ?? stay.ward, bed),
    ...(stay.kind === 'inpatient' ? { 4: '21', 14: '19' } : {}),
    ...(formerWard === undefined ? {} : { 6: place(formerWard, '') }),
    7: consultant,
    10: `${stay.specialty}^${specialties[stay.specialty] ?? ''}`,
    19: `${stay.visit}^^^RZ999^VN`,
    ...(ended && stay.kind === 'inpatient' ? { 36: stay.died ? '4' : '1', 37: stay.died ? '79' : '19' } : {}),
    44: hl7Stamp(stay.from),
    ...(ended && stay.until !== undefined ? { 45: hl7Stamp(stay.until) } : {}),
  })
}

/** PV1-3: ward, room, bed, site. */
function place(ward: string, bed: string): string {
  return bed === '' ? `${ward}^^^RZ999` : `${ward}${bed}^RZ999`
}

/** PV2-8: when a booked visit is expected. */
function expectedSegment(stay: Stay, event: Event): readonly string[] {
  if (event !== 'A05') return []
  return [
    segment('PV2', { 3: `^${specialties[stay.specialty] ?? 'Outpatient'} clinic appointment`, 8: hl7Stamp(stay.from) }),
  ]
}

function practiceSegment({ person }: Life): string {
  const practice =
    person.practice === 'riverside-gp'
      ? 'Riverside Surgery (synthetic)^^Y99901'
      : 'Market Street Practice (synthetic)^^Y99902'
  return segment('PD1', { 3: practice, ...(person.restricted ? { 12: 'Y' } : {}) })
}

function kinSegment(kin: NonNullable<Life['person']['nextOfKin']>): string {
  return segment('NK1', {
    1: '1',
    2: `${escaped(kin.family)}^${escaped(kin.name)}`,
    3: `^${kin.relationship}`,
    5: `${kin.phone}^PRN^PH`,
    7: '^Next of kin',
  })
}

function allergySegments(life: Life): readonly string[] {
  return life.allergies
    .filter(({ toldTo }) => toldTo.includes('hospital'))
    .map((allergy, at) => {
      const { snomed, name, v2 } = allergens[allergy.to]
      if (allergy.to === 'none')
        return segment('AL1', { 1: String(at + 1), 2: 'MA', 3: `${snomed}^${name}^SCT`, 6: compactDay(allergy.since) })
      return segment('AL1', {
        1: String(at + 1),
        2: v2,
        3: `${snomed}^${name}^SCT`,
        4: allergy.severe ? 'SV' : 'MO',
        ...(allergy.reaction ? { 5: reactions[allergy.reaction].name } : {}),
        6: compactDay(allergy.since),
      })
    })
}

function diagnosisSegments(_life: Life, stay: Stay, ended: boolean): readonly string[] {
  if (stay.illness === undefined) return []
  const { icd10, name } = acuteIllnesses[stay.illness]
  return [
    segment('DG1', {
      1: '1',
      2: 'I10',
      3: `${icd10}^${escaped(name)}^I10`,
      4: escaped(name),
      5: hl7Stamp(stay.from),
      6: ended ? 'F' : 'A',
      15: '1',
    }),
  ]
}

/** What an update says of the visit: the last one that happened, as it ended. */
export function lastVisit({ stays }: Life): More {
  const stay = stays.filter(({ kind }) => kind !== 'booked').at(-1)
  if (stay === undefined) return {}
  return { stay, ward: stay.movedTo?.ward ?? stay.ward, ...(stay.until === undefined ? {} : { ended: true }) }
}

/** The second hospital number of somebody who was registered twice. */
export function secondNumber(life: Life): string {
  return `${localNumber(life.person, 'riverton-pas')}9`
}

export function pasDemographics(life: Life): Demographics {
  return asKnownTo(life.person, 'riverton-pas')
}
