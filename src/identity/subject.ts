import type { Day } from '../base/index.ts'

/** Who a message is about, as one source says it. */
export type Subject = {
  /** Id of this source's Patient resource (feeds' `factId`). */
  readonly patientId: string
  readonly source: string
  readonly traits: Traits
}

/** What a source says about a person; the ground of every match. Absent means that the message does not say. */
export type Traits = {
  /** Ten digits with a right check digit; anything else stays in `identifiers` and raises a note. */
  readonly nhsNumber?: string
  /** NHS number verification status, '01' to '08' (facts: identity §4). */
  readonly nhsNumberStatus?: string
  /** Other identifiers: system and value. */
  readonly identifiers?: readonly { readonly system: string; readonly value: string }[]
  readonly family?: string
  readonly given?: readonly string[]
  readonly otherNames?: readonly { readonly family?: string; readonly given?: readonly string[] }[]
  /** Partial dates stay partial: '1958', '1958-05'. */
  readonly birthDate?: Day
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly postcode?: string
  readonly phones?: readonly string[]
  readonly deceased?: boolean
}
