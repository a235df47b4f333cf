import type { Day } from '../../src/base/index.ts'
import type { CaseName } from '../awkward.ts'
import type { SourceId } from '../sources.ts'
import type { Address } from './places.ts'

/** What one system holds about who somebody is. Systems differ; that is the point of the area. */
export type Demographics = {
  /** Absent: this system was never told it. */
  readonly nhsNumber?: string
  /** NHS number status, '01' verified to '08'. */
  readonly nhsNumberStatus: string
  readonly title: string
  readonly given: readonly string[]
  readonly family: string
  readonly birthDate: Day
  readonly gender: 'male' | 'female'
  readonly address: Address
  readonly mobile?: string
  readonly home?: string
  readonly email?: string
}

export type GpPractice = 'riverside-gp' | 'market-street-gp'

/** Somebody who does not exist. */
export type Person = {
  /** `p0001`: our own name for them, told to no system. */
  readonly id: string
  readonly truth: Demographics
  /** Where a system believes otherwise. */
  readonly believed: Readonly<Partial<Record<SourceId, Partial<Demographics> & { readonly withoutNhsNumber?: true }>>>
  readonly ethnicity: string
  readonly household: number
  readonly practice: GpPractice
  readonly nextOfKin?: {
    readonly name: string
    readonly family: string
    readonly relationship: string
    readonly phone: string
  }
  /** Needs an interpreter for this language. */
  readonly language?: { readonly code: string; readonly name: string }
  readonly diedOn?: Day
  /** The person's record is sensitive: location must not be shown. */
  readonly restricted?: true
  readonly cases: readonly CaseName[]
}

/** What `source` holds about who this is. */
export function asKnownTo(person: Person, source: SourceId): Demographics {
  const { withoutNhsNumber, ...believed } = person.believed[source] ?? {}
  const known = { ...person.truth, ...believed }
  if (!withoutNhsNumber) return known
  const { nhsNumber: _untold, ...rest } = known
  return { ...rest, nhsNumberStatus: '07' }
}

/** The number by which a system files this person: each system has its own. */
export function localNumber(person: Person, source: SourceId): string {
  const place = Number(person.id.slice(1))
  const numbering: Record<SourceId, string> = {
    'riverside-gp': `${70000 + place}`,
    'market-street-gp': `MS${20000 + place}`,
    'riverton-pas': `R${String(400000 + place * 7)}`,
    'riverton-lab': `L${String(9000000 + place * 3)}`,
    'dales-community': `C${String(150000 + place)}`,
    'lowmoor-mental-health': `M${String(60000 + place * 11)}`,
    'bridge-pharmacy': `${3000 + place}`,
    'riverton-council': `ASC${String(800000 + place)}`,
  }
  return numbering[source]
}

export function fullName(who: Demographics): string {
  return `${who.given.join(' ')} ${who.family}`
}
