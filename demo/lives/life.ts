import type { Day } from '../../src/base/index.ts'
import type { Person } from '../people/person.ts'
import type { Moment } from '../time.ts'
import type { ConditionKey, IllnessKey, PanelKind } from './conditions.ts'
import type { MedicineKey } from './medicines.ts'
import type { TestKey } from './tests.ts'
import type { Wishes } from './wishes.ts'

/** What happened to one person, told once and for no system in particular; each system then writes down its own part. All lists run from old to new. */
export type Life = {
  readonly person: Person
  readonly diagnoses: readonly Diagnosis[]
  readonly courses: readonly Course[]
  readonly allergies: readonly Allergy[]
  readonly panels: readonly Panel[]
  readonly checks: readonly Check[]
  readonly stays: readonly Stay[]
  readonly consultations: readonly Consultation[]
  readonly vaccinations: readonly Vaccination[]
  readonly bookings: readonly Booking[]
  readonly letters: readonly Letter[]
  readonly communityContacts: readonly CommunityContact[]
  readonly mentalHealth: readonly MentalHealthEpisode[]
  readonly care: readonly CareEvent[]
  readonly adjustments: readonly string[]
  /** Absent: nothing is known of them. */
  readonly wishes?: Wishes
}

export type Diagnosis = { readonly condition: ConditionKey; readonly since: Day }

/** Somebody taking a medicine. */
export type Course = {
  readonly medicine: MedicineKey
  readonly dose: string
  readonly from: Day
  readonly until?: Day
  readonly whyStopped?: string
  readonly by: 'gp' | 'hospital' | 'mental-health'
  /** What the pharmacy hands out for it. Absent: what was prescribed. */
  readonly suppliedAs?: MedicineKey
}

export type Allergy = {
  /** `none`: asked, and said to have none. */
  readonly to: 'penicillin' | 'aspirin' | 'latex' | 'peanut' | 'ibuprofen' | 'none'
  readonly reaction?: 'anaphylaxis' | 'rash' | 'urticaria' | 'angioedema' | 'nausea'
  readonly severe?: true
  readonly since: Day
  /** Which systems were told. */
  readonly toldTo: readonly ('gp' | 'hospital' | 'mental-health')[]
}

/** One laboratory report. */
export type Panel = {
  readonly number: string
  readonly kind: PanelKind
  readonly collectedAt: Moment
  readonly reportedAt: Moment
  readonly askedBy: 'gp' | 'hospital'
  readonly results: readonly { readonly test: TestKey; readonly value: number }[]
  readonly comment?: string
}

/** What the practice measured. */
export type Check = {
  readonly at: Moment
  readonly systolic: number
  readonly diastolic: number
  readonly pulse: number
  readonly weightKg?: number
  readonly heightCm?: number
}

/** A time in hospital: in a bed, in the emergency department or booked. */
export type Stay = {
  readonly visit: string
  readonly kind: 'inpatient' | 'emergency' | 'clinic' | 'booked'
  readonly from: Moment
  readonly until?: Moment
  readonly illness?: IllnessKey
  readonly specialty: string
  readonly ward: string
  readonly movedTo?: { readonly ward: string; readonly at: Moment }
  readonly died?: true
}

export type Consultation = {
  readonly at: Moment
  readonly about: string
  readonly note: string
  readonly nurse: boolean
}
export type Vaccination = { readonly kind: 'influenza' | 'covid'; readonly on: Day; readonly batch: string }
export type Booking = {
  readonly at: Moment
  readonly minutes: number
  readonly reason: string
  readonly with: 'gp' | 'nurse' | 'pharmacist'
}
export type Letter = {
  readonly id: string
  readonly at: Moment
  readonly from: 'hospital' | 'eye-screening'
  readonly title: string
  readonly text: string
  readonly kind: 'discharge' | 'outpatient'
}
export type CommunityContact = {
  readonly id: string
  readonly at: Moment
  readonly minutes: number
  readonly team: string
  readonly reason: string
  readonly note: string
  readonly outcome: 'seen' | 'not-at-home' | 'booked'
}
export type MentalHealthEpisode = {
  readonly id: string
  readonly at: Moment
  readonly kind: 'assessment' | 'review' | 'discharge'
  readonly story: string
  readonly plan: string
}
export type CareEvent = {
  readonly id: string
  readonly kind: 'Request' | 'Assessment' | 'Service' | 'Review'
  readonly from: Day
  readonly until?: Day
  readonly serviceType?: string
  readonly component?: string
  readonly delivery?: string
  readonly outcome?: string
  readonly supportReason: string
  readonly weeklyCost?: number
  readonly hoursPerWeek?: number
}
