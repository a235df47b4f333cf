/** From what NHS login vouches for to a patient who may see their record. @see facts: NHS login claims, vectors of trust */
import { z } from 'zod'
import type { Patient } from '../access/index.ts'
import { londonDay, parseNhsNumber } from '../nhs/index.ts'
import type { Proven } from './provider.ts'
import type { Refused } from './refusals.ts'

const claimsShape = z.object({
  vot: z.string().optional(),
  vtm: z.string().optional(),
  identity_proofing_level: z.string().optional(),
  nhs_number: z.string().optional(),
  birthdate: z.iso.date().optional(),
  given_name: z.string().max(200).optional(),
  family_name: z.string().max(200).optional(),
})

export type PatientRules = {
  /** The vectors that open the record: parts within one all hold, one of them is enough. `['P9.Cp.Cd', 'P9.Cm']` */
  readonly vectors: readonly string[]
  /** Years. */
  readonly ageMin: number
  readonly trustmark: string
}

export function patientOf(
  { idToken, userinfo, subject }: Proven,
  rules: PatientRules,
  now: Date,
): { readonly patient: Patient; readonly assurance: string } | Refused {
  // The level is said in the signed token, for this sign-in; user info tells of the account, and is held against it.
  const parsed = claimsShape.safeParse({ ...userinfo, vot: idToken.vot, vtm: idToken.vtm })
  if (!parsed.success) return { refused: 'not-trusted', why: 'claims of another shape' }
  const {
    vot,
    vtm,
    identity_proofing_level: level,
    nhs_number: nhsNumber,
    birthdate: birthDate,
    ...names
  } = parsed.data
  if (vot === undefined) return { refused: 'not-trusted', why: 'no vot' }
  if (vtm !== rules.trustmark) return { refused: 'not-trusted', why: 'another trust mark' }
  const parts = new Set(vot.split('.'))
  if (!parts.has('P9') || level !== 'P9')
    return { refused: 'needs-proof', why: `${vot.slice(0, 20)} ${level?.slice(0, 4) ?? 'no level'}` }
  if (!rules.vectors.some((vector) => vector.split('.').every((part) => parts.has(part))))
    return { refused: 'too-weak', why: vot.slice(0, 20) }
  if (nhsNumber === undefined || !parseNhsNumber(nhsNumber, 'nhs_number').ok || birthDate === undefined)
    return { refused: 'not-trusted', why: 'no NHS number or birth date' }
  if (ageAt(birthDate, now) < rules.ageMin) return { refused: 'too-young', why: `under ${rules.ageMin}` }
  const name = [names.given_name, names.family_name]
    .filter((part) => part !== undefined && part.trim() !== '')
    .join(' ')
  return { patient: { kind: 'patient', id: subject, name: name || 'Signed in', nhsNumber, birthDate }, assurance: vot }
}

/** Whole years; birthdays count from the day on. */
function ageAt(birthDate: string, now: Date): number {
  const today = londonDay(now)
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years
}
