/** Which facts are about safeguarding, and how they stand where a reader's role may not see them: as "Hidden", never absent (hazard H-34). */
import type { CodeableConcept, FhirResource } from 'fhir/r4.js'
import { safeguardingLabels, safeguardingTerms } from '../nhs/index.ts'
import { hiddenMark } from '../store/index.ts'
import { list, text } from './held.ts'

/** `shown`: all of it. `masked`: that there is an entry, and not what it says. `left-out`: for the patient's own page, where even a hint may put somebody in danger. */
export type SafeguardingView = 'shown' | 'masked' | 'left-out'

/** The word that stands for what may not be seen. */
export const hiddenWords = 'Hidden'

const words = new RegExp(safeguardingTerms, 'i')
type Concepts = CodeableConcept | readonly CodeableConcept[] | undefined
type Loose = {
  readonly meta?: {
    readonly security?: readonly { readonly code?: string }[]
    readonly tag?: readonly { readonly system?: string }[]
  }
  readonly code?: Concepts
  readonly type?: Concepts
  readonly category?: Concepts
  readonly topic?: Concepts
  readonly reasonCode?: Concepts
  readonly serviceType?: Concepts
  readonly title?: string
  readonly description?: unknown
  readonly questionnaire?: string
}

/** By its label, its heading in the record standard, or what it is called: never by its free text, which may mention anything. */
export function isSafeguarding(resource: FhirResource): boolean {
  if (never.has(resource.resourceType)) return false
  const fact = resource as unknown as Loose
  if (isHidden(resource)) return true
  if (list(fact.meta?.security).some(({ code }) => safeguardingLabels.includes(text(code)))) return true
  for (const concepts of [fact.code, fact.type, fact.category, fact.topic, fact.reasonCode, fact.serviceType])
    if (concepts !== undefined && asList(concepts).some(isNamedSo)) return true
  return saysSo(fact.title) || saysSo(fact.description) || saysSo(fact.questionnaire)
}

function isNamedSo(concept: CodeableConcept): boolean {
  return (
    saysSo(concept.text) ||
    list(concept.coding).some(({ code, display }) => text(code) === 'safeguarding' || saysSo(display))
  )
}

function saysSo(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && words.test(value)
}

/** The same of a fact's text; true also when it speaks of it and cannot be read. */
export function isSafeguardingText(body: string): boolean {
  try {
    return isSafeguarding(JSON.parse(body) as FhirResource)
  } catch {
    return words.test(body)
  }
}

function asList(concepts: Concepts): readonly CodeableConcept[] {
  if (concepts === undefined || concepts === null) return []
  return Array.isArray(concepts) ? list(concepts as readonly CodeableConcept[]) : [concepts as CodeableConcept]
}

const never = new Set([
  'Patient',
  'Practitioner',
  'Organization',
  'Location',
  'AllergyIntolerance',
  'MedicationRequest',
])
export function isHidden({ meta }: FhirResource): boolean {
  return list(meta?.tag).some(({ system }) => system === hiddenMark)
}

const kept = new Set([
  'resourceType',
  'id',
  'subject',
  'patient',
  'clinicalStatus',
  'verificationStatus',
  'period',
  'onsetDateTime',
  'recordedDate',
  'effectiveDateTime',
  'authoredOn',
  'authored',
  'occurrenceDateTime',
  'identifiedDateTime',
  'created',
  'date',
  'sent',
  'class',
])

/** The same fact with its day and whether it goes on, and nothing of what it says. */
export function hide(resource: FhirResource): FhirResource {
  const stays = Object.fromEntries(Object.entries(resource).filter(([name]) => kept.has(name)))
  const concept = { text: hiddenWords }
  const lists = resource.resourceType === 'Encounter'
  return {
    ...stays,
    ...('status' in resource ? { status: resource.status } : {}),
    meta: { tag: [{ system: hiddenMark, code: 'safeguarding' }] },
    code: concept,
    type: lists ? [concept] : concept,
    topic: concept,
    ...(resource.resourceType.startsWith('Medication') ? { medicationCodeableConcept: concept } : {}),
    ...(resource.resourceType === 'Immunization' ? { vaccineCode: concept } : {}),
    title: hiddenWords,
    ...(resource.resourceType === 'Goal' ? { description: concept } : { description: hiddenWords }),
    questionnaire: hiddenWords,
  } as unknown as FhirResource
}
