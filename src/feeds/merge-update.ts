import type { Encounter, FhirResource, Identifier, Meta, Patient } from 'fhir/r4.js'
import type { Fact } from './translation.ts'

type Body = FhirResource & { readonly id: string }

/**
 * What a fact becomes when its message tells only part of it, as HL7 v2 does: elements that the message does not give keep
 * their former value, those that it empties (`""`) go. Lists that grow over a stay or a life are joined, not replaced.
 * @param held the current version; absent when there is none
 * @see HL7 v2.4 §2.10 (empty and null fields); facts: hl7v2-uk §3, §9
 */
export function mergeUpdate(held: Body | undefined, fact: Fact): Body {
  if (!held || fact.write !== 'update') return fact.resource
  const kept = Object.fromEntries(
    Object.entries(held).filter(([element]) => element !== 'meta' && !fact.clears?.includes(element)),
  )
  // A best reading gives way to what is held.
  const said = Object.fromEntries(
    Object.entries(fact.resource).filter(([element]) => !(fact.keeps?.includes(element) && element in kept)),
  )
  const merged = { ...kept, ...said, ...metaOf(held, fact) } as Body
  if (merged.resourceType === 'Encounter' && held.resourceType === 'Encounter')
    return joinEncounter(held, merged, { ...fact, resource: said as Body }) as Body
  if (merged.resourceType === 'Patient' && held.resourceType === 'Patient') return joinPatient(held, merged) as Body
  return merged
}

/** Security labels stay until the source lifts them: a sensitive Patient must not become an ordinary one because a message is short. */
function metaOf(held: Body, fact: Fact): { readonly meta?: Meta } {
  const labels = fact.clears?.includes('meta') ? [] : (held.meta?.security ?? [])
  const said = fact.resource.meta
  const security = [
    ...(said?.security ?? []),
    ...labels.filter((label) => !said?.security?.some((one) => one.system === label.system && one.code === label.code)),
  ]
  if (!said && security.length === 0) return {}
  return { meta: { ...said, ...(security.length === 0 ? {} : { security }) } }
}

/** Every identifier ever seen stays, marked old when the source no longer sends it (facts: identity §10.2). */
function joinPatient(held: Patient, merged: Patient): Patient {
  const now = new Set((merged.identifier ?? []).map(identifierKey))
  const old = (held.identifier ?? [])
    .filter((one) => !now.has(identifierKey(one)))
    .map((one) => ({ ...one, use: 'old' as const }))
  const said = merged.link ?? []
  // A survivor of two merges replaces both.
  const link = [
    ...said,
    ...(held.link ?? []).filter((one) => !said.some((other) => other.other.reference === one.other.reference)),
  ]
  return {
    ...merged,
    ...(old.length === 0 ? {} : { identifier: [...(merged.identifier ?? []), ...old] }),
    ...(link.length === 0 ? {} : { link }),
  }
}

const identifierKey = (one: Pick<Identifier, 'system' | 'value'>) => `${one.system ?? ''}|${one.value ?? ''}`

/**
 * A transfer adds a location and completes the one before. A cancelled transfer (`clears` names `location`) goes back to the
 * place that it gives, as if what came after had never been. `clears` with `period.end`: the stay goes on (cancelled discharge).
 */
function joinEncounter(held: Encounter, merged: Encounter, fact: Fact): Encounter {
  const said = fact.resource as Encounter
  const { end, ...began } = { ...held.period, ...said.period }
  const period = end === undefined || fact.clears?.includes('period.end') ? began : { ...began, end }
  const location = joinLocations(held.location ?? [], said.location ?? [], fact.clears?.includes('location') ?? false)
  return {
    ...merged,
    ...(Object.keys(period).length === 0 ? {} : { period }),
    ...(location.length === 0 ? {} : { location }),
  }
}

type Stay = NonNullable<Encounter['location']>[number]

function joinLocations(held: readonly Stay[], said: readonly Stay[], cancelled: boolean): Stay[] {
  const current = said.at(-1)
  if (!current) return [...held]
  const same = (stay: Stay) => stay.location.reference === current.location.reference
  if (cancelled) {
    const known = held.findLastIndex(same)
    const before = known < 0 ? held.slice(0, -1) : held.slice(0, known)
    const former = known < 0 ? undefined : held[known]?.period?.start
    return [...before, { ...current, status: 'active', ...(former === undefined ? {} : { period: { start: former } }) }]
  }
  const last = held.at(-1)
  if (last && same(last))
    return [
      ...held.slice(0, -1),
      { ...last, ...current, period: { ...current.period, ...last.period, ...endOf(current) } },
    ]
  const start = current.period?.start
  const ended = held.map((stay) =>
    stay.status === 'active'
      ? { ...stay, status: 'completed' as const, period: { ...stay.period, ...(start ? { end: start } : {}) } }
      : stay,
  )
  return [
    ...ended,
    ...said.filter(
      (stay) => stay === current || !held.some((other) => other.location.reference === stay.location.reference),
    ),
  ]
}

const endOf = (stay: Stay) => (stay.period?.end === undefined ? {} : { end: stay.period.end })
