/** HL7 v3 data types as FHIR ones. Each marks what it read; undefined when nothing usable is there. */
import { jsonNumber, type RawNumber } from '../../fhir/index.ts'
import { londonOffset } from '../../nhs/index.ts'
import { attribute, child, children, type Reading, wordsOf } from './reading.ts'
import { codeSystem, identifierSystem } from './systems.ts'
import type { Xml } from './xml.ts'

export type Concept = {
  readonly coding?: readonly Coding[]
  readonly text?: string
  readonly extension?: readonly unknown[]
}
export type Coding = {
  readonly system?: string
  readonly version?: string
  readonly code: string
  readonly display?: string
}
export type Quantity = {
  readonly value: number | RawNumber
  readonly comparator?: string
  readonly unit?: string
  readonly system?: string
  readonly code?: string
}

/** FHIR's word for a nullFlavor. @see http://terminology.hl7.org/CodeSystem/data-absent-reason */
const absentReasons: Readonly<Record<string, string>> = {
  ASKU: 'asked-unknown',
  NASK: 'not-asked',
  NAV: 'temp-unknown',
  NA: 'not-applicable',
  MSK: 'masked',
  OTH: 'unsupported',
  PINF: 'positive-infinity',
  NINF: 'negative-infinity',
}

/** Why a value is absent, as a code of data-absent-reason; undefined when the element does not say. */
export function absence(reading: Reading, node: Xml | undefined): string | undefined {
  const flavor = attribute(reading, node, 'nullFlavor')
  return flavor === undefined ? undefined : (absentReasons[flavor] ?? 'unknown')
}

export function absent(reason: string) {
  return { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: reason }] }
}

/** CD, CE, CV, CO, CS: its codings, translations, and the words the author saw. */
export function concept(reading: Reading, node: Xml | undefined): Concept | undefined {
  if (node === undefined) return undefined
  const coding = [node, ...children(reading, node, 'translation')].flatMap((each) => codingOf(reading, each) ?? [])
  const text =
    encapsulated(reading, child(reading, node, 'originalText')) ?? coding.find(({ display }) => display)?.display
  if (coding.length > 0) return { coding, ...(text === undefined ? {} : { text }) }
  const display = text ?? attribute(reading, node, 'displayName') ?? wordsOf(reading, node)
  if (display !== undefined) return { text: display }
  const reason = absence(reading, node)
  return reason === undefined ? undefined : absent(reason)
}

/** True when the concept says something: a code or words, not only why there is none. */
export function isSaid(value: Concept | undefined): value is Concept {
  return value !== undefined && (value.coding !== undefined || value.text !== undefined)
}

export function codingOf(reading: Reading, node: Xml): Coding | undefined {
  const code = attribute(reading, node, 'code')
  if (code === undefined) return undefined
  const oid = attribute(reading, node, 'codeSystem')
  const version = attribute(reading, node, 'codeSystemVersion')
  const display = attribute(reading, node, 'displayName')
  attribute(reading, node, 'codeSystemName')
  return {
    ...(oid === undefined ? {} : { system: codeSystem(oid) }),
    ...(version === undefined ? {} : { version }),
    code: code.replaceAll(/\s+/g, ' '),
    ...(display === undefined ? {} : { display }),
  }
}

/** ED and ST: the words, or the words of the narrative that it points at. */
export function encapsulated(reading: Reading, node: Xml | undefined): string | undefined {
  if (node === undefined) return undefined
  const own = wordsOf(reading, node)
  const pointer = child(reading, node, 'reference')?.attributes.value ?? node.attributes.value
  const id = pointer?.startsWith('#') ? pointer.slice(1) : undefined
  const target = id === undefined ? undefined : reading.byId.get(id)
  if (own !== undefined || target === undefined) {
    if (own !== undefined && target !== undefined)
      attribute(reading, child(reading, node, 'reference') ?? node, 'value')
    return own
  }
  const length = target.end - target.start
  if (length > reading.allowance.left) return undefined
  reading.allowance.left -= length
  attribute(reading, child(reading, node, 'reference') ?? node, 'value')
  return wordsOf(reading, target)
}

/** TS: `2013`, `2013-08`, `2013-08-15`, or with a time and an offset. A time without an offset is London's. Undefined: unreadable. */
export function timestamp(reading: Reading, node: Xml | undefined): string | undefined {
  const text = node?.attributes.value?.trim()
  const read = text === undefined ? undefined : readTime(text)
  if (read !== undefined) attribute(reading, node, 'value')
  return read
}

const time =
  /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?(?:([+-])(\d\d):?(\d\d)?|Z)?)?)?)?$/

/** An HL7 v3 point in time as FHIR writes it; minutes and seconds that are not given are zero, as FHIR asks. */
export function readTime(text: string): string | undefined {
  const m = time.exec(text)
  if (!m) return undefined
  const [, year = '', month, day, hour, minute = '00', second = '00', fraction] = m
  if (month !== undefined && (Number(month) < 1 || Number(month) > 12)) return undefined
  if (day !== undefined && !isDay(Number(year), Number(month), Number(day))) return undefined
  if (Number(year) === 0) return undefined
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  if (hour === undefined) return date
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const local = `${date}T${hour}:${minute}:${second}`
  const offset = text.endsWith('Z') ? 'Z' : m[8] === undefined ? londonOffset(local) : `${m[8]}${m[9]}:${m[10] ?? '00'}`
  if (offset !== 'Z' && Number(offset.slice(1, 3)) > 14) return undefined
  return `${local}${fraction === undefined ? '' : `.${fraction}`}${offset}`
}

function isDay(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

export type Interval = {
  readonly start?: string
  readonly end?: string
  /** A point, when no ends are given. */
  readonly at?: string
  /** An end is meant, but when is not known. */
  readonly endUnknown?: boolean
}

/** IVL_TS, or a point. */
export function interval(reading: Reading, node: Xml | undefined): Interval {
  if (node === undefined) return {}
  const low = timestamp(reading, child(reading, node, 'low'))
  const highNode = child(reading, node, 'high')
  const high = timestamp(reading, highNode)
  const at = timestamp(reading, node) ?? timestamp(reading, child(reading, node, 'center'))
  const endUnknown = high === undefined && ['UNK', 'NAV', 'ASKU'].includes(highNode?.attributes.nullFlavor ?? '')
  if (endUnknown) attribute(reading, highNode, 'nullFlavor')
  return {
    ...(low === undefined ? {} : { start: low }),
    ...(high === undefined ? {} : { end: high }),
    ...(at === undefined ? {} : { at }),
    ...(endUnknown ? { endUnknown } : {}),
  }
}

/** As a Period, a point being both ends' start; undefined when nothing is known. */
export function period({ start, end, at }: Interval): { readonly start?: string; readonly end?: string } | undefined {
  const from = start ?? at
  if (from === undefined && end === undefined) return undefined
  return { ...(from === undefined ? {} : { start: from }), ...(end === undefined ? {} : { end }) }
}

/** A number as its sender wrote it; `.5` is mended to `0.5`. */
export function decimal(text: string | undefined): number | RawNumber | undefined {
  const plain = text
    ?.trim()
    .replace(/^([+-]?)\./, '$10.')
    .replace(/^\+/, '')
  if (plain === undefined || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(plain)) return undefined
  return jsonNumber(plain)
}

/** PQ, INT or REAL. */
export function quantity(reading: Reading, node: Xml | undefined): Quantity | undefined {
  const value = decimal(node?.attributes.value)
  if (value === undefined) return undefined
  attribute(reading, node, 'value')
  const unit = attribute(reading, node, 'unit')
  // UCUM writes "no unit" as 1: nothing that a reader should see.
  if (unit === undefined || unit === '1') return { value }
  return { value, unit, system: 'http://unitsofmeasure.org', code: unit.replaceAll(/\s+/g, ' ') }
}

export type Identifier = {
  readonly system?: string
  readonly value: string
  readonly assigner?: { readonly display: string }
}

/** II: root and extension; a root alone is a name by itself. */
export function identifier(reading: Reading, node: Xml): Identifier | undefined {
  const { root, extension } = node.attributes
  if (!root?.trim() || 'nullFlavor' in node.attributes) return undefined
  attribute(reading, node, 'root')
  const assigner = attribute(reading, node, 'assigningAuthorityName')
  const given = assigner === undefined ? {} : { assigner: { display: assigner } }
  const value = attribute(reading, node, 'extension')
  const system = identifierSystem(reading.source, root.trim(), assigner)
  if (extension === undefined || value === undefined) {
    return {
      system: 'urn:ietf:rfc:3986',
      value: system.startsWith('urn:') ? system : `urn:oid:${root.trim()}`,
      ...given,
    }
  }
  return { system, value, ...given }
}

export function identifiers(reading: Reading, node: Xml | undefined, name = 'id'): readonly Identifier[] {
  return children(reading, node, name).flatMap((each) => identifier(reading, each) ?? [])
}
