import type { Bundle, FhirResource } from 'fhir/r4.js'
import type { Life } from '../lives/life.ts'
import { localNumber } from '../people/person.ts'
import { isoStamp, type Moment } from '../time.ts'
import { allergyEntries, prescriptions, problems, vaccinated } from './gp-fhir-clinical.ts'
import { appointments, encounters, flags, lettersReceived, measurements } from './gp-fhir-contacts.ts'
import { fhirPatient, practice, putEntry, testLabel, ukCore } from './gp-fhir-parts.ts'
import { wishes } from './gp-fhir-wishes.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

const base = 'https://market-street.example/fhir'

/** The second practice: a FHIR R4 UK Core transaction that holds all it knows of one person. */
export function gpFhirMessage(life: Life, now: Moment): DemoMessage {
  const { person } = life
  const id = localNumber(person, 'market-street-gp')
  const resources: readonly FhirResource[] = [
    practice('market-street-gp'),
    doctor,
    fhirPatient(life, 'market-street-gp', id),
    ...problems(life, id),
    ...allergyEntries(life, id),
    ...prescriptions(life, id, now),
    ...measurements(life, id),
    ...vaccinated(life, id),
    ...encounters(life, id),
    ...appointments(life, id),
    ...lettersReceived(life, id),
    ...flags(life, id),
    ...wishes(life, id, now),
  ]
  const bundle: Bundle = {
    resourceType: 'Bundle',
    meta: { security: [testLabel] },
    type: 'transaction',
    timestamp: isoStamp(now),
    entry: resources.map(putEntry(base)),
  }
  return {
    source: 'market-street-gp',
    name: `${person.id}-market-street-record.json`,
    bytes: utf8(JSON.stringify(bundle)),
    door: 'http',
    contentType: 'application/fhir+json',
    lane: laneOf(person),
    person: person.id,
    expect: 'applied',
  }
}

const doctor: FhirResource = {
  resourceType: 'Practitioner',
  id: 'dr-amara',
  meta: { profile: ukCore('Practitioner'), security: [testLabel] },
  identifier: [{ system: 'https://market-street.example/id/clinician', value: 'AO1' }],
  name: [{ use: 'official', family: 'Okafor', given: ['Amara'], prefix: ['Dr'] }],
}
