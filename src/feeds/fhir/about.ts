/** Whom each resource of a message is about. @see FHIR R4 compartmentdefinition-patient.html */
import type { Issue } from '../../base/index.ts'
import type { Subject } from '../../identity/index.ts'
import { parseNhsNumber } from '../../nhs/index.ts'
import type { Source } from '../source.ts'
import type { Entry } from './entries.ts'
import { asObject, asText, type JsonObject, objectsOf } from './json-object.ts'
import { type Naming, type Resolve, readReference } from './names.ts'
import { nhsNumberSystem, traitsOfPatient } from './traits.ts'

export type About = {
  readonly subjects: readonly Subject[]
  /** Index into `subjects` for each entry; null: about nobody. */
  of(entry: Entry): number | null
  /** Where a patient was named by identifier only: the reference that belongs there. */
  readonly named: ReadonlyMap<Entry, { readonly element: string; readonly reference: string }>
  readonly notes: readonly Issue[]
}

/** Elements that say whom a resource is about, the plainest first. */
const subjectElements = [
  'subject',
  'patient',
  'for',
  'beneficiary',
  'individual',
  'candidate',
  'actor',
  'deliverTo',
] as const
/** Lists of people of which one may be the patient. */
const listElements: readonly (readonly [string, string])[] = [
  ['participant', 'actor'],
  ['link', 'target'],
  ['target', ''],
  ['entity', 'what'],
]

type Named = { readonly patientId: string; readonly subject: Subject; readonly element?: string }

export function readAbout(
  entries: readonly Entry[],
  ids: ReadonlyMap<Entry, string>,
  resolve: Resolve,
  naming: Naming,
  source: Source,
): About {
  const subjects: Subject[] = []
  const places = new Map<string, number>()
  const about = new Map<Entry, number>()
  const named = new Map<Entry, { element: string; reference: string }>()
  const notes: Issue[] = []
  const byIdentifier = new Map<string, string>()

  for (const entry of entries) {
    if (entry.type !== 'Patient' || !entry.resource) continue
    const patientId = ids.get(entry) ?? ''
    const read = traitsOfPatient(entry.resource, entry.place, source.settings.nhsNumbersTraced ?? false)
    notes.push(...read.notes)
    for (const { system, value } of [...(read.traits.identifiers ?? []), ...nhsOf(read.traits.nhsNumber)])
      byIdentifier.set(`${system}|${value}`, patientId)
    about.set(entry, add({ patientId, source: source.id, traits: read.traits }))
  }
  for (const entry of entries) {
    if (about.has(entry)) continue
    if (entry.type === 'Patient') about.set(entry, add(bare(ids.get(entry) ?? '')))
    else {
      // What is withdrawn is about whom it was about.
      const content = entry.resource ?? entry.was
      const found = content && patientOf(content)
      if (!found) continue
      about.set(entry, add(found.subject))
      if (found.element !== undefined)
        named.set(entry, { element: found.element, reference: `Patient/${found.patientId}` })
    }
  }
  followOthers()
  takeOnlyPatient()
  return { subjects, of: (entry) => about.get(entry) ?? null, named, notes }

  function add(subject: Subject): number {
    const before = places.get(subject.patientId)
    if (before !== undefined) return before
    places.set(subject.patientId, subjects.length)
    return subjects.push(subject) - 1
  }

  function bare(patientId: string): Subject {
    return { patientId, source: source.id, traits: {} }
  }

  function patientOf(resource: JsonObject): Named | undefined {
    for (const element of subjectElements) {
      const value = resource[element]
      for (const reference of Array.isArray(value) ? objectsOf(value) : [asObject(value)]) {
        const found = reference && patientIn(reference, Array.isArray(value) ? undefined : element)
        if (found) return found
      }
    }
    for (const [list, part] of listElements) {
      for (const item of objectsOf(resource[list])) {
        const reference = part === '' ? item : asObject(item[part])
        const found = reference && patientIn(reference, undefined)
        if (found) return found
      }
    }
    return undefined
  }

  function patientIn(reference: JsonObject, element: string | undefined): Named | undefined {
    const text = asText(reference.reference)
    if (text !== undefined) return patientAt(text, asText(reference.type))
    const identifier = asObject(reference.identifier)
    const system = asText(identifier?.system)
    const value = asText(identifier?.value)
    if (element === undefined || system === undefined || value === undefined) return undefined
    const type = asText(reference.type)
    if (type !== 'Patient' && system !== nhsNumberSystem) return undefined
    return patientWith(system, value, element)
  }

  function patientAt(text: string, type: string | undefined): Named | undefined {
    const target = resolve(text, type)
    if (target.kind === 'entry')
      return target.entry.type === 'Patient' ? bareNamed(ids.get(target.entry) ?? '') : undefined
    if (target.kind === 'absent') return target.type === 'Patient' ? bareNamed(target.id) : undefined
    const address = readReference(text)
    return target.kind === 'as-is' && address?.base === '' && address.type === 'Patient'
      ? bareNamed(address.id)
      : undefined
  }

  function bareNamed(patientId: string): Named {
    return { patientId, subject: bare(patientId) }
  }

  /** UK senders often name the patient by NHS number alone. @see FHIR R4 references.html#logical */
  function patientWith(system: string, value: string, element: string): Named | undefined {
    const known = byIdentifier.get(`${system}|${value}`)
    const patientId = known ?? naming.idOfAbsent('Patient', `identifier|${system}|${value}`)
    if (patientId === null) return undefined
    const number = system === nhsNumberSystem ? parseNhsNumber(value, '') : undefined
    const traits = number?.ok ? { nhsNumber: number.value } : { identifiers: [{ system, value }] }
    return { patientId, subject: { patientId, source: source.id, traits }, element }
  }

  /** A Binary is about whom the document that shows it is about; a Provenance about whom its targets are about. */
  function followOthers(): void {
    for (const entry of entries) {
      const owner = about.get(entry)
      if (owner === undefined || !entry.resource) continue
      for (const content of objectsOf(entry.resource.content)) {
        const url = asText(asObject(content.attachment)?.url)
        const target = url === undefined ? undefined : resolve(url, undefined)
        if (target?.kind === 'entry' && target.entry.type === 'Binary' && !about.has(target.entry))
          about.set(target.entry, owner)
      }
    }
    for (const entry of entries) {
      const content = entry.resource ?? entry.was
      if (about.has(entry) || !content) continue
      const pointers = entry.type === 'Provenance' ? objectsOf(content.target) : [asObject(content.securityContext)]
      for (const pointer of pointers) {
        const text = pointer && asText(pointer.reference)
        const target = text === undefined ? undefined : resolve(text, undefined)
        const owner = target?.kind === 'entry' ? about.get(target.entry) : undefined
        const direct = text === undefined ? undefined : patientAt(text, undefined)
        if (owner !== undefined) about.set(entry, owner)
        else if (direct) about.set(entry, add(direct.subject))
      }
    }
  }

  /** Clinical content that names no patient must not become content about nobody, which everybody may see. */
  function takeOnlyPatient(): void {
    for (const entry of entries) {
      if (
        about.has(entry) ||
        !entry.resource ||
        entry.method === 'DELETE' ||
        !personalTypes.has(entry.type) ||
        namesAnother(entry.resource)
      )
        continue
      const only = subjects.length === 1 ? 0 : undefined
      if (only !== undefined) about.set(entry, only)
      notes.push({
        place: entry.place,
        severity: 'warning',
        message:
          only === undefined
            ? `The ${entry.type} does not say whom it is about`
            : `The ${entry.type} does not say whom it is about; taken as the only patient of the message`,
        remedy: 'Send it with a reference to its patient.',
      })
    }
  }
}

/** Says that it is about something that is no patient: a group, a device, a place. */
function namesAnother(resource: JsonObject): boolean {
  return subjectElements.some((element) => resource[element] !== undefined)
}

function nhsOf(number: string | undefined): readonly { readonly system: string; readonly value: string }[] {
  return number === undefined ? [] : [{ system: nhsNumberSystem, value: number }]
}

/** Types that are nearly always about one person, so that saying nothing is more likely a slip. */
const personalTypes = new Set([
  'AdverseEvent',
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Claim',
  'ClinicalImpression',
  'Communication',
  'CommunicationRequest',
  'Composition',
  'Condition',
  'Consent',
  'Coverage',
  'DetectedIssue',
  'DeviceRequest',
  'DeviceUseStatement',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'EpisodeOfCare',
  'ExplanationOfBenefit',
  'FamilyMemberHistory',
  'Flag',
  'Goal',
  'ImagingStudy',
  'Immunization',
  'ImmunizationRecommendation',
  'Media',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'QuestionnaireResponse',
  'RelatedPerson',
  'RiskAssessment',
  'ServiceRequest',
  'Specimen',
  'VisionPrescription',
])
