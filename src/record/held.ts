/** The facts of one person as values, with their origins, and a way to follow references among them. */
import type { FhirResource } from 'fhir/r4.js'
import type { Instant, Int64 } from '../base/index.ts'
import type { Origin, SourceFreshness } from './model.ts'
import { hide, isSafeguarding, maybeSafeguarding, type SafeguardingView } from './safeguarding.ts'

/** One current version as the store hands it over. */
export type FactRow = {
  readonly type: string
  readonly id: string
  readonly savedAt: Instant | Date
  readonly source: string
  readonly messageId: Int64
  /** From 1. */
  readonly version?: number
  readonly body: string
}

type OfType<T extends string> = Extract<FhirResource, { resourceType: T }>

export type HeldFact<R = FhirResource> = { readonly resource: R; readonly origin: Origin }

export type Held = {
  readonly facts: readonly HeldFact[]
  /** Rows whose text is no resource. */
  readonly unreadable: readonly Origin[]
  /** Facts whose words this reader may not see: they stand as "Hidden", or not at all. */
  readonly hidden: readonly Origin[]
  /** The facts of these types, in the order they came. */
  of<T extends FhirResource['resourceType']>(...types: readonly T[]): readonly HeldFact<OfType<T>>[]
  /** What a reference leads to, among these facts, those about nobody, and what the resource contains. */
  follow(reference: string | undefined, from: FhirResource): FhirResource | undefined
}

const quantityTexts = new WeakMap<object, string>()

/** The number of a quantity as its source wrote it: `1.50` stays `1.50`. */
export function numberText(quantity: { readonly value?: number | undefined }): string {
  return quantityTexts.get(quantity) ?? String(quantity.value ?? '')
}

// Only numbers that JavaScript would print otherwise need the slow way: those that end in 0 after the point, or have an exponent.
const oddNumber = /"value"\s*:\s*-?\d+(?:\.\d*0\s*[,}]|\.?\d*[eE])/

type Reviver = (this: object, key: string, value: unknown, context?: { readonly source?: string }) => unknown
const keepNumberText: Reviver = function (key, value, context) {
  if (key === 'value' && typeof value === 'number' && context?.source !== undefined)
    quantityTexts.set(this, context.source)
  return value
}

function parseBody(body: string): FhirResource | undefined {
  try {
    const value: unknown = oddNumber.test(body)
      ? JSON.parse(body, keepNumberText as (key: string, value: unknown) => unknown)
      : JSON.parse(body)
    return typeof value === 'object' &&
      value !== null &&
      'resourceType' in value &&
      typeof value.resourceType === 'string'
      ? (value as FhirResource)
      : undefined
  } catch {
    return undefined
  }
}

/**
 * @param rows every fact in the person's compartments
 * @param about facts about nobody that those refer to: medicines, people, organisations, places
 */
export function holdFacts(
  rows: readonly FactRow[],
  about: readonly FactRow[],
  sources: readonly SourceFreshness[],
  safeguarding: SafeguardingView = 'shown',
): Held {
  const organisations = new Map(sources.map((source) => [source.source, source.organisation]))
  const facts: HeldFact[] = []
  const unreadable: Origin[] = []
  const hidden: Origin[] = []
  const byReference = new Map<string, FhirResource>()
  const byType = new Map<string, HeldFact[]>()
  for (const row of rows) {
    const origin = originOf(row, organisations)
    const told = parseBody(row.body)
    if (!told) {
      unreadable.push(origin)
      continue
    }
    const mayTell = safeguarding === 'shown' || !maybeSafeguarding(row.body) || !isSafeguarding(told)
    if (!mayTell) hidden.push(origin)
    if (!mayTell && safeguarding === 'left-out') continue
    const resource = mayTell ? told : hide(told)
    const fact = { resource, origin }
    facts.push(fact)
    byReference.set(`${row.type}/${row.id}`, resource)
    const alike = byType.get(resource.resourceType)
    if (alike) alike.push(fact)
    else byType.set(resource.resourceType, [fact])
  }
  for (const row of about) {
    const resource = parseBody(row.body)
    if (resource) byReference.set(`${row.type}/${row.id}`, resource)
  }
  return {
    facts,
    unreadable,
    hidden,
    of: <T extends FhirResource['resourceType']>(...types: readonly T[]) =>
      types.flatMap((type) => (byType.get(type) ?? []) as unknown as HeldFact<OfType<T>>[]),
    follow: (reference, from) => {
      if (typeof reference !== 'string') return undefined
      if (!reference.startsWith('#')) return byReference.get(reference.split('/_history/')[0] ?? reference)
      return list((from as { contained?: readonly FhirResource[] }).contained).find(
        (inner) => inner.id === reference.slice(1),
      )
    },
  }
}

function originOf(row: FactRow, organisations: ReadonlyMap<string, string>): Origin {
  return {
    type: row.type,
    id: row.id,
    source: row.source,
    organisation: organisations.get(row.source) ?? row.source,
    savedAt: row.savedAt instanceof Date ? row.savedAt.toISOString() : row.savedAt,
    messageId: row.messageId,
    ...(row.version === undefined ? {} : { version: row.version }),
  }
}

/** What should be a list, as one: sources also send a bare object or nothing. */
export function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value.filter((item) => item !== null && item !== undefined) : []
}

/** Text, trimmed; '' for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}
