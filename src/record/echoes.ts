/**
 * A source that took an entry written here often tells it back to us. That is no second fact: it confirms the first. Known by our own number
 * on it, and only where it says the same; what differs stays a fact of its own, so that the difference is seen (hazard H-57).
 */
import type { FhirResource, Identifier } from 'fhir/r4.js'
import { entrySystem, isOwnSource, ownApplication } from '../fhir/index.ts'
import { type HeldFact, list, text } from './held.ts'

export function setEchoesApart(all: readonly HeldFact[]): {
  readonly facts: readonly HeldFact[]
  readonly echoes: readonly HeldFact[]
} {
  const own = new Map<string, HeldFact>()
  for (const fact of all)
    if (isOwnSource(fact.origin.source)) for (const number of ownNumbers(fact.resource)) own.set(number, fact)
  if (own.size === 0) return { facts: all, echoes: [] }
  const told = new Map<HeldFact, HeldFact>()
  for (const fact of all) {
    const first = isOwnSource(fact.origin.source) ? undefined : firstOf(fact.resource, own)
    if (first && saysTheSame(first.resource, fact.resource)) told.set(fact, first)
  }
  // The report that a laboratory message wraps around our reading says nothing of its own.
  const names = new Set([...told.keys()].map(({ origin }) => `${origin.type}/${origin.id}`))
  for (const fact of all) {
    const { resource } = fact
    if (resource.resourceType !== 'DiagnosticReport' || isOwnSource(fact.origin.source)) continue
    const results = list(resource.result).map(({ reference }) => text(reference))
    const first = told.get(all.find(({ origin }) => results[0] === `${origin.type}/${origin.id}`) ?? fact)
    const empty = list(resource.presentedForm).length === 0 && text(resource.conclusion) === ''
    if (first && empty && results.every((name) => names.has(name))) told.set(fact, first)
  }
  const confirmed = new Map<HeldFact, readonly string[]>()
  for (const [echo, first] of told)
    confirmed.set(first, [...new Set([...(confirmed.get(first) ?? []), echo.origin.organisation])])
  const facts = all
    .filter((fact) => !told.has(fact))
    .map((fact) => {
      const confirmedBy = confirmed.get(fact)
      return confirmedBy ? { ...fact, origin: { ...fact.origin, confirmedBy } } : fact
    })
  return { facts, echoes: [...told.keys()] }
}

function identifiersOf(resource: FhirResource): readonly Identifier[] {
  const { identifier, masterIdentifier } = resource as {
    identifier?: readonly Identifier[]
    masterIdentifier?: Identifier
  }
  return [...list(Array.isArray(identifier) ? identifier : []), ...(masterIdentifier ? [masterIdentifier] : [])]
}

function ownNumbers(resource: FhirResource): readonly string[] {
  return identifiersOf(resource).flatMap(({ system, value }) => (system === entrySystem && value ? [value] : []))
}

const ending = new RegExp(`:${ownApplication}(?::result)?$`)

/** The entry of ours that a source's number names: as FHIR gives it, or as HL7 v2 does (`number^THROUGHLINE`, a result's with its code behind it). */
function firstOf(resource: FhirResource, own: ReadonlyMap<string, HeldFact>): HeldFact | undefined {
  for (const { system, value } of identifiersOf(resource)) {
    if (system !== entrySystem && !ending.test(system ?? '')) continue
    const found = own.get(text(value)) ?? own.get(text(value).split('|')[0] ?? '')
    if (found && resource.resourceType === found.resource.resourceType) return found
  }
  return undefined
}

type Told = {
  readonly status?: string
  readonly verificationStatus?: { readonly coding?: readonly { readonly code?: string }[] }
  readonly code?: Concept
  readonly valueQuantity?: Quantity
  readonly component?: readonly { readonly code?: Concept; readonly valueQuantity?: Quantity }[]
  readonly content?: readonly { readonly attachment?: { readonly data?: string } }[]
}
type Concept = { readonly coding?: readonly { readonly code?: string }[]; readonly text?: string }
type Quantity = { readonly value?: number; readonly code?: string; readonly unit?: string }

function saysTheSame(ours: FhirResource, theirs: FhirResource): boolean {
  const [a, b] = [ours as unknown as Told, theirs as unknown as Told]
  if (isError(a) !== isError(b)) return false
  if (ours.resourceType === 'DocumentReference') return wordsOf(a) === wordsOf(b)
  if (ours.resourceType !== 'Observation') return sameConcept(a.code, b.code)
  // HL7 v2 tells the parts of a panel as results of their own.
  const part = sameConcept(a.code, b.code) ? a : list(a.component).find(({ code }) => sameConcept(code, b.code))
  if (!part) return false
  if (part === a && list(a.component).length > 0)
    return list(a.component).every((one) =>
      list(b.component).some(
        (other) => sameConcept(one.code, other.code) && sameQuantity(one.valueQuantity, other.valueQuantity),
      ),
    )
  return sameQuantity(part.valueQuantity, b.valueQuantity)
}

const isError = ({ status, verificationStatus }: Told) =>
  status === 'entered-in-error' || list(verificationStatus?.coding).some(({ code }) => code === 'entered-in-error')

function sameConcept(a: Concept | undefined, b: Concept | undefined): boolean {
  const codes = new Set(list(a?.coding).map(({ code }) => text(code)))
  if (list(b?.coding).some(({ code }) => codes.has(text(code)) && text(code) !== '')) return true
  return text(a?.text) !== '' && text(a?.text).toLowerCase() === text(b?.text).toLowerCase()
}

function sameQuantity(a: Quantity | undefined, b: Quantity | undefined): boolean {
  if (!a || !b || a.value !== b.value) return false
  return (a.code ?? a.unit) === (b.code ?? b.unit) || (a.code === '1' && !b.code && !b.unit)
}

function wordsOf({ content }: Told): string {
  return list(content)
    .map(({ attachment }) => Buffer.from(text(attachment?.data), 'base64').toString('utf8'))
    .join('\n')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
