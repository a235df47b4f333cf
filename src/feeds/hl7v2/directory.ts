import type { Identifier, Location, Organization, Practitioner, Reference } from 'fhir/r4.js'
import { placeholderOdsCode } from '../../nhs/index.ts'
import { authoritySystem } from '../source.ts'
import type { LineageEntry } from '../translation.ts'
import { scopedSystem } from './codes.ts'
import { humanName, nameText, type Turn } from './datatypes.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import { part, type Reading, type Repeat, subpart, tracer, use } from './reading.ts'
import { lookup } from './tables.ts'

/** Who and where: people who care, organisations and places. Facts about nobody, told of by many messages. */

const gmc = 'https://fhir.hl7.org.uk/Id/gmc-number'
const gmp = 'https://fhir.hl7.org.uk/Id/gmp-number'
const ods = 'https://fhir.nhs.uk/Id/ods-organization-code'

const professions: Readonly<Record<string, string>> = {
  GMC: gmc,
  GMP: gmp,
  NMC: 'https://fhir.hl7.org.uk/Id/nmc-number',
  GPHC: 'https://fhir.hl7.org.uk/Id/gphc-number',
  HCPC: 'https://fhir.hl7.org.uk/Id/hcpc-number',
  SDS: 'https://fhir.nhs.uk/Id/sds-user-id',
}

/** A clinician (XCN). With an id a Practitioner fact; with a name alone only what is shown. */
export function practitioner(
  reading: Reading,
  facts: Facts,
  repeat: Repeat | undefined,
  { trace, to, rule }: Turn,
): Reference | undefined {
  if (repeat === undefined) return undefined
  const lineage: LineageEntry[] = []
  const own = tracer(reading, lineage)
  const code = part(repeat, 1)
  const name = humanName(repeat, { trace: own, to: 'name[0]', rule }, 2)
  const display = nameText(name)
  if (code === undefined) {
    const text = part(repeat, 2)
    if (display === undefined || text === undefined) return undefined
    for (const entry of lineage) trace(`${to}.display`, entry.from, rule)
    return { display }
  }
  const identifier = staffIdentifier(reading, repeat, code.text)
  own('identifier[0].value', code, rule)
  // What follows the name says who issued the code: authority, name type, identifier type.
  for (const n of [9, 10, 13, 14]) {
    const cell = part(repeat, n)
    if (cell !== undefined) own('identifier[0].system', cell, rule)
  }
  const id = idOf(reading, 'Practitioner', `${identifier.system}|${identifier.value}`)
  addFact(facts, {
    resource: resource<Practitioner>({
      resourceType: 'Practitioner',
      id,
      identifier: [identifier],
      name: name === undefined ? undefined : [name],
    }),
    subject: null,
    write: 'update',
    lineage,
  })
  trace(to, code, rule)
  return present<Reference>({ reference: `Practitioner/${id}`, display })
}

function staffIdentifier(
  reading: Reading,
  repeat: Repeat,
  code: string,
): Identifier & { system: string; value: string } {
  const authority = subpart(repeat, 9, 1)?.text ?? part(repeat, 8)?.text ?? part(repeat, 13)?.text
  const known = authority === undefined ? undefined : lookup(professions, authority.toUpperCase())
  // NHS Data Dictionary: a consultant code is C and the GMC number; a GMP code is G and seven digits.
  if (known === gmc || (known === undefined && /^C\d{7}$/.test(code)))
    return { system: gmc, value: code.replace(/^C(?=\d{7}$)/, '') }
  if (known === undefined && /^G\d{7}$/.test(code)) return { system: gmp, value: code }
  return { system: known ?? scopedSystem(reading, authority, 'staff'), value: code }
}

/** An organisation (XON: name^type^id) such as a GP practice. */
export function organization(
  reading: Reading,
  facts: Facts,
  repeat: Repeat | undefined,
  { trace, to, rule }: Turn,
): Reference | undefined {
  if (repeat === undefined) return undefined
  const name = part(repeat, 1)
  const code = part(repeat, 3) ?? part(repeat, 10)
  if (code !== undefined && placeholderOdsCode(code.text) !== undefined) {
    // V81999 says "practice not known": read, and rightly nothing is recorded.
    use(reading, code)
    use(reading, name)
    return undefined
  }
  if (name === undefined && code === undefined) return undefined
  const lineage: LineageEntry[] = []
  const own = tracer(reading, lineage)
  const authority = subpart(repeat, 6, 1)
  if (name !== undefined) own('name', name, rule)
  if (code !== undefined) own('identifier[0].value', code, rule)
  if (authority !== undefined) own('identifier[0].system', authority, rule)
  const system = organisationSystem(reading, authority?.text, code?.text)
  const id = idOf(reading, 'Organization', code === undefined ? `name|${name?.text}` : `${system}|${code.text}`)
  addFact(facts, {
    resource: resource<Organization>({
      resourceType: 'Organization',
      id,
      name: name?.text,
      identifier: code === undefined ? undefined : [{ system, value: code.text }],
    }),
    subject: null,
    write: 'update',
    lineage,
  })
  const from = code ?? name
  if (from !== undefined) trace(to, from, rule)
  return present<Reference>({ reference: `Organization/${id}`, display: name?.text })
}

/** GP practice (A12345), trust and site codes are ODS codes whoever sends them; other shapes only when the sender says so. */
function organisationSystem(reading: Reading, authority: string | undefined, code: string | undefined): string {
  if (authority !== undefined && !/ODS|NACS/i.test(authority)) return authoritySystem(reading.source, authority)
  const shaped = code !== undefined && /^(?:[A-HJ-NPVWY]\d{5}|[RT][A-Z0-9]{2}(?:[A-Z0-9]{2})?)$/.test(code)
  return authority !== undefined || shaped ? ods : authoritySystem(reading.source, 'organisation')
}

/** The ward's own name, as a place without bed and room would have it: `W7, RZ999`. */
function wardOf(repeat: Repeat): string | undefined {
  const ward = part(repeat, 1)
  if (ward === undefined) return undefined
  const rest = [8, 7, 4].flatMap((n) => {
    const cell = part(repeat, n)
    return cell === undefined ? [] : [n === 8 ? `floor ${cell.text}` : cell.text]
  })
  return [ward.text, ...rest].join(', ')
}

const partNames = [
  { at: 3, type: 'bd', display: 'Bed' },
  { at: 2, type: 'ro', display: 'Room' },
  { at: 1, type: 'wa', display: 'Ward' },
  { at: 7, type: 'bu', display: 'Building' },
  { at: 4, type: 'si', display: 'Site' },
]

/** A place (PL: ward^room^bed^facility^status^type^building^floor) as one Location, named from the smallest part to the largest. */
export function location(
  reading: Reading,
  facts: Facts,
  repeat: Repeat | undefined,
  { trace, to, rule }: Turn,
): Reference | undefined {
  if (repeat === undefined) return undefined
  const cells = [3, 2, 1, 8, 7, 4].flatMap((n) => part(repeat, n) ?? [])
  const words = part(repeat, 9)
  if (cells.length === 0 && words === undefined) return undefined
  const lineage: LineageEntry[] = []
  const own = tracer(reading, lineage)
  const floor = part(repeat, 8)
  const name = (
    cells.length === 0
      ? [words?.text ?? '']
      : cells.map((cell) => (cell === floor || cell.place === floor?.place ? `floor ${cell.text}` : cell.text))
  ).join(', ')
  for (const cell of cells) own('name', cell, rule)
  if (words !== undefined) own(cells.length === 0 ? 'name' : 'description', words, rule)
  const kind = part(repeat, 6)
  if (kind !== undefined) own('physicalType', kind, rule)
  const physical = partNames.find(({ at }) => part(repeat, at) !== undefined)
  const id = idOf(reading, 'Location', name)
  // A bed or a room says in which ward it is: lists of a ward find it by that.
  const ward = physical?.type === 'bd' || physical?.type === 'ro' ? wardOf(repeat) : undefined
  addFact(facts, {
    resource: resource<Location>({
      resourceType: 'Location',
      id,
      status: 'active',
      name,
      mode: 'instance',
      description: cells.length === 0 ? undefined : words?.text,
      physicalType:
        physical === undefined
          ? undefined
          : {
              coding: [
                {
                  system: 'http://terminology.hl7.org/CodeSystem/location-physical-type',
                  code: physical.type,
                  display: physical.display,
                },
              ],
            },
      partOf: ward === undefined ? undefined : { display: ward },
    }),
    subject: null,
    write: 'update',
    lineage,
  })
  for (const cell of cells) trace(to, cell, rule)
  return { reference: `Location/${id}`, display: name }
}
