import type { ContactPoint, Extension, Identifier, Patient } from 'fhir/r4.js'
import type { Subject } from '../../identity/index.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import { codeableConcept, listedConcept } from './codes.ts'
import { contactsOf } from './contacts.ts'
import { address, contactPoint, humanName } from './datatypes.ts'
import { deceasedOf } from './deceased.ts'
import { organization, practitioner } from './directory.ts'
import { type Facts, idOf, resource } from './facts.ts'
import { fhirIdentifier, type Known, personOf } from './identifiers.ts'
import { firstSegment, type Segment } from './message.ts'
import { extensionsOf } from './patient-extensions.ts'
import {
  type Cell,
  clearedElements,
  firstRepeat,
  note,
  part,
  type Reading,
  repeats,
  type Trace,
  tracer,
  use,
  value,
} from './reading.ts'
import { genders, lookup, ukMaritalStatus } from './tables.ts'
import { fhirDay } from './time.ts'
import { traitsOf } from './traits.ts'

const ukCore = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-'

export type Person = {
  readonly subject: Subject
  readonly fact: Omit<Fact, 'subject' | 'resource'> & { readonly resource: Patient & { readonly id: string } }
}

/** PID, PD1 and NK1: who this is, as their source says it. The key is how the source knows them; see `personOf`. */
export function patientOf(reading: Reading, facts: Facts, pid: Segment, key: string): Person {
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const pd1 = firstSegment(reading.message, 'PD1')
  const id = idOf(reading, 'Patient', key)
  const known = personOf(reading, pid).known
  const status = verificationStatus(reading, pid)
  const names = namesOf(reading, pid, trace)
  const birth = value(reading, pid, 7)
  const birthDate = fhirDay(reading, birth)
  if (birth !== undefined && birthDate !== undefined) trace('birthDate', birth, 'PID-7 birth date')
  const gender = genderOf(reading, pid, trace)
  const addresses = repeats(reading, pid, 11).flatMap(
    (one, n) => address(one, { trace, to: `address[${n}]`, rule: 'PID-11 address' }) ?? [],
  )
  const telecom = telecomOf(reading, pid, trace)
  const deceased = deceasedOf(reading, pid, trace)
  const protection = protectionOf(reading, pd1, trace)
  const fact: Person['fact'] = {
    resource: resource<Patient>({
      resourceType: 'Patient',
      id,
      meta: protection.meta,
      extension: extensionsOf(reading, pid, trace),
      identifier: identifiersTraced(reading, known, status, trace),
      active: true,
      name: names,
      telecom,
      gender,
      birthDate,
      ...deceased.element,
      address: addresses,
      maritalStatus: maritalStatusOf(reading, pid, trace),
      multipleBirthInteger: multipleBirthOf(reading, pid, trace),
      contact: contactsOf(reading, trace),
      communication: languagesOf(reading, pid, trace),
      generalPractitioner: generalPractitionersOf(reading, facts, pd1, trace),
    }),
    write: 'update',
    ...clearsOf(reading, { pid, pd1, others: [...deceased.cleared, ...protection.cleared] }),
    lineage,
  }
  use(reading, value(reading, pid, 1))
  return {
    subject: {
      patientId: id,
      source: reading.source.id,
      traits: traitsOf(reading.source, {
        known,
        status: status?.code,
        patient: fact.resource,
        deceased: deceased.dead,
      }),
    },
    fact,
  }
}

type Status = { readonly code: string; readonly cell: Cell }

/** PID-32, where UK senders say how far the NHS number was traced: NSTS01 to NSTS08. */
function verificationStatus(reading: Reading, pid: Segment): Status | undefined {
  return repeats(reading, pid, 32).flatMap((one) => {
    const cell = part(one, 1)
    const code = /^(?:NSTS)?(0[1-8])$/.exec(cell?.text ?? '')?.[1]
    return cell === undefined || code === undefined ? [] : [{ code, cell }]
  })[0]
}

function identifiersTraced(
  reading: Reading,
  known: readonly Known[],
  status: Status | undefined,
  trace: Trace,
): Identifier[] {
  const list: Identifier[] = []
  const places = new Map<string, number>()
  for (const one of known) {
    const key = `${one.system}|${one.value}`
    const held = places.get(key)
    const at = held ?? list.length
    for (const cell of one.cells) trace(`identifier[${at}]`, cell, 'PID-3 identifier')
    if (one.kind === 'not-nhs') {
      note(
        reading,
        one.cell.place,
        'Sent as an NHS number, but its ten digits or its check digit are wrong',
        'Trace the number and send it again; it is kept as text and matches nobody.',
      )
    }
    if (held !== undefined) continue
    places.set(key, at)
    const verified: Extension[] = one.kind === 'nhs' && status !== undefined ? [verification(status.code)] : []
    if (one.kind === 'nhs' && status !== undefined)
      trace(`identifier[${at}].extension[0]`, status.cell, 'PID-32 NHS number status')
    list.push({ ...(verified.length > 0 ? { extension: verified } : {}), ...fhirIdentifier(one) })
  }
  if (status !== undefined && !known.some((one) => one.kind === 'nhs')) use(reading, status.cell)
  return list
}

function verification(code: string): Extension {
  const system = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland'
  return { url: `${ukCore}NHSNumberVerificationStatus`, valueCodeableConcept: { coding: [{ system, code }] } }
}

function namesOf(reading: Reading, pid: Segment, trace: Trace): NonNullable<Patient['name']> {
  const from = (field: number, first: number, rule: string) =>
    repeats(reading, pid, field).flatMap((one, n) => humanName(one, { trace, to: `name[${first + n}]`, rule }) ?? [])
  const names = from(5, 0, 'PID-5 name')
  const aliases = from(9, names.length, 'PID-9 alias')
  return [...names, ...aliases.map((name) => ({ ...name, use: name.use ?? ('nickname' as const) }))]
}

/** PD1-12: a person whose whereabouts must be protected. @see facts: identity §6 */
function protectionOf(
  reading: Reading,
  pd1: Segment | undefined,
  trace: Trace,
): { readonly meta: Patient['meta']; readonly cleared: readonly string[] } {
  const cell = value(reading, pd1, 12)
  const said = cell === undefined ? undefined : lookup({ Y: true, N: false }, cell.text.toUpperCase())
  if (cell === undefined || said === undefined) return { meta: undefined, cleared: [] }
  trace('meta.security[0]', cell, 'PD1-12 protection')
  const system = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
  return said
    ? { meta: { security: [{ system, code: 'R', display: 'restricted' }] }, cleared: [] }
    : { meta: undefined, cleared: ['meta'] }
}

function genderOf(reading: Reading, pid: Segment, trace: Trace): Patient['gender'] | undefined {
  const cell = value(reading, pid, 8)
  if (cell === undefined) return undefined
  const gender = lookup(genders, cell.text.toUpperCase())
  if (gender === undefined)
    note(
      reading,
      cell.place,
      'Found a sex that is in neither HL7 table 0001 nor the NHS list',
      'Send M, F, O, U, A, N or 1, 2, 9, X, 0.',
    )
  else trace('gender', cell, 'PID-8 sex')
  return gender
}

function telecomOf(reading: Reading, pid: Segment, trace: Trace): ContactPoint[] {
  const list: ContactPoint[] = []
  for (const [field, normally, rule] of [
    [13, 'home', 'PID-13 home phone'],
    [14, 'work', 'PID-14 work phone'],
  ] as const) {
    for (const one of repeats(reading, pid, field)) {
      const point = contactPoint(one, { trace, to: `telecom[${list.length}]`, rule }, normally)
      if (point !== undefined) list.push(point)
    }
  }
  return list
}

function maritalStatusOf(reading: Reading, pid: Segment, trace: Trace): Patient['maritalStatus'] {
  const repeat = firstRepeat(reading, pid, 16)
  const cell = part(repeat, 1)
  if (cell !== undefined && lookup(ukMaritalStatus.codes, cell.text) !== undefined) {
    const words = part(repeat, 2)
    trace('maritalStatus', cell, 'PID-16 marital status')
    if (words !== undefined) trace('maritalStatus.text', words, 'PID-16 marital status')
    return listedConcept(cell, ukMaritalStatus, words?.text)
  }
  return codeableConcept(reading, repeat, { trace, to: 'maritalStatus', rule: 'PID-16 marital status', list: 'PID-16' })
}

function multipleBirthOf(reading: Reading, pid: Segment, trace: Trace): number | undefined {
  const order = value(reading, pid, 25)
  if (order === undefined || !/^[1-9]$/.test(order.text)) return undefined
  trace('multipleBirthInteger', order, 'PID-25 birth order')
  use(reading, value(reading, pid, 24))
  return Number(order.text)
}

function languagesOf(reading: Reading, pid: Segment, trace: Trace): Patient['communication'] {
  const concept = codeableConcept(reading, firstRepeat(reading, pid, 15), {
    trace,
    to: 'communication[0].language',
    rule: 'PID-15 language',
    list: 'PID-15',
  })
  const code = concept?.coding?.[0]?.code
  if (concept === undefined) return []
  // Two letters are what BCP 47 and the NHS language list share; other codes stay in the sender's own system.
  return [
    {
      language:
        code !== undefined && /^[a-z]{2}$/.test(code)
          ? { ...concept, coding: [{ system: 'urn:ietf:bcp:47', code }] }
          : concept,
    },
  ]
}

function generalPractitionersOf(
  reading: Reading,
  facts: Facts,
  pd1: Segment | undefined,
  trace: Trace,
): Patient['generalPractitioner'] {
  const practice = organization(reading, facts, firstRepeat(reading, pd1, 3), {
    trace,
    to: 'generalPractitioner[0]',
    rule: 'PD1-3 GP practice',
  })
  const to = `generalPractitioner[${practice === undefined ? 0 : 1}]`
  const doctor = practitioner(reading, facts, firstRepeat(reading, pd1, 4), { trace, to, rule: 'PD1-4 GP' })
  return [practice, doctor].flatMap((one) => one ?? [])
}

/** Which element each field empties when it holds `""`. */
const emptied: readonly (readonly [number, string])[] = [
  [5, 'name'],
  [7, 'birthDate'],
  [8, 'gender'],
  [11, 'address'],
  [13, 'telecom'],
  [15, 'communication'],
  [16, 'maritalStatus'],
  [25, 'multipleBirthInteger'],
]

/** Death has its own rule: taking it back empties both ways of telling it. */
function clearsOf(
  reading: Reading,
  {
    pid,
    pd1,
    others,
  }: { readonly pid: Segment; readonly pd1: Segment | undefined; readonly others: readonly string[] },
): Pick<Fact, 'clears'> {
  clearedElements(reading, pid, [
    [29, ''],
    [30, ''],
  ])
  const practice = clearedElements(reading, pd1, [
    [3, 'generalPractitioner'],
    [4, 'generalPractitioner'],
  ])
  const clears = [...clearedElements(reading, pid, emptied), ...new Set(practice), ...others]
  return clears.length === 0 ? {} : { clears }
}
