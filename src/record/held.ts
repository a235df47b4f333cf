/** The facts of one person as values, with their origins, and a way to follow references among them. */
import type { FhirResource } from 'fhir/r4.js'
import type { Instant, Int64 } from '../base/index.ts'
import { setEchoesApart } from './echoes.ts'
import type { Origin, SourceFreshness } from './model.ts'
import { hide, isHidden, isSafeguarding, type SafeguardingView } from './safeguarding.ts'

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

/** What is known of a source whose word stands in the record, as far as sections go by it. */
export type Standing = Pick<SourceFreshness, 'source' | 'name' | 'organisation' | 'kind' | 'state'>

export type Given = {
  readonly rows: readonly ReadFact[]
  readonly about: readonly ReadFact[]
  readonly sources: readonly Standing[]
  readonly safeguarding: SafeguardingView
}

export type Held = {
  /** What this was made from. */
  readonly given: Given
  readonly facts: readonly HeldFact[]
  /** What sources told back to us of entries written here: counted and listed, and no facts of their own. */
  readonly echoes: readonly HeldFact[]
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

/** A row whose text has been read: `resource` is absent when the text is no resource. */
export type ReadFact = Omit<FactRow, 'body'> & { readonly resource?: FhirResource }

/** The same row, its text read. */
export function readFact<R extends FactRow>({ body, ...row }: R): Omit<R, 'body'> & Pick<ReadFact, 'resource'> {
  const resource = parseBody(body)
  return resource === undefined ? row : { ...row, resource }
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
  return hold({ rows: rows.map(readFact), about: about.map(readFact), sources, safeguarding })
}

/** The same of facts that have been read before. */
export function hold(given: Given): Held {
  const { rows, about, sources, safeguarding } = given
  const organisations = new Map(sources.map((source) => [source.source, source.organisation]))
  const all: HeldFact[] = []
  const unreadable: Origin[] = []
  const hidden: Origin[] = []
  const byType = new Map<string, HeldFact[]>()
  for (const row of rows) {
    const origin = originOf(row, organisations)
    const told = row.resource
    if (!told) {
      unreadable.push(origin)
      continue
    }
    const mayTell = !isHidden(told) && (safeguarding === 'shown' || !isSafeguarding(told))
    if (!mayTell) hidden.push(origin)
    if (!mayTell && safeguarding === 'left-out') continue
    const resource = mayTell ? told : hide(told)
    all.push({ resource, origin })
  }
  const { facts, echoes } = setEchoesApart(all)
  for (const fact of facts) {
    const alike = byType.get(fact.resource.resourceType)
    if (alike) alike.push(fact)
    else byType.set(fact.resource.resourceType, [fact])
  }
  // Most references lead to those about nobody, who come last where both are known.
  const abroad = new Map(about.flatMap(({ type, id, resource }) => (resource ? [[`${type}/${id}`, resource]] : [])))
  let own: ReadonlyMap<string, readonly HeldFact[]> | undefined
  const find = (place: string): FhirResource | undefined => {
    const found = abroad.get(place)
    if (found) return found
    own ??= Map.groupBy(all, ({ origin }) => origin.id)
    const slash = place.indexOf('/')
    const type = place.slice(0, slash)
    // Where one id came twice, the last was told of.
    return own.get(place.slice(slash + 1))?.findLast(({ origin }) => origin.type === type)?.resource
  }
  return {
    given,
    facts,
    echoes,
    unreadable,
    hidden,
    of: <T extends FhirResource['resourceType']>(...types: readonly T[]) =>
      types.flatMap((type) => (byType.get(type) ?? []) as unknown as HeldFact<OfType<T>>[]),
    follow: (reference, from) => {
      if (typeof reference !== 'string') return undefined
      if (!reference.startsWith('#')) {
        const version = reference.indexOf('/_history/')
        return find(version < 0 ? reference : reference.slice(0, version))
      }
      return list((from as { contained?: readonly FhirResource[] }).contained).find(
        (inner) => inner.id === reference.slice(1),
      )
    },
  }
}

function originOf(row: ReadFact, organisations: ReadonlyMap<string, string>): Origin {
  return {
    type: row.type,
    id: row.id,
    source: row.source,
    organisation: organisations.get(row.source) ?? row.source,
    savedAt: row.savedAt instanceof Date ? instantOf(row.savedAt) : row.savedAt,
    messageId: row.messageId,
    ...(row.version === undefined ? {} : { version: row.version }),
  }
}

// Facts of one message are saved at one moment.
let lastSaved = { ms: Number.NaN, instant: '' }
function instantOf(date: Date): Instant {
  const ms = date.getTime()
  if (ms !== lastSaved.ms) lastSaved = { ms, instant: date.toISOString() }
  return lastSaved.instant
}

const known = new WeakMap<Held, Map<unknown, unknown>>()

/**
 * What `read` makes of these facts, worked out once for as long as they are held: sections ask each other through this, and a record that
 * is opened again finds them made. Only for what follows from the facts alone: never from the hour, and never from who asks.
 */
export function once<T>(held: Held, read: (held: Held) => T): T {
  const made = known.get(held) ?? new Map<unknown, unknown>()
  known.set(held, made)
  if (!made.has(read)) made.set(read, read(held))
  return made.get(read) as T
}

const nothing: readonly never[] = []

/** What should be a list, as one: sources also send a bare object or nothing. */
export function list<T>(value: readonly T[] | undefined): readonly T[] {
  if (!Array.isArray(value)) return nothing
  // Nearly all are whole, and asked for tens of thousands of times a record.
  for (const item of value)
    if (item === null || item === undefined)
      return value.filter((other: T | null | undefined) => other !== null && other !== undefined)
  return value
}

/** Text, trimmed; '' for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}
