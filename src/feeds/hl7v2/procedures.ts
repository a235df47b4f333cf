import type { Procedure, ProcedurePerformer } from 'fhir/r4.js'
import type { LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { practitioner } from './directory.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import { type Segment, segmentsNamed } from './message.ts'
import { firstRepeat, note, type Reading, repeats, type Trace, tracer, use, value } from './reading.ts'
import type { About } from './results.ts'
import { fhirTime, instant } from './time.ts'

/** PR1: what was done. In the UK PR1-3 is OPCS-4 or SNOMED CT, as the sender says. */
export function proceduresOf(reading: Reading, facts: Facts, about: About & { readonly patientKey: string }): void {
  for (const pr1 of segmentsNamed(reading.message, 'PR1')) procedureOf(reading, facts, { pr1, about })
}

function procedureOf(
  reading: Reading,
  facts: Facts,
  { pr1, about }: { readonly pr1: Segment; readonly about: About & { readonly patientKey: string } },
): void {
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const words = value(reading, pr1, 4)
  const coded = codeableConcept(reading, firstRepeat(reading, pr1, 3), {
    trace,
    to: 'code',
    rule: 'PR1-3 procedure',
    list: value(reading, pr1, 2)?.text ?? 'PR1-3',
  })
  if (coded === undefined && words === undefined) {
    note(reading, `PR1[${pr1.ordinal}]-3`, 'No procedure is named; nothing was recorded', 'Send PR1-3 or PR1-4.')
    return
  }
  for (const field of [1, 2]) use(reading, value(reading, pr1, field))
  if (words !== undefined) trace('code.text', words, 'PR1-4 description')
  const when = value(reading, pr1, 5)
  const performed = fhirTime(reading, when)
  if (when !== undefined && performed !== undefined) trace('performedDateTime', when, 'PR1-5 time')
  const own = value(reading, pr1, 19)
  if (own !== undefined) trace('id', own, 'PR1-19 identifier')
  const code = coded?.coding?.[0]?.code ?? words?.text ?? coded?.text ?? ''
  const id = idOf(
    reading,
    'Procedure',
    own === undefined ? `${about.encounterId ?? about.patientKey}|${code}|${performed ?? ''}` : `I|${own.text}`,
  )
  const reason = codeableConcept(reading, firstRepeat(reading, pr1, 15), {
    trace,
    to: 'reasonCode[0]',
    rule: 'PR1-15 diagnosis',
    list: 'PR1-15',
  })
  addFact(facts, {
    resource: resource<Procedure>({
      resourceType: 'Procedure',
      id,
      status: statusOf(performed, about.asOf),
      code: present({ coding: coded?.coding, text: words?.text ?? coded?.text }),
      subject: { reference: `Patient/${about.patientId}` },
      encounter: about.encounterId === undefined ? undefined : { reference: `Encounter/${about.encounterId}` },
      performedDateTime: performed,
      performer: performersOf(reading, facts, pr1, trace),
      reasonCode: reason === undefined ? undefined : [reason],
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
}

/** Done if it was before the message's own time; HL7 v2 has no field that says so. */
function statusOf(performed: string | undefined, asOf: string | undefined): Procedure['status'] {
  const [at, told] = [instant(performed), asOf]
  if (at === undefined || told === undefined) return 'unknown'
  return Date.parse(at) <= Date.parse(told) ? 'completed' : 'preparation'
}

const roles = [
  { field: 8, code: '88189002', display: 'Anesthesiologist', rule: 'PR1-8 anaesthetist' },
  { field: 11, code: '304292004', display: 'Surgeon', rule: 'PR1-11 surgeon' },
]

function performersOf(reading: Reading, facts: Facts, pr1: Segment, trace: Trace): ProcedurePerformer[] {
  const list: ProcedurePerformer[] = []
  for (const { field, code, display, rule } of roles) {
    for (const repeat of repeats(reading, pr1, field)) {
      const actor = practitioner(reading, facts, repeat, { trace, to: `performer[${list.length}].actor`, rule })
      if (actor !== undefined)
        list.push({ function: { coding: [{ system: 'http://snomed.info/sct', code, display }] }, actor })
    }
  }
  return list
}
