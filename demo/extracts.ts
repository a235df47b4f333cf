/** How the two systems that export CSV declare their columns. @see src/feeds/csv */
import type { SourceSettings } from '../src/feeds/index.ts'

type CsvExtracts = NonNullable<SourceSettings['csv']>
type CsvFact = CsvExtracts[string]['facts'][string]

const person: CsvFact = {
  type: 'Patient',
  key: ['LOCAL_PATIENT_ID'],
  fixed: { active: true, 'name[0].use': 'official', 'address[0].use': 'home' },
}
const dayAndTime = 'DD/MM/YYYY HH:mm'
const day = 'DD/MM/YYYY'
const odsSystem = 'https://fhir.nhs.uk/Id/ods-organization-code'
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

/** A contact that took place is an Encounter with its note; one that is ahead is an Appointment. */
export const communityExtracts: CsvExtracts = {
  contacts: {
    facts: {
      patient: person,
      contact: {
        type: 'Encounter',
        key: ['CONTACT_ID'],
        when: { column: 'OUTCOME', in: ['S', 'N'] },
        fixed: { class: { system: actCode, code: 'HH', display: 'home health' } },
      },
      note: {
        type: 'Communication',
        key: ['CONTACT_ID'],
        when: { column: 'OUTCOME', in: ['S', 'N'] },
        fixed: { status: 'completed', 'topic.text': 'Note of a community contact' },
        refers: { encounter: 'contact' },
      },
      booking: {
        type: 'Appointment',
        key: ['CONTACT_ID'],
        when: { column: 'OUTCOME', in: ['B'] },
        fixed: { 'participant[1].status': 'accepted' },
      },
    },
    columns: [
      { column: 'EXTRACTED_AT', to: 'row.asOf', dateFormat: dayAndTime, required: true },
      { column: 'NHS_NUMBER', to: 'patient.identifier[0]', as: 'nhs-number' },
      { column: 'NHS_NUMBER_STATUS', to: 'patient.identifier[0]', as: 'nhs-number-status', length: 2 },
      {
        column: 'LOCAL_PATIENT_ID',
        to: 'patient.identifier[1]',
        as: 'identifier',
        system: 'https://riverton-dales.example/id/patient',
        required: true,
      },
      { column: 'FAMILY_NAME', to: 'patient.name[0].family', required: true },
      { column: 'GIVEN_NAME', to: 'patient.name[0].given[0]' },
      { column: 'BIRTH_DATE', to: 'patient.birthDate', dateFormat: day, required: true },
      { column: 'SEX', to: 'patient.gender', codes: { '1': 'male', '2': 'female', '9': 'other', X: 'unknown' } },
      { column: 'POSTCODE', to: 'patient.address[0].postalCode', as: 'postcode' },
      { column: 'ADDRESS', to: 'patient.address[0].line[0]' },
      { column: 'TOWN', to: 'patient.address[0].city' },
      { column: 'GP_PRACTICE_NAME', to: 'patient.generalPractitioner[0].display' },
      { column: 'GP_PRACTICE', to: 'patient.generalPractitioner[0].identifier', as: 'identifier', system: odsSystem },
      { column: 'CONTACT_ID', to: 'contact.identifier[0]', as: 'identifier' },
      { column: 'CONTACT_ID', to: 'booking.identifier[0]', as: 'identifier' },
      { column: 'CONTACT_START', to: 'contact.period.start', dateFormat: dayAndTime, required: true },
      { column: 'CONTACT_START', to: 'note.sent', dateFormat: dayAndTime },
      { column: 'CONTACT_START', to: 'booking.start', dateFormat: dayAndTime },
      { column: 'CONTACT_END', to: 'contact.period.end', dateFormat: dayAndTime },
      { column: 'CONTACT_END', to: 'booking.end', dateFormat: dayAndTime },
      { column: 'TEAM', to: 'contact.serviceType.text' },
      { column: 'TEAM', to: 'booking.participant[1].actor.display' },
      { column: 'REASON', to: 'contact.reasonCode[0].text' },
      { column: 'REASON', to: 'booking.description' },
      { column: 'OUTCOME', to: 'contact.status', codes: { S: 'finished', N: 'cancelled' } },
      { column: 'OUTCOME', to: 'booking.status', codes: { B: 'booked' } },
      { column: 'NOTE', to: 'note.payload[0].contentString' },
      { column: 'SYNTHETIC', to: 'row.kept' },
    ],
  },
}

const event = (type: 'Assessment' | 'Review'): CsvFact => ({
  type: 'Encounter',
  key: ['Event Reference'],
  when: { column: 'Event Type', in: [type] },
  fixed: {
    status: 'finished',
    class: { system: actCode, code: 'FLD', display: 'field' },
    'type[0].text': type === 'Assessment' ? 'Care Act assessment' : 'Review of care and support',
    'extension[0].url': 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-OutcomeOfAttendance',
  },
})
const started = [
  'assessment.period.start',
  'review.period.start',
  'service.period.start',
  'request.occurrencePeriod.start',
  'request.authoredOn',
]
const ended = ['assessment.period.end', 'review.period.end', 'service.period.end', 'request.occurrencePeriod.end']
const reasons = [
  'assessment.reasonCode[0].text',
  'review.reasonCode[0].text',
  'request.reasonCode[0].text',
  'service.description',
]
const outcomes = [
  'assessment.extension[0].valueCodeableConcept.text',
  'review.extension[0].valueCodeableConcept.text',
  'request.note[0].text',
]
const councilParts = ['assessment.serviceProvider', 'review.serviceProvider', 'service.author', 'request.requester']

/** Adult social care: requests are ServiceRequests, assessments and reviews are Encounters with their outcome, services are CarePlans. */
export const councilExtracts: CsvExtracts = {
  'client-level-data': {
    facts: {
      patient: { ...person, key: ['LA Person Unique Identifier'] },
      request: {
        type: 'ServiceRequest',
        key: ['Event Reference'],
        when: { column: 'Event Type', in: ['Request'] },
        fixed: {
          status: 'completed',
          intent: 'order',
          'category[0].text': 'Adult social care',
          'code.text': 'Request for adult social care',
        },
      },
      assessment: event('Assessment'),
      review: event('Review'),
      service: {
        type: 'CarePlan',
        key: ['Event Reference'],
        when: { column: 'Event Type', in: ['Service'] },
        fixed: {
          status: 'active',
          intent: 'plan',
          'category[0].text': 'Adult social care package',
          'activity[0].detail.status': 'in-progress',
        },
      },
      team: {
        type: 'CareTeam',
        key: ['LA Person Unique Identifier'],
        when: { column: 'Event Type', in: ['Service'] },
        fixed: {
          status: 'active',
          name: 'Adult social care',
          'participant[0].role[0].text': 'Social worker',
          'telecom[0].system': 'phone',
        },
      },
    },
    columns: [
      ...councilParts.map((part) => ({ column: 'LA Code', to: `${part}.identifier`, as: 'identifier' as const })),
      ...councilParts.map((part) => ({ column: 'LA Name', to: `${part}.display` })),
      { column: 'Reporting Period End Date', to: 'row.asOf', dateFormat: day, required: true },
      { column: 'NHS Number', to: 'patient.identifier[0]', as: 'nhs-number' },
      {
        column: 'LA Person Unique Identifier',
        to: 'patient.identifier[1]',
        as: 'identifier',
        system: 'https://riverton-council.example/id/person',
        required: true,
      },
      { column: 'First Name', to: 'patient.name[0].given[0]' },
      { column: 'Last Name', to: 'patient.name[0].family', required: true },
      { column: 'Date of Birth', to: 'patient.birthDate', dateFormat: day, required: true },
      { column: 'Date of Death', to: 'patient.deceasedDateTime', dateFormat: day },
      { column: 'Postcode', to: 'patient.address[0].postalCode', as: 'postcode' },
      { column: 'Address', to: 'patient.address[0].line[0]' },
      { column: 'Town', to: 'patient.address[0].city' },
      { column: 'GP Practice Name', to: 'patient.generalPractitioner[0].display' },
      {
        column: 'Gender',
        to: 'patient.gender',
        codes: { Male: 'male', Female: 'female', Other: 'other', Unknown: 'unknown' },
      },
      {
        column: 'GP Practice Code',
        to: 'patient.generalPractitioner[0].identifier',
        as: 'identifier',
        system: odsSystem,
      },
      { column: 'Client Type', to: 'row.kept' },
      ...reasons.map((to) => ({ column: 'Primary Support Reason', to })),
      { column: 'Event Type', to: 'row.kept' },
      ...started.map((to) => ({ column: 'Event Start Date', to, dateFormat: day })),
      ...ended.map((to) => ({ column: 'Event End Date', to, dateFormat: day })),
      ...outcomes.map((to) => ({ column: 'Event Outcome', to })),
      { column: 'Service Type', to: 'service.activity[0].detail.code.text' },
      { column: 'Service Component', to: 'service.title' },
      { column: 'Delivery Mechanism', to: 'service.activity[0].detail.description' },
      {
        column: 'Planned Units (hours per week)',
        to: 'service.activity[0].detail.quantity',
        as: 'quantity',
        unit: 'hours per week|h/wk',
      },
      { column: 'Unit Cost (per week)', to: 'row.kept' },
      { column: 'Allocated Worker', to: 'team.participant[0].member.display' },
      { column: 'Worker Telephone', to: 'team.telecom[0].value' },
      { column: 'Synthetic', to: 'row.kept' },
    ],
  },
}
