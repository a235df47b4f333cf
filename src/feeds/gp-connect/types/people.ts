/** People, organisations and places, STU3 to R4. @see FHIR R4 patient-version-maps.html and its siblings */
import { byAddress, partsOf } from '../extensions.ts'
import { copy, isObject, type Json, use } from '../reading.ts'
import { type Draft, kept, keptChoice, listed, type TypeRules } from '../rules.ts'

const proficiency = 'http://hl7.org/fhir/StructureDefinition/patient-proficiency'

type ReadNhsCommunication = NonNullable<TypeRules['extensions']>[string]

/** The retired communication extension: its language is an element of R4, and how well it is spoken two HL7 extensions. */
const nhsCommunication: ReadNhsCommunication = (extension, place, to, reading) => {
  const communication: Record<string, unknown> = {}
  const skills: Json[] = []
  for (const [part, at] of partsOf(extension, place)) {
    if (part.url === 'language')
      communication.language = copy(part.valueCodeableConcept, `${at}.valueCodeableConcept`, reading)
    else if (part.url === 'preferred') communication.preferred = copy(part.valueBoolean, `${at}.valueBoolean`, reading)
    else if (part.url === 'modeOfCommunication') skills.push(skill('type', part, at))
    else if (part.url === 'communicationProficiency') skills.push(skill('level', part, at))
    else if (part.url === 'interpreterRequired' && typeof part.valueBoolean === 'boolean') {
      addExtension(to, 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired', part.valueBoolean)
      use(part, at, reading)
    } else continue
    reading.used.add(`${at}.url`)
  }
  function skill(url: string, part: Json, at: string): Json {
    const concept = part.valueCodeableConcept
    const coding = isObject(concept) && Array.isArray(concept.coding) ? concept.coding[0] : undefined
    return { url, valueCoding: copy(coding, `${at}.valueCodeableConcept.coding[0]`, reading) }
  }
  const known = skills.filter((each) => each.valueCoding !== undefined)
  if (known.length > 0) communication.extension = [{ url: proficiency, extension: known }]
  if (communication.preferred === undefined) delete communication.preferred
  if (communication.language === undefined) return
  reading.used.add(`${place}.url`)
  const list = Array.isArray(to.made.communication) ? to.made.communication : []
  to.made.communication = [...list, communication]
  to.lineage.push({ to: `communication[${list.length}]`, from: place, rule: 'STU3 Patient NHSCommunication extension' })
}

function addExtension(to: Draft, url: string, valueBoolean: boolean): void {
  to.made.extension = [...(Array.isArray(to.made.extension) ? to.made.extension : []), { url, valueBoolean }]
}

const patient: TypeRules = {
  to: 'Patient',
  elements: {
    ...kept(
      'identifier',
      'active',
      'name',
      'telecom',
      'gender',
      'birthDate',
      'address',
      'maritalStatus',
      'photo',
      'contact',
    ),
    ...kept('communication', 'generalPractitioner', 'managingOrganization', 'link'),
    ...keptChoice('deceased', 'Boolean', 'DateTime'),
    ...keptChoice('multipleBirth', 'Boolean', 'Integer'),
  },
  extensions: byAddress({ NHSCommunication: nhsCommunication }),
}

const practitioner: TypeRules = {
  to: 'Practitioner',
  elements: {
    ...kept('identifier', 'active', 'name', 'telecom', 'address', 'gender', 'birthDate', 'photo', 'qualification'),
    ...kept('communication'),
  },
  extensions: byAddress({
    // A practitioner's languages: R4 has a list of concepts.
    NHSCommunication: (...[extension, place, to, reading]: Parameters<ReadNhsCommunication>) => {
      for (const [part, at] of partsOf(extension, place)) {
        if (part.url !== 'language') continue
        const language = copy(part.valueCodeableConcept, `${at}.valueCodeableConcept`, reading)
        if (language === undefined) continue
        reading.used.add(`${at}.url`).add(`${place}.url`)
        to.made.communication = [...(Array.isArray(to.made.communication) ? to.made.communication : []), language]
      }
    },
  }),
}

const practitionerRole: TypeRules = {
  to: 'PractitionerRole',
  elements: {
    ...kept(
      'identifier',
      'active',
      'period',
      'practitioner',
      'organization',
      'code',
      'specialty',
      'location',
      'telecom',
    ),
    ...kept('healthcareService', 'availableTime', 'notAvailable', 'availabilityExceptions', 'endpoint'),
  },
}

const organization: TypeRules = {
  to: 'Organization',
  elements: kept(
    'identifier',
    'active',
    'type',
    'name',
    'alias',
    'telecom',
    'address',
    'partOf',
    'contact',
    'endpoint',
  ),
}

const location: TypeRules = {
  to: 'Location',
  elements: {
    ...kept('identifier', 'status', 'operationalStatus', 'name', 'alias', 'description', 'mode', 'telecom', 'address'),
    ...kept('physicalType', 'position', 'managingOrganization', 'partOf', 'endpoint'),
    type: listed(),
  },
}

const healthcareService: TypeRules = {
  to: 'HealthcareService',
  elements: {
    ...kept(
      'identifier',
      'active',
      'providedBy',
      'type',
      'specialty',
      'location',
      'name',
      'comment',
      'extraDetails',
      'photo',
    ),
    ...kept(
      'telecom',
      'coverageArea',
      'serviceProvisionCode',
      'characteristic',
      'referralMethod',
      'appointmentRequired',
    ),
    ...kept('availableTime', 'notAvailable', 'availabilityExceptions', 'endpoint'),
    category: listed(),
  },
}

const relatedPerson: TypeRules = {
  to: 'RelatedPerson',
  elements: {
    ...kept('identifier', 'active', 'patient', 'name', 'telecom', 'gender', 'birthDate', 'address', 'photo', 'period'),
    relationship: listed(),
  },
}

const device: TypeRules = {
  to: 'Device',
  elements: {
    ...kept(
      'identifier',
      'status',
      'type',
      'lotNumber',
      'manufacturer',
      'manufactureDate',
      'expirationDate',
      'patient',
    ),
    ...kept('owner', 'contact', 'location', 'url', 'note', 'safety'),
    model: (from, to) => {
      const value = copy(from.value, from.place, from.reading)
      if (typeof value === 'string') to.made.modelNumber = value
    },
  },
}

export const people = {
  Patient: patient,
  Practitioner: practitioner,
  PractitionerRole: practitionerRole,
  Organization: organization,
  Location: location,
  HealthcareService: healthcareService,
  RelatedPerson: relatedPerson,
  Device: device,
} as const satisfies Readonly<Record<string, TypeRules>>
