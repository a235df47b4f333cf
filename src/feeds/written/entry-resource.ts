/** An entry as FHIR R4: who wrote it and when stand in the resource itself. Pure. @see FHIR R4; UK Core */
import { entrySystem, jsonNumber } from '../../fhir/index.ts'
import { noneKnown } from './allergens.ts'
import type { AllergyEntry, Coded, Entry, Measured, NoteEntry, ObservationEntry, ProblemEntry } from './entry.ts'

export type ResourceJson = { readonly [element: string]: unknown; readonly resourceType: string; readonly id: string }

export type EntryFrame = {
  readonly id: string
  /** Unique for ever: the identifier's value. */
  readonly number: string
  /** `Patient/<id>`, `Practitioner/<id>`. */
  readonly patient: string
  readonly author: { readonly reference: string; readonly display: string }
  readonly organisation: { readonly reference: string; readonly display: string }
  /** When it was written: FHIR instant. */
  readonly writtenAt: string
}

export const typeOfEntry = {
  observation: 'Observation',
  allergy: 'AllergyIntolerance',
  problem: 'Condition',
  note: 'DocumentReference',
} as const satisfies Readonly<Record<Entry['kind'], string>>

export function resourceOfEntry(entry: Entry, frame: EntryFrame): ResourceJson {
  const whole = {
    resourceType: typeOfEntry[entry.kind],
    id: frame.id,
    identifier: [{ system: entrySystem, value: frame.number }],
  }
  switch (entry.kind) {
    case 'observation':
      return { ...whole, ...observation(entry, frame) }
    case 'allergy':
      return { ...whole, ...allergy(entry, frame) }
    case 'problem':
      return { ...whole, ...problem(entry, frame) }
    case 'note':
      return { ...whole, ...note(entry, frame) }
  }
}

const terminology = 'http://terminology.hl7.org/CodeSystem'
const coded = (system: string, code: string, display: string) => ({
  coding: [{ system: `${terminology}/${system}`, code, display }],
})
const concept = (text: string, coding: Coded | undefined) => ({ ...(coding ? { coding: [coding] } : {}), text })
const quantity = ({ number, unit, ucum }: Measured) => ({
  value: jsonNumber(number),
  ...(unit === '' ? {} : { unit }),
  system: 'http://unitsofmeasure.org',
  code: ucum,
})

function observation(entry: ObservationEntry, { patient, author, organisation, writtenAt }: EntryFrame) {
  return {
    status: 'final',
    category: [
      entry.vitalSign
        ? coded('observation-category', 'vital-signs', 'Vital Signs')
        : coded('observation-category', 'exam', 'Exam'),
    ],
    code: concept(entry.name, entry.coding),
    subject: { reference: patient },
    effectiveDateTime: entry.takenAt,
    issued: writtenAt,
    performer: [author, organisation],
    ...(entry.value ? { valueQuantity: quantity(entry.value) } : {}),
    ...(entry.answer ? { valueCodeableConcept: concept(entry.answer.text, entry.answer.coding) } : {}),
    ...(entry.parts
      ? {
          component: entry.parts.map(({ name, coding, value }) => ({
            code: concept(name, coding),
            valueQuantity: quantity(value),
          })),
        }
      : {}),
  }
}

function allergy(entry: AllergyEntry, { patient, author, writtenAt }: EntryFrame) {
  const none = entry.none === undefined ? undefined : noneKnown[entry.none]
  const reaction = entry.reaction === undefined && entry.severity === undefined ? undefined : entry.reaction
  const status = { confirmed: 'Confirmed', unconfirmed: 'Unconfirmed' }[entry.certainty]
  return {
    clinicalStatus: coded('allergyintolerance-clinical', 'active', 'Active'),
    verificationStatus: coded('allergyintolerance-verification', entry.certainty, status),
    ...(entry.type === undefined ? {} : { type: entry.type }),
    ...(entry.category === undefined ? {} : { category: [entry.category] }),
    code: none ? concept(none.display, none) : concept(entry.coding?.display ?? entry.substance, entry.coding),
    patient: { reference: patient },
    recordedDate: writtenAt,
    recorder: author,
    ...(reaction === undefined && entry.severity === undefined
      ? {}
      : {
          reaction: [
            {
              manifestation: [
                reaction === undefined ? coded('v3-NullFlavor', 'NI', 'NoInformation') : { text: reaction },
              ],
              ...(entry.severity === undefined ? {} : { severity: entry.severity }),
            },
          ],
        }),
  }
}

function problem(entry: ProblemEntry, { patient, author, writtenAt }: EntryFrame) {
  const status = { confirmed: 'Confirmed', provisional: 'Provisional' }[entry.certainty]
  return {
    clinicalStatus: coded('condition-clinical', 'active', 'Active'),
    verificationStatus: coded('condition-ver-status', entry.certainty, status),
    category: [coded('condition-category', 'problem-list-item', 'Problem List Item')],
    code: { text: entry.title },
    subject: { reference: patient },
    ...(entry.since === undefined ? {} : { onsetDateTime: entry.since }),
    recordedDate: writtenAt,
    recorder: author,
    ...(entry.comment === undefined ? {} : { note: [{ text: entry.comment }] }),
  }
}

function note(entry: NoteEntry, { patient, author, organisation, writtenAt }: EntryFrame) {
  return {
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '11506-3', display: 'Progress note' }], text: 'Note' },
    subject: { reference: patient },
    date: writtenAt,
    author: [author],
    custodian: organisation,
    description: entry.title,
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          data: Buffer.from(entry.text, 'utf8').toString('base64'),
          title: entry.title,
          creation: writtenAt,
        },
      },
    ],
  }
}

/** The entry as its author withdraws it: a new version that says so and why. Nothing is deleted. */
export function withdrawn(
  held: ResourceJson,
  { reason, author, writtenAt }: { readonly reason: string; readonly author: string; readonly writtenAt: string },
): ResourceJson {
  const words = `Entered in error: ${reason}`
  const noted = (notes: unknown) => [
    ...(Array.isArray(notes) ? (notes as readonly unknown[]) : []),
    { authorString: author, time: writtenAt, text: words },
  ]
  switch (held.resourceType) {
    case 'Observation':
      return { ...held, status: 'entered-in-error', note: noted(held.note) }
    case 'AllergyIntolerance': {
      // FHIR R4 ait-2: what was entered in error has no clinical status.
      const { clinicalStatus: _, ...rest } = held
      const error = coded('allergyintolerance-verification', 'entered-in-error', 'Entered in Error')
      return {
        ...rest,
        resourceType: held.resourceType,
        id: held.id,
        verificationStatus: error,
        note: noted(held.note),
      }
    }
    case 'Condition': {
      // FHIR R4 con-5: the same.
      const { clinicalStatus: _, ...rest } = held
      const error = coded('condition-ver-status', 'entered-in-error', 'Entered in Error')
      return {
        ...rest,
        resourceType: held.resourceType,
        id: held.id,
        verificationStatus: error,
        note: noted(held.note),
      }
    }
    default: {
      const title = typeof held.description === 'string' ? held.description : 'Note'
      return { ...held, status: 'entered-in-error', description: `${title} (${words})` }
    }
  }
}
