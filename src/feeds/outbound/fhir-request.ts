/** A fact of ours as a FHIR request to a receiver: created once however often it is sent, changed by its identifier. Pure. @see FHIR R4 http.html#ccreate, #cond-update */
import { entrySystem, printJson } from '../../fhir/index.ts'
import type { Traits } from '../../identity/index.ts'
import type { ResourceJson } from '../written/entry-resource.ts'
import { textAt } from './json-path.ts'
import type { DeliveryAction } from './queue.ts'

const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

/** The resource without what only our own server knows: its id, and references to things here. Undefined: the receiver gave us no number of the person. */
export function fhirBody(fact: ResourceJson, patient: Traits): Uint8Array | undefined {
  const local = patient.identifiers?.find(({ system }) => !system.startsWith('urn:throughline:'))
  const known = patient.nhsNumber === undefined ? local : { system: nhsNumberSystem, value: patient.nhsNumber }
  if (!known) return undefined
  const who = { type: 'Patient', identifier: { system: known.system, value: known.value } }
  const { id: _, ...rest } = fact
  const told = Object.entries(rest).map(([element, value]): readonly [string, unknown] => {
    if (element === 'subject' || element === 'patient') return [element, who]
    if (element === 'recorder' || element === 'custodian') return [element, named(value)]
    if (element === 'performer' || element === 'author')
      return [element, Array.isArray(value) ? value.map(named) : value]
    return [element, value]
  })
  return new TextEncoder().encode(printJson(Object.fromEntries(told)))
}

/** Who it was, in words: our ids of staff lead nowhere elsewhere. */
function named(reference: unknown): unknown {
  const display = textAt(reference, 'display')
  return display === undefined ? reference : { display }
}

export type FhirRequest = {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export function fhirRequest(fact: ResourceJson, action: DeliveryAction, controlId: string): FhirRequest {
  const condition = `identifier=${encodeURIComponent(`${entrySystem}|${textAt(fact, 'identifier', 0, 'value') ?? ''}`)}`
  const headers = {
    'content-type': 'application/fhir+json',
    accept: 'application/fhir+json',
    'x-request-id': controlId,
  }
  return action === 'add'
    ? { method: 'POST', path: fact.resourceType, headers: { ...headers, 'if-none-exist': condition } }
    : { method: 'PUT', path: `${fact.resourceType}?${condition}`, headers }
}
