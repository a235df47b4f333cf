/** Column maps as an analyst would write them, for tests: a community trust, a council, a vaccination cohort, a list of patients. */
import type { Source } from '../source.ts'
import type { CsvExtract, CsvExtracts } from './column-map.ts'

export const source = (csv: CsvExtracts): Source => ({
  id: 'dales-community',
  name: 'Dales Community',
  kind: 'community',
  organisation: { code: 'RY9', name: 'Dales Community' },
  formats: ['csv'],
  namespace: 'a namespace of the tests',
  settings: { csv },
})

export const contacts: CsvExtract = {
  columns: [
    { column: 'NHS_NUMBER', to: 'patient.identifier[0]', as: 'nhs-number' },
    { column: 'NHS_NUMBER_STATUS', to: 'patient.identifier[0]', as: 'nhs-number-status', length: 2 },
    { column: 'LOCAL_PATIENT_ID', to: 'patient.identifier[1]', as: 'identifier', required: true },
    { column: 'FAMILY_NAME', to: 'patient.name[0].family' },
    { column: 'GIVEN_NAME', to: 'patient.name[0].given[0]' },
    { column: 'BIRTH_DATE', to: 'patient.birthDate', dateFormat: 'DD/MM/YYYY' },
    { column: 'SEX', to: 'patient.gender', codes: { '1': 'male', '2': 'female', '9': 'other', X: 'unknown' } },
    { column: 'POSTCODE', to: 'patient.address[0].postalCode', as: 'postcode' },
    { column: 'CONTACT_ID', to: 'contact.identifier[0]', as: 'identifier' },
    { column: 'CONTACT_START', to: 'contact.period.start', dateFormat: 'DD/MM/YYYY HH:mm' },
    { column: 'CONTACT_MINUTES', to: 'contact.length', as: 'quantity', unit: 'minutes|min' },
    { column: 'TEAM', to: 'contact.serviceType.text' },
    { column: 'REASON', to: 'contact.reasonCode[0].text' },
    { column: 'OUTCOME', to: 'contact.status', codes: { S: 'finished', N: 'cancelled', B: 'planned' } },
    { column: 'NOTE', to: 'note.payload[0].contentString' },
  ],
  facts: {
    patient: { type: 'Patient', key: ['LOCAL_PATIENT_ID'] },
    contact: {
      type: 'Encounter',
      key: ['CONTACT_ID'],
      fixed: {
        status: 'unknown',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HH', display: 'home health' },
      },
    },
    note: {
      type: 'Communication',
      key: ['CONTACT_ID', 'NOTE'],
      fixed: { status: 'completed' },
      refers: { encounter: 'contact' },
    },
  },
}

export const care: CsvExtract = {
  columns: [
    { column: 'Reporting Period End Date', to: 'row.asOf', dateFormat: 'DD/MM/YYYY' },
    { column: 'NHS Number', to: 'patient.identifier[0]', as: 'nhs-number' },
    {
      column: 'LA Person Unique Identifier',
      to: 'patient.identifier[1]',
      as: 'identifier',
      system: 'https://council.example/person',
    },
    { column: 'Last Name', to: 'patient.name[0].family' },
    { column: 'Date of Birth', to: 'patient.birthDate', dateFormat: 'DD/MM/YYYY' },
    { column: 'Event Start Date', to: 'service.period.start', dateFormat: 'DD/MM/YYYY' },
    { column: 'Event End Date', to: 'service.period.end', dateFormat: 'DD/MM/YYYY' },
    { column: 'Service Type', to: 'service.category[1].text' },
    { column: 'Service Component', to: 'service.activity[0].detail.code.text' },
    { column: 'Planned Units', to: 'service.activity[0].detail.quantity', as: 'quantity', unit: 'hours per week|h/wk' },
    { column: 'Event Start Date', to: 'request.authoredOn', dateFormat: 'DD/MM/YYYY' },
    { column: 'Event Outcome', to: 'request.note[0].text' },
  ],
  facts: {
    patient: { type: 'Patient', key: ['LA Person Unique Identifier'] },
    service: {
      type: 'CarePlan',
      key: ['Event Reference'],
      when: { column: 'Event Type', in: ['Service'] },
      fixed: {
        status: 'active',
        intent: 'plan',
        'category[0].text': 'Adult social care',
        'activity[0].detail.status': 'in-progress',
      },
    },
    request: {
      type: 'ServiceRequest',
      key: ['Event Reference'],
      when: { column: 'Event Type', in: ['Request'] },
      fixed: { status: 'active', intent: 'order', 'code.text': 'Request for support' },
    },
  },
}

const cohortKey = [
  ['CHILD_NHS_NUMBER'],
  ['CHILD_FIRST_NAME', 'CHILD_LAST_NAME', 'CHILD_DATE_OF_BIRTH', 'CHILD_POSTCODE'],
]

export const cohort: CsvExtract = {
  columns: [
    { column: 'CHILD_FIRST_NAME', to: 'child.name[0].given[0]', required: true },
    { column: 'CHILD_LAST_NAME', to: 'child.name[0].family', required: true },
    { column: 'CHILD_PREFERRED_GIVEN_NAME', to: 'child.name[1].given[0]', optional: true },
    { column: 'CHILD_DATE_OF_BIRTH', to: 'child.birthDate', dateFormat: ['YYYY-MM-DD', 'DD/MM/YYYY'], required: true },
    { column: 'CHILD_NHS_NUMBER', to: 'child.identifier[0]', as: 'nhs-number', optional: true },
    { column: 'CHILD_GENDER', to: 'child.gender', codes: { Male: 'male', Female: 'female' }, optional: true },
    { column: 'CHILD_ADDRESS_LINE_1', to: 'child.address[0].line[0]', optional: true },
    { column: 'CHILD_ADDRESS_LINE_2', to: 'child.address[0].line[1]', optional: true },
    { column: 'CHILD_TOWN', to: 'child.address[0].city', optional: true },
    { column: 'CHILD_POSTCODE', to: 'child.address[0].postalCode', as: 'postcode' },
    {
      column: 'CHILD_SCHOOL_URN',
      to: 'child.managingOrganization.identifier',
      as: 'identifier',
      system: 'https://fhir.hl7.org.uk/Id/urn-school-number',
      length: 6,
    },
    { column: 'PARENT_1_NAME', to: 'child.contact[0].name.text', optional: true },
    { column: 'PARENT_1_RELATIONSHIP', to: 'child.contact[0].relationship[0].text', optional: true },
    { column: 'PARENT_1_PHONE', to: 'child.contact[0].telecom[0].value', optional: true },
  ],
  // The number is not in every file, so it is no column that the header must have.
  facts: {
    child: {
      type: 'Patient',
      key: [['CHILD_LAST_NAME', 'CHILD_FIRST_NAME', 'CHILD_DATE_OF_BIRTH', 'CHILD_POSTCODE'], ...cohortKey.slice(0, 1)],
    },
  },
}

export const patientList: CsvExtract = {
  columns: [
    { column: 'NHS_NUMBER', to: 'patient.identifier[0]', as: 'nhs-number', required: true },
    { column: 'DATE_OF_BIRTH', to: 'patient.birthDate', dateFormat: 'DD/MM/YYYY' },
    { column: 'DATE_OF_DEATH', to: 'patient.deceasedDateTime', dateFormat: 'DD/MM/YYYY' },
    { column: 'FAMILY_NAME', to: 'patient.name[0].family' },
    { column: 'GIVEN_NAME', to: 'patient.name[0].given[0]' },
    { column: 'OTHER_GIVEN_NAME', to: 'patient.name[0].given[1]' },
    { column: 'TITLE', to: 'patient.name[0].prefix[0]' },
    ...[1, 2, 3, 4, 5].map((n) => ({ column: `ADDR${n}`, to: `patient.address[0].line[${n - 1}]` })),
    { column: 'POST_CODE', to: 'patient.address[0].postalCode', as: 'postcode' as const },
    {
      column: 'PRIMARY_CARE_CODE',
      to: 'patient.generalPractitioner[0].identifier',
      as: 'identifier' as const,
      system: 'https://fhir.nhs.uk/Id/ods-organization-code',
    },
  ],
  facts: { patient: { type: 'Patient', key: ['NHS_NUMBER'] } },
}

export const vaccinations: CsvExtract = {
  delimiter: '|',
  columns: [
    { column: 'NHS_NUMBER', to: 'patient.identifier[0]', as: 'nhs-number' },
    { column: 'PERSON_FORENAME', to: 'patient.name[0].given[0]' },
    { column: 'PERSON_SURNAME', to: 'patient.name[0].family' },
    { column: 'PERSON_DOB', to: 'patient.birthDate', dateFormat: 'YYYYMMDD' },
    {
      column: 'PERSON_GENDER_CODE',
      to: 'patient.gender',
      codes: { '1': 'male', '2': 'female', '9': 'other', '0': 'unknown' },
    },
    { column: 'PERSON_POSTCODE', to: 'patient.address[0].postalCode', as: 'postcode' },
    { column: 'DATE_AND_TIME', to: 'dose.occurrenceDateTime', dateFormat: 'YYYYMMDDTHHmmss' },
    { column: 'UNIQUE_ID', to: 'dose.identifier[0]', as: 'identifier' },
    { column: 'VACCINE_PRODUCT_CODE', to: 'dose.vaccineCode', as: 'concept', system: 'http://snomed.info/sct' },
    { column: 'VACCINE_MANUFACTURER', to: 'dose.manufacturer.display' },
    { column: 'BATCH_NUMBER', to: 'dose.lotNumber' },
    { column: 'EXPIRY_DATE', to: 'dose.expirationDate', dateFormat: 'YYYYMMDD' },
    { column: 'DOSE_AMOUNT', to: 'dose.doseQuantity', as: 'quantity' },
    { column: 'PRIMARY_SOURCE', to: 'dose.primarySource', as: 'boolean' },
  ],
  facts: {
    patient: { type: 'Patient', key: ['NHS_NUMBER'] },
    dose: { type: 'Immunization', key: ['UNIQUE_ID'], fixed: { status: 'completed' } },
  },
}
