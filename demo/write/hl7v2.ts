import { asKnownTo, type Demographics, localNumber, type Person } from '../people/person.ts'
import type { SourceId } from '../sources.ts'
import { compactDay, hl7Stamp, type Moment } from '../time.ts'

/** One segment by field number, as the book counts: `segment('PV1', { 2: 'I' })` puts `I` in PV1-2. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? '')].join('|')
}

/** Text made safe to stand in a field. */
export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\E\\')
    .replaceAll('|', '\\F\\')
    .replaceAll('^', '\\S\\')
    .replaceAll('&', '\\T\\')
    .replaceAll('~', '\\R\\')
    .replaceAll('\n', '\\.br\\')
}

/** MSH-1 is the separator itself, so the header is laid out by hand. MSH-11 `T`: for training, never live. */
export function header({
  application,
  type,
  controlId,
  at,
  charset,
}: {
  readonly application: string
  readonly type: string
  readonly controlId: string
  readonly at: Moment
  readonly charset: string
}): string {
  return `MSH|^~\\&|${application}|RZ999|THROUGHLINE|RIVERTON|${hl7Stamp(at)}||${type}|${controlId}|T|2.4||||||${charset}`
}

export function patientSegment(
  person: Person,
  source: SourceId,
  more: { readonly who?: Demographics; readonly hospitalNumber?: string | null; readonly died?: Moment } = {},
): string {
  const who = more.who ?? asKnownTo(person, source)
  const hospital =
    more.hospitalNumber === null ? '' : `${more.hospitalNumber ?? localNumber(person, 'riverton-pas')}^^^RZ999^MR`
  const laboratory = source === 'riverton-lab' ? `${localNumber(person, 'riverton-lab')}^^^RIVERLAB^PI` : ''
  const national = who.nhsNumber === undefined ? '' : `${who.nhsNumber}^^^NHS^NH`
  const { lines, town, postcode } = who.address
  return segment('PID', {
    1: '1',
    3: [hospital, laboratory, national].filter((part) => part !== '').join('~'),
    5: `${escaped(who.family)}^${escaped(who.given[0] ?? '')}^${escaped(who.given.slice(1).join(' '))}^^${who.title}^^L`,
    7: compactDay(who.birthDate),
    8: who.gender === 'male' ? 'M' : 'F',
    11: `${lines.map(escaped).join('^')}^^${escaped(town)}^^${postcode}^GBR^H`,
    13: [who.home === undefined ? '' : `${who.home}^PRN^PH`, who.mobile === undefined ? '' : `${who.mobile}^PRS^CP`]
      .filter((part) => part !== '')
      .join('~'),
    ...(person.language === undefined ? {} : { 15: `${person.language.code}^${person.language.name}` }),
    22: person.ethnicity,
    ...(more.died === undefined ? {} : { 29: hl7Stamp(more.died), 30: 'Y' }),
    32: `NSTS${who.nhsNumberStatus}`,
  })
}

/** Segments end with a carriage return, the last one too. */
export function message(segments: readonly string[]): string {
  return `${segments.join('\r')}\r`
}
