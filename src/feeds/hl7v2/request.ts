import type { Identifier, Reference, ServiceRequest } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { practitioner } from './directory.ts'
import { addFact, type Facts, idOf, resource } from './facts.ts'
import type { ResultGroup } from './groups.ts'
import { firstRepeat, part, type Reading, type Trace, tracer, use, value } from './reading.ts'
import type { About } from './results.ts'
import { lookup, orderStatuses, priorities } from './tables.ts'
import { fhirTime } from './time.ts'

type Held = {
  readonly reading: Reading
  readonly facts: Facts
  readonly about: About
  readonly group: ResultGroup
  readonly key: string
}

/** The request that a report answers: known by its placer number. Without one there is no request to speak of. */
export function requestOf(
  { reading, facts, about, group }: Held,
  specimens: readonly Reference[],
): Reference | undefined {
  const { obr, orc } = group
  const placer = firstRepeat(reading, obr, 2) ?? firstRepeat(reading, orc, 2)
  const number = part(placer, 1)
  if (number === undefined) return undefined
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const test = codeableConcept(reading, firstRepeat(reading, obr, 4), {
    trace,
    to: 'code',
    rule: 'OBR-4 test',
    list: 'OBR-4',
  })
  const id = idOf(
    reading,
    'ServiceRequest',
    `${part(placer, 2)?.text ?? ''}|${number.text}|${value(reading, obr, 4)?.text ?? ''}`,
  )
  use(reading, value(reading, orc, 1))
  const authored = value(reading, orc, 9)
  const wanted = value(reading, obr, 6)
  const occurrence = fhirTime(reading, wanted)
  if (wanted !== undefined && occurrence !== undefined) trace('occurrenceDateTime', wanted, 'OBR-6 requested time')
  const authoredOn = fhirTime(reading, authored)
  if (authored !== undefined && authoredOn !== undefined) trace('authoredOn', authored, 'ORC-9 order time')
  const urgency = value(reading, obr, 5) ?? value(reading, obr, 27, 6) ?? value(reading, orc, 7, 6)
  const priority = urgency === undefined ? undefined : lookup(priorities, urgency.text.toUpperCase())
  if (urgency !== undefined && priority !== undefined) trace('priority', urgency, 'OBR-5 priority')
  const reason = codeableConcept(reading, firstRepeat(reading, obr, 31), {
    trace,
    to: 'reasonCode[0]',
    rule: 'OBR-31 reason',
    list: 'OBR-31',
  })
  const clinical = value(reading, obr, 13)
  if (clinical !== undefined) trace('note[0].text', clinical, 'OBR-13 clinical information')
  const requester =
    practitioner(reading, facts, firstRepeat(reading, obr, 16), { trace, to: 'requester', rule: 'OBR-16 requester' }) ??
    practitioner(reading, facts, firstRepeat(reading, orc, 12), { trace, to: 'requester', rule: 'ORC-12 requester' })
  addFact(facts, {
    resource: resource<ServiceRequest>({
      resourceType: 'ServiceRequest',
      id,
      identifier: identifiers(reading, placer, trace),
      status: statusOf(reading, orc, trace),
      intent: 'order',
      priority,
      code: test,
      subject: { reference: `Patient/${about.patientId}` },
      encounter: about.encounterId === undefined ? undefined : { reference: `Encounter/${about.encounterId}` },
      occurrenceDateTime: occurrence,
      authoredOn,
      requester,
      reasonCode: reason === undefined ? undefined : [reason],
      specimen: [...specimens],
      note: clinical === undefined ? undefined : [{ text: clinical.text }],
    }),
    subject: about.subject,
    write: 'update',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
  return { reference: `ServiceRequest/${id}` }
}

function identifiers(reading: Reading, placer: ReturnType<typeof firstRepeat>, trace: Trace): Identifier[] {
  const number = part(placer, 1)
  if (number === undefined) return []
  trace('identifier[0].value', number, 'OBR-2 placer number')
  return [
    {
      type: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC', display: 'Placer Identifier' },
        ],
      },
      system: authoritySystem(reading.source, part(placer, 2)?.text ?? 'placer'),
      value: number.text,
    },
  ]
}

/** ORC-5 says how the order stands; ORC-1 what was done to it. */
function statusOf(reading: Reading, orc: ResultGroup['orc'], trace: Trace): ServiceRequest['status'] {
  for (const [field, rule] of [
    [5, 'ORC-5 order status'],
    [1, 'ORC-1 order control'],
  ] as const) {
    const cell = value(reading, orc, field)
    const known = cell === undefined ? undefined : lookup(orderStatuses, cell.text.toUpperCase())
    if (cell === undefined || known === undefined) continue
    trace('status', cell, rule)
    return known
  }
  return 'unknown'
}
