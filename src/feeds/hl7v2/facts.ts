import type { FhirResource } from 'fhir/r4.js'
import { factId } from '../source.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import type { Reading } from './reading.ts'

/** The facts of one message in the making, and where each stands. A thing told of twice (a consultant in PV1 and OBR) is one fact. */
export type Facts = {
  readonly list: Fact[]
  readonly at: Map<string, number>
  /** Of facts that were told of more than once: where every telling came from. Grown in place, so that a thing told of often costs no more each time. */
  readonly joined: Map<number, LineageEntry[]>
}

export function noFacts(): Facts {
  return { list: [], at: new Map(), joined: new Map() }
}

export function addFact(facts: Facts, fact: Fact): void {
  const key = `${fact.resource.resourceType}/${fact.resource.id}`
  const held = facts.at.get(key)
  if (held === undefined) {
    facts.at.set(key, facts.list.length)
    facts.list.push(fact)
  } else facts.list[held] = joinLineage(facts, held, fact)
}

/** The later telling stands. Where an earlier one of a person's fact came from is not forgotten; a clinician named on each of a thousand rows needs one. */
function joinLineage({ list, joined }: Facts, held: number, fact: Fact): Fact {
  const before = list[held]
  if (before === undefined || fact.subject === null) return fact
  const lineage = joined.get(held) ?? [...before.lineage]
  for (const entry of fact.lineage) lineage.push(entry)
  joined.set(held, lineage)
  return { ...fact, lineage }
}

export const idOf = (reading: Reading, type: string, naturalKey: string): string =>
  factId(reading.source, type, naturalKey)

/** Elements that a message may leave unsaid: absent is absent, never undefined. */
export function present<T extends object>(elements: { [K in keyof T]?: T[K] | undefined }): T {
  const kept: Record<string, unknown> = {}
  for (const key in elements) {
    const value: unknown = elements[key]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) kept[key] = value
  }
  return kept as T
}

/** A resource of present elements only. */
export function resource<T extends FhirResource>(
  elements: { [K in keyof T]?: T[K] | undefined } & { readonly resourceType: T['resourceType']; readonly id: string },
): T & { readonly id: string } {
  return present(elements) as T & { readonly id: string }
}

export type Lineage = LineageEntry[]
