import type { Condition, EncounterDiagnosis } from 'fhir/r4.js'
import type { LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { practitioner } from './directory.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import { type Segment, segmentsNamed } from './message.ts'
import { firstRepeat, note, part, type Reading, repeats, type Trace, tracer, use, value } from './reading.ts'
import type { About } from './results.ts'
import { diagnosisKinds, lookup } from './tables.ts'
import { fhirTime } from './time.ts'

/** DG1: what was found at this visit. @returns how the visit refers to it: use and rank. */
export function diagnosesOf(
  reading: Reading,
  facts: Facts,
  about: About & { readonly patientKey: string },
): readonly EncounterDiagnosis[] {
  return segmentsNamed(reading.message, 'DG1').flatMap((dg1) => diagnosisOf(reading, facts, { dg1, about }) ?? [])
}

function diagnosisOf(
  reading: Reading,
  facts: Facts,
  { dg1, about }: { readonly dg1: Segment; readonly about: About & { readonly patientKey: string } },
): EncounterDiagnosis | undefined {
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const words = value(reading, dg1, 4)
  const coded = codeableConcept(reading, firstRepeat(reading, dg1, 3), {
    trace,
    to: 'code',
    rule: 'DG1-3 diagnosis',
    list: value(reading, dg1, 2)?.text ?? 'DG1-3',
  })
  if (coded === undefined && words === undefined) {
    note(reading, `DG1[${dg1.ordinal}]-3`, 'No diagnosis is named; nothing was recorded', 'Send DG1-3 or DG1-4.')
    return undefined
  }
  for (const field of [1, 2]) use(reading, value(reading, dg1, field))
  if (words !== undefined) trace('code.text', words, 'DG1-4 description')
  const first = coded?.coding?.[0]
  const kind = value(reading, dg1, 6)
  const withdrawn = value(reading, dg1, 21)?.text === 'D'
  const own = value(reading, dg1, 20)
  const natural =
    own === undefined
      ? `${about.encounterId ?? about.patientKey}|${first?.code ?? words?.text ?? coded?.text ?? ''}|${kind?.text ?? ''}`
      : `I|${own.text}`
  const id = idOf(reading, 'Condition', natural)
  if (own !== undefined) trace('id', own, 'DG1-20 identifier')
  const action = value(reading, dg1, 21)
  if (action !== undefined) trace('verificationStatus', action, 'DG1-21 action')
  const when = value(reading, dg1, 5)
  const recordedDate = fhirTime(reading, when)
  if (when !== undefined && recordedDate !== undefined) trace('recordedDate', when, 'DG1-5 time')
  const recorder = repeats(reading, dg1, 16).map((one) =>
    practitioner(reading, facts, one, { trace, to: 'recorder', rule: 'DG1-16 clinician' }),
  )[0]
  addFact(facts, {
    resource: resource<Condition>({
      resourceType: 'Condition',
      id,
      verificationStatus: verification(kind?.text, withdrawn),
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/condition-category',
              code: 'encounter-diagnosis',
              display: 'Encounter Diagnosis',
            },
          ],
        },
      ],
      code: present({ coding: coded?.coding, text: words?.text ?? coded?.text }),
      subject: { reference: `Patient/${about.patientId}` },
      encounter: about.encounterId === undefined ? undefined : { reference: `Encounter/${about.encounterId}` },
      recordedDate,
      recorder,
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
  return mention(reading, { dg1, id, withdrawn, trace })
}

function verification(kind: string | undefined, withdrawn: boolean): Condition['verificationStatus'] {
  const system = 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
  if (withdrawn) return { coding: [{ system, code: 'entered-in-error', display: 'Entered in Error' }] }
  const known = kind === undefined ? undefined : lookup(diagnosisKinds, kind)
  return known === undefined ? undefined : { coding: [{ system, code: known.status, display: known.statusDisplay }] }
}

function mention(
  reading: Reading,
  {
    dg1,
    id,
    withdrawn,
    trace,
  }: { readonly dg1: Segment; readonly id: string; readonly withdrawn: boolean; readonly trace: Trace },
): EncounterDiagnosis | undefined {
  const kind = value(reading, dg1, 6)
  const known = kind === undefined ? undefined : lookup(diagnosisKinds, kind.text)
  if (kind !== undefined && known !== undefined) trace('verificationStatus', kind, 'DG1-6 type')
  const rank = part(firstRepeat(reading, dg1, 15), 1)
  const number = rank !== undefined && /^[1-9]\d?$/.test(rank.text) ? Number(rank.text) : undefined
  if (rank !== undefined && number !== undefined) use(reading, rank)
  if (withdrawn) return undefined
  return present<EncounterDiagnosis>({
    condition: { reference: `Condition/${id}` },
    use:
      known === undefined
        ? undefined
        : {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/diagnosis-role',
                code: known.role,
                display: known.roleDisplay,
              },
            ],
          },
    rank: number,
  })
}
