import type { Life } from '../lives/life.ts'
import { asKnownTo, localNumber } from '../people/person.ts'
import { organisations } from '../sources.ts'
import { dayOf, type Moment, slashDay } from '../time.ts'
import { csvText } from './csv.ts'
import { type DemoMessage, utf8 } from './message.ts'

export const careColumns = [
  'LA Code',
  'LA Name',
  'Reporting Period End Date',
  'NHS Number',
  'LA Person Unique Identifier',
  'First Name',
  'Last Name',
  'Date of Birth',
  'Date of Death',
  'Address',
  'Town',
  'Postcode',
  'Gender',
  'GP Practice Code',
  'GP Practice Name',
  'Client Type',
  'Primary Support Reason',
  'Event Reference',
  'Event Type',
  'Event Start Date',
  'Event End Date',
  'Event Outcome',
  'Service Type',
  'Service Component',
  'Delivery Mechanism',
  'Unit Cost (per week)',
  'Planned Units (hours per week)',
  'Allocated Worker',
  'Worker Telephone',
  'Synthetic',
] as const

/** The council: adult social care in the manner of the national client-level data. Null when nobody was cared for. */
export function councilExtract(lives: readonly Life[], name: string, now: Moment): DemoMessage | null {
  const { code, name: council } = organisations['riverton-council']
  const rows = lives.flatMap((life) => {
    const who = asKnownTo(life.person, 'riverton-council')
    return life.care.map((event) => [
      code,
      council,
      slashDay(dayOf(now)),
      who.nhsNumber ?? '',
      localNumber(life.person, 'riverton-council'),
      who.given[0] ?? '',
      who.family,
      slashDay(who.birthDate),
      life.person.diedOn === undefined ? '' : slashDay(life.person.diedOn),
      who.address.lines.join(', '),
      who.address.town,
      who.address.postcode,
      who.gender === 'male' ? 'Male' : 'Female',
      organisations[life.person.practice].code,
      organisations[life.person.practice].name,
      'Service User',
      event.supportReason,
      event.id,
      event.kind,
      slashDay(event.from),
      event.until === undefined ? '' : slashDay(event.until),
      event.outcome ?? '',
      event.serviceType ?? '',
      event.component ?? '',
      event.delivery ?? '',
      event.weeklyCost === undefined ? '' : event.weeklyCost.toFixed(2),
      event.hoursPerWeek === undefined ? '' : String(event.hoursPerWeek),
      ...(event.kind === 'Service'
        ? [life.wishes?.worker?.name ?? 'Adult social care duty team', life.wishes?.worker?.phone ?? '01632 960710']
        : ['', '']),
      'Y',
    ])
  })
  if (rows.length === 0) return null
  return {
    source: 'riverton-council',
    name: `client-level-data-${name}.csv`,
    bytes: utf8(csvText(careColumns, rows)),
    door: 'folder',
    contentType: 'text/csv',
    lane: 'riverton-council',
    expect: 'applied',
  }
}
