import type { FhirResource } from 'fhir/r4.js'
import { factId } from '../source.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import type { Reading } from './reading.ts'

/** The facts of one message in the making. A thing told of twice (a consultant in PV1 and OBR) is one fact. */
export type Facts = { readonly list: Fact[]; readonly ids: Set<string> }

export function noFacts(): Facts {
  return { list: [], ids: new Set() }
}

export function addFact(facts: Facts, fact: Fact): void {
  const key = `${fact.resource.resourceType}/${fact.resource.id}`
  const at = facts.ids.has(key)
    ? facts.list.findIndex((held) => `${held.resource.resourceType}/${held.resource.id}` === key)
    : -1
  facts.ids.add(key)
  if (at < 0) facts.list.push(fact)
  else facts.list[at] = fact
}

export function hasFact(facts: Facts, type: string, id: string): boolean {
  return facts.ids.has(`${type}/${id}`)
}

export const idOf = (reading: Reading, type: string, naturalKey: string): string =>
  factId(reading.source, type, naturalKey)

/** Elements that a message may leave unsaid: absent is absent, never undefined. */
export function present<T extends object>(elements: { [K in keyof T]?: T[K] | undefined }): T {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(elements))
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) kept[key] = value
  return kept as T
}

/** A resource of present elements only. */
export function resource<T extends FhirResource>(
  elements: { [K in keyof T]?: T[K] | undefined } & { readonly resourceType: T['resourceType']; readonly id: string },
): T & { readonly id: string } {
  return present(elements) as T & { readonly id: string }
}

export type Lineage = LineageEntry[]
