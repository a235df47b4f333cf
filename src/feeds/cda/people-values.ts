/** Names, addresses and telephone numbers of HL7 v3 as FHIR has them. */
import { attribute, child, children, type Reading, wordsOf } from './reading.ts'
import { interval, period } from './values.ts'
import type { Xml } from './xml.ts'

export type HumanName = {
  use?: string
  text?: string
  family?: string
  given?: string[]
  prefix?: string[]
  suffix?: string[]
  period?: object
}

const nameUses: Readonly<Record<string, string>> = {
  L: 'official',
  C: 'official',
  P: 'nickname',
  A: 'nickname',
  OR: 'official',
  ASGN: 'anonymous',
}

export function humanName(reading: Reading, node: Xml): HumanName | undefined {
  const name: HumanName = {}
  const words = (part: string) => children(reading, node, part).flatMap((each) => wordsOf(reading, each) ?? [])
  const family = words('family').join(' ')
  const [given, prefix, suffix] = [words('given'), words('prefix'), words('suffix')]
  if (family !== '') name.family = family
  if (given.length > 0) name.given = given
  if (prefix.length > 0) name.prefix = prefix
  if (suffix.length > 0) name.suffix = suffix
  if (Object.keys(name).length === 0) {
    const text = wordsOf(reading, node)
    if (text !== undefined) name.text = text
  }
  if (Object.keys(name).length === 0) return undefined
  // An ended name is a former one, whatever use it had.
  const valid = interval(reading, child(reading, node, 'validTime'))
  const during = period(valid)
  if (during !== undefined) name.period = during
  const use = nameUses[node.attributes.use?.split(' ')[0] ?? '']
  if (use !== undefined) {
    attribute(reading, node, 'use')
    name.use = valid.end === undefined ? use : 'old'
  }
  return name
}

const addressUses: Readonly<Record<string, { readonly use?: string; readonly type?: string }>> = {
  H: { use: 'home' },
  HP: { use: 'home', type: 'physical' },
  HV: { use: 'home' },
  WP: { use: 'work' },
  DIR: { use: 'work' },
  PUB: { use: 'work' },
  TMP: { use: 'temp' },
  BAD: { use: 'old' },
  PST: { type: 'postal' },
  PHYS: { type: 'physical' },
}

export type Address = {
  use?: string
  type?: string
  text?: string
  line?: string[]
  city?: string
  district?: string
  state?: string
  postalCode?: string
  country?: string
}

const lineParts = [
  'streetAddressLine',
  'additionalLocator',
  'unitID',
  'houseNumber',
  'streetName',
  'deliveryAddressLine',
  'postBox',
  'precinct',
]
const partNames = {
  city: 'city',
  county: 'district',
  state: 'state',
  postalCode: 'postalCode',
  country: 'country',
} as const

export function address(reading: Reading, node: Xml): Address | undefined {
  const made: Address = {}
  const line = node.elements
    .filter(({ name }) => lineParts.includes(name))
    .flatMap((each) => wordsOf(reading, each) ?? [])
  if (line.length > 0) made.line = line
  for (const [part, name] of Object.entries(partNames) as [
    keyof typeof partNames,
    (typeof partNames)[keyof typeof partNames],
  ][]) {
    const text = children(reading, node, part)
      .flatMap((each) => wordsOf(reading, each) ?? [])
      .join(', ')
    if (text !== '') made[name] = text
  }
  if (Object.keys(made).length === 0) {
    const text = wordsOf(reading, node)
    if (text !== undefined) made.text = text
  }
  if (Object.keys(made).length === 0) return undefined
  const use = addressUses[node.attributes.use?.split(' ')[0] ?? '']
  if (use !== undefined) {
    attribute(reading, node, 'use')
    Object.assign(made, use)
  }
  return made
}

const schemes: Readonly<Record<string, string>> = {
  tel: 'phone',
  mailto: 'email',
  fax: 'fax',
  http: 'url',
  https: 'url',
  sms: 'sms',
}
const telecomUses: Readonly<Record<string, string>> = {
  H: 'home',
  HP: 'home',
  HV: 'home',
  WP: 'work',
  DIR: 'work',
  PUB: 'work',
  MC: 'mobile',
  TMP: 'temp',
  BAD: 'old',
}

export type Telecom = { readonly system: string; readonly value: string; readonly use?: string }

export function telecom(reading: Reading, node: Xml): Telecom | undefined {
  const text = attribute(reading, node, 'value')
  if (text === undefined) return undefined
  const scheme = /^([a-z]+):/i.exec(text)?.[1]?.toLowerCase()
  const system = scheme === undefined ? (text.includes('@') ? 'email' : 'phone') : (schemes[scheme] ?? 'other')
  const value = (
    system === 'url' || system === 'other' || scheme === undefined ? text : text.slice(scheme.length + 1)
  ).trim()
  if (value === '') return undefined
  const use = telecomUses[node.attributes.use?.split(' ')[0] ?? '']
  if (use === undefined) return { system, value }
  attribute(reading, node, 'use')
  return { system, value, use }
}

export function all<T>(
  reading: Reading,
  node: Xml | undefined,
  name: string,
  read: (reading: Reading, each: Xml) => T | undefined,
): T[] {
  return children(reading, node, name).flatMap((each) => read(reading, each) ?? [])
}
