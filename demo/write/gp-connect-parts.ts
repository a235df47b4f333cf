/** What the resources of a GP Connect record have in common. @see GP Connect, FHIR STU3 */
import { createHash } from 'node:crypto'

// FHIR STU3 is not R4, so none of the R4 types fit: plain JSON, laid out as the GP Connect specification's examples are.
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }
export type Resource = { readonly resourceType: string; readonly id?: string; readonly [key: string]: Json | undefined }

export const stu3 = 'https://fhir.nhs.uk/STU3'
export const sct = 'http://snomed.info/sct'
export const profile = (name: string): Json => ({ profile: [`${stu3}/StructureDefinition/CareConnect-GPC-${name}-1`] })
export const identifierSystem = 'https://riverside-surgery.example/Y99901'

export function guid(text: string): string {
  const hex = createHash('sha256').update(`riverside/${text}`).digest('hex').toUpperCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

export const surgery = guid('organization')
export const doctor = guid('practitioner')
export const recorder = { reference: `Practitioner/${doctor}` }

export function identifier(value: string): Json {
  return [{ system: identifierSystem, value }]
}
