import { cda } from './cda/index.ts'
import { csv } from './csv/index.ts'
import { fhirFormat as fhir } from './fhir/index.ts'
import type { Format } from './format.ts'
import { gpConnect } from './gp-connect/index.ts'
import { hl7v2 } from './hl7v2/index.ts'

/** Every language that is spoken here. A new one is one more line. */
const formats: readonly Format[] = [hl7v2, fhir, gpConnect, cda, csv]

const byId: ReadonlyMap<string, Format> = new Map(formats.map((format) => [format.id, format]))

/** The format of that name; undefined when nobody here speaks it. */
export function formatNamed(id: string): Format | undefined {
  return byId.get(id)
}
