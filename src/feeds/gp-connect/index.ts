/**
 * GP Connect: the structured record of a GP system (FHIR STU3) as R4 facts, by a mapping table for each type.
 * Owns no table. Called by the feeds' list of formats. Never guesses: what has no home in R4 stays in the original and is listed, an empty
 * list of allergies stays an empty list, and a resource with an unknown modifier is not filed.
 * @see facts/legacy-formats.md §1
 */
import { locateInJson } from '../../fhir/index.ts'
import type { Envelope, Format } from '../format.ts'
import { isObject } from './reading.ts'
import { readRoot, textOf, translate } from './translate.ts'

export const gpConnect: Format = {
  id: 'gp-connect',
  envelope(bytes): Envelope {
    const root = readRoot(bytes)
    if (!root.ok) return { controlId: '', kind: '', orderKey: '' }
    const { type, resourceType } = root.value
    const kind = resourceType === 'Bundle' && typeof type === 'string' ? type : String(resourceType)
    // No control id: real GP systems send two people's records under one Bundle.id, and the second would be held as a forgery.
    return { controlId: '', kind, orderKey: patientIn(root.value) }
  },
  translate,
  text: (bytes) => textOf(bytes),
  locate: (text, place) => locateInJson(text, place),
}

/** The first Patient's id, wherever it stands; else its first identifier. */
function patientIn(value: unknown): string {
  if (Array.isArray(value)) return firstOf(value)
  if (!isObject(value)) return ''
  if (value.resourceType === 'Patient') {
    const [identifier] = Array.isArray(value.identifier) ? value.identifier : []
    const name = value.id ?? (isObject(identifier) ? identifier.value : undefined)
    return typeof name === 'string' ? `Patient/${name}` : ''
  }
  return firstOf([value.entry, value.parameter, value.resource].filter((each) => each !== undefined))
}

function firstOf(values: readonly unknown[]): string {
  for (const value of values) {
    const found = patientIn(value)
    if (found !== '') return found
  }
  return ''
}
