/** Who may act for whom, and what they see: the rules, by the policy's ages. Pure. */
import { patientCompartment } from '../fhir/index.ts'
import { wholeYears } from '../nhs/index.ts'
import type { Hidden } from '../store/index.ts'
import { categories, hiddenPattern, type Policy, type PolicyLimits } from './policy.ts'

export const proxyBases = ['parent', 'consent', 'attorney', 'deputy', 'best-interests'] as const
export type ProxyBasis = (typeof proxyBases)[number]

export const basisWords: Readonly<Record<ProxyBasis, string>> = {
  parent: 'a parent or guardian',
  consent: 'the person agreed to it',
  attorney: 'a power of attorney for health and welfare',
  deputy: 'a deputy of the Court of Protection',
  'best-interests': 'a decision in the person’s best interests',
}

export const proxyParts = ['whole', 'medicines', 'appointments'] as const
export type ProxyPart = (typeof proxyParts)[number]

export const partWords: Readonly<Record<ProxyPart, string>> = {
  whole: 'The health record',
  medicines: 'Medicines and allergies',
  appointments: 'Appointments',
}

/** What an organisation verified. */
export type ProxyAccess = {
  readonly id: string
  readonly carerNhsNumber: string
  readonly carerBirthDate: string
  readonly nhsNumber: string
  readonly birthDate: string
  readonly basis: ProxyBasis
  readonly sees: ProxyPart
  /** A clinician agreed that a parent's access goes on after the age at which it ends by itself. */
  readonly goesOn: boolean
  readonly verifiedBy: string
  readonly since: Date
  readonly until: Date
  readonly endedAt: Date | null
}

/** Why somebody may not act for another now, as they are told it; undefined: they may. */
export function whyNoProxy(proxy: ProxyAccess, limits: PolicyLimits, now: Date): string | undefined {
  const { basis, birthDate, goesOn, since, until, endedAt } = proxy
  const age = wholeYears(birthDate, now)
  const parentsEnd = limits.proxyEndsAtAge
  const neverFrom = limits.parentNeverFromAge ?? 16
  if (endedAt !== null && endedAt <= now) return 'It was ended'
  if (since > now) return 'It has not begun'
  if (until <= now) return 'Its time has run out. Ask the surgery to renew it'
  if (basis === 'parent' && age >= neverFrom) return `A parent’s access ends when a young person is ${neverFrom}`
  if (basis === 'parent' && age >= parentsEnd && !goesOn)
    return `A parent’s access ends when a child is ${parentsEnd}. Ask the surgery: it can go on where a clinician agrees`
  if (basis === 'attorney' && age < 18) return 'A power of attorney is for adults'
  if ((basis === 'deputy' || basis === 'best-interests') && age < neverFrom)
    return `This is for people of ${neverFrom} and over`
  return undefined
}

/** Types of facts that somebody sees who acts for another for a part of the record only; who they are is always seen. */
const ofPart: Readonly<Record<Exclude<ProxyPart, 'whole'>, readonly string[]>> = {
  medicines: ['MedicationRequest', 'MedicationStatement', 'MedicationDispense', 'MedicationAdministration'],
  appointments: ['Appointment'],
}

/**
 * What is kept back from whoever acts for another: everything sensitive, sealed or labelled, safeguarding, and the parts they are not for.
 * What a young person told in confidence is not a parent's to read.
 */
export function hiddenFromProxy(policy: Policy, sees: ProxyPart): Hidden | undefined {
  const sensitive = hiddenPattern(policy, [...categories, 'safeguarding', 'labelled'])
  if (sees === 'whole') return sensitive
  const others = Object.keys(patientCompartment).filter((type) => !ofPart[sees].includes(type))
  const pattern = `"resourceType"\\s*:\\s*"(${others.join('|')})"`
  return { pattern: sensitive === undefined ? pattern : `${sensitive.pattern}|${pattern}`, texts: ['"'] }
}
