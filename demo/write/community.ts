import type { Life } from '../lives/life.ts'
import { asKnownTo, localNumber } from '../people/person.ts'
import { organisations } from '../sources.ts'
import { type Moment, slashDay, slashStamp } from '../time.ts'
import { csvText } from './csv.ts'
import { type DemoMessage, utf8 } from './message.ts'

export const contactColumns = [
  'EXTRACTED_AT',
  'NHS_NUMBER',
  'NHS_NUMBER_STATUS',
  'LOCAL_PATIENT_ID',
  'FAMILY_NAME',
  'GIVEN_NAME',
  'BIRTH_DATE',
  'SEX',
  'ADDRESS',
  'TOWN',
  'POSTCODE',
  'GP_PRACTICE',
  'GP_PRACTICE_NAME',
  'CONTACT_ID',
  'CONTACT_START',
  'CONTACT_END',
  'TEAM',
  'REASON',
  'OUTCOME',
  'NOTE',
  'SYNTHETIC',
] as const
export const contactOutcomes = { seen: 'S', 'not-at-home': 'N', booked: 'B' } as const

/** The community trust: an extract of contacts, one row each, dropped in a folder. Null when nobody was visited. */
export function communityExtract(lives: readonly Life[], name: string, now: Moment): DemoMessage | null {
  const rows = lives.flatMap((life) => {
    const who = asKnownTo(life.person, 'dales-community')
    return life.communityContacts.map((contact) => [
      slashStamp(now),
      who.nhsNumber ?? '',
      who.nhsNumberStatus,
      localNumber(life.person, 'dales-community'),
      who.family,
      who.given[0] ?? '',
      slashDay(who.birthDate),
      who.gender === 'male' ? '1' : '2',
      who.address.lines.join(', '),
      who.address.town,
      who.address.postcode,
      organisations[life.person.practice].code,
      organisations[life.person.practice].name,
      contact.id,
      slashStamp(contact.at),
      slashStamp(contact.at + contact.minutes * 60_000),
      contact.team,
      contact.reason,
      contactOutcomes[contact.outcome],
      contact.note,
      'Y',
    ])
  })
  if (rows.length === 0) return null
  return {
    source: 'dales-community',
    name: `contacts-${name}.csv`,
    bytes: utf8(csvText(contactColumns, rows)),
    door: 'folder',
    contentType: 'text/csv',
    lane: 'dales-community',
    expect: 'applied',
  }
}
