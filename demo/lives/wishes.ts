import type { Day } from '../../src/base/index.ts'
import { addDays } from '../time.ts'

/** What somebody wants, what is decided and planned for them, and who must be careful of what. Days are counted back from today. */
export type Wishes = {
  readonly endOfLife?: {
    readonly daysAgo: number
    readonly summary: string
    readonly steps: readonly (readonly [what: string, words: string])[]
  }
  /** Written by the mental-health trust. */
  readonly crisis?: {
    readonly daysAgo: number
    readonly signs: readonly string[]
    readonly helps: string
    readonly avoid: string
    readonly call: string
  }
  readonly resuscitation?: { readonly daysAgo: number; readonly words: string }
  readonly attorney?: { readonly daysAgo: number; readonly name: string; readonly relation: string }
  readonly advanceDecision?: { readonly daysAgo: number; readonly words: string }
  readonly safeguarding?: { readonly daysAgo: number; readonly words: string }
  readonly aboutMe?: {
    readonly daysAgo: number
    readonly by?: string
    readonly answers: readonly (readonly [question: string, answer: string])[]
  }
  readonly procedures?: readonly { readonly daysAgo: number; readonly name: string; readonly site?: string }[]
  readonly familyHistory?: readonly (readonly [relation: string, condition: string])[]
  readonly pregnancy?: { readonly daysAgo: number; readonly words: string }
  readonly social?: readonly string[]
  readonly equipment?: readonly string[]
  readonly risk?: string
  readonly referral?: { readonly daysAgo: number; readonly to: string; readonly why: string; readonly state: string }
  /** A picture of a wound or rash, sent with a note. */
  readonly picture?: { readonly daysAgo: number; readonly title: string }
  /** A scanned form. */
  readonly form?: { readonly daysAgo: number; readonly title: string; readonly lines: readonly string[] }
  readonly childVaccines?: true
  /** Who the council has given this person. */
  readonly worker?: { readonly name: string; readonly phone: string }
}

export const before = (today: Day, daysAgo: number): Day => addDays(today, -daysAgo)
