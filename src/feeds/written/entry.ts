/** What a member of staff writes, in the words of the form; `entry-resource.ts` turns it into FHIR. */

export type EntryKind = 'observation' | 'allergy' | 'problem' | 'note'
export const entryKinds: readonly EntryKind[] = ['observation', 'allergy', 'problem', 'note']

export type Coded = { readonly system: string; readonly code: string; readonly display: string }

/** A number as it was typed (`37.0` stays so), with its UCUM unit. */
export type Measured = { readonly number: string; readonly unit: string; readonly ucum: string }

export type ObservationEntry = {
  readonly kind: 'observation'
  /** Short and stable, unique among the entries of one form: 'pulse', 'other'. */
  readonly key: string
  readonly name: string
  readonly coding?: Coded
  readonly vitalSign: boolean
  /** One value, or the parts of a panel (systolic and diastolic). */
  readonly value?: Measured
  /** One of a list, instead of a number: how somebody responds, what they breathe. */
  readonly answer?: { readonly text: string; readonly coding: Coded }
  readonly parts?: readonly { readonly name: string; readonly coding: Coded; readonly value: Measured }[]
  /** FHIR dateTime with offset. */
  readonly takenAt: string
}

export type AllergyEntry = {
  readonly kind: 'allergy'
  /** The statement that there are none, instead of a substance. */
  readonly none?: 'any' | 'medicines'
  readonly substance: string
  readonly coding?: Coded
  /** Absent: not known. */
  readonly type?: 'allergy' | 'intolerance'
  readonly category?: 'medication' | 'food' | 'environment'
  readonly reaction?: string
  readonly severity?: 'mild' | 'moderate' | 'severe'
  readonly certainty: 'confirmed' | 'unconfirmed'
}

export type ProblemEntry = {
  readonly kind: 'problem'
  readonly title: string
  readonly certainty: 'confirmed' | 'provisional'
  /** Partial FHIR date. Absent: not said. */
  readonly since?: string
  readonly comment?: string
}

export type NoteEntry = { readonly kind: 'note'; readonly title: string; readonly text: string }

export type Entry = ObservationEntry | AllergyEntry | ProblemEntry | NoteEntry

/** Who writes. */
export type Author = {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly organisation: { readonly code: string; readonly name: string }
}
