/** Invented messages for tests. Nobody in them ever lived; NHS numbers are of the test range 999. */
import type { FhirResource } from 'fhir/r4.js'
import type { Source, SourceSettings } from '../source.ts'
import type { Fact, Translation } from '../translation.ts'
import { hl7v2 } from './index.ts'

export const hospital = (settings: SourceSettings = {}): Source => ({
  id: 'st-elsewhere',
  name: 'St Elsewhere PAS',
  kind: 'acute',
  organisation: { code: 'RXX', name: 'St Elsewhere' },
  formats: ['hl7v2'],
  namespace: 'a namespace of the tests',
  settings,
})

export const pid =
  'PID|1||7001^^^RXX^MR~9990000018^^^NHS^NH||Byron^Ada^Augusta^^Ms^^L||19151210|F|||12 St James Sq^^London^^SW1Y 4JH^GBR^H||07700 900123'

/** A segment by the numbers of its fields: `segment('PV1', { 2: 'I', 19: 'V77' })`. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, n) => fields[n + 1] ?? '')].join('|')
}

export function message(type: string, ...segments: readonly string[]): Uint8Array {
  const header = `MSH|^~\\&|PAS|RXX|TL|TL|20240704101500||${type}|MSG1|P|2.4`
  return bytesOf([header, ...segments].join('\r'))
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The translation of a message that must be right. */
export function translated(bytes: Uint8Array, source: Source = hospital()): Translation {
  const result = hl7v2.translate(bytes, source)
  if (!result.ok) throw new Error(result.issues.map(({ place, message: why }) => `${place} ${why}`).join('; '))
  return result.value
}

export function factsOf<T extends FhirResource['resourceType']>(
  { facts }: Translation,
  type: T,
): readonly (Fact & { readonly resource: Extract<FhirResource, { resourceType: T }> & { readonly id: string } })[] {
  return facts.filter(({ resource }) => resource.resourceType === type) as unknown as readonly (Fact & {
    readonly resource: Extract<FhirResource, { resourceType: T }> & { readonly id: string }
  })[]
}
