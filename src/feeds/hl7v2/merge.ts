import type { Patient } from 'fhir/r4.js'
import { type Parsed, right, wrong } from '../../base/index.ts'
import type { Subject } from '../../identity/index.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import { humanName } from './datatypes.ts'
import { idOf, resource } from './facts.ts'
import { fhirIdentifier, identifiersOf, type Known, patientKey } from './identifiers.ts'
import { firstSegment } from './message.ts'
import { firstRepeat, type Reading, tracer } from './reading.ts'

export type Merged = { readonly retired: Subject; readonly fact: Omit<Fact, 'subject'> }

/**
 * MRG: the number that is given up. PID-3 names who stays. The retired Patient stays too, inactive and pointing at the survivor, so that
 * the merge can be undone and late messages find their way.
 * @see FHIR R4 patient.html#merge; facts: hl7v2-uk §7
 */
export function mergeOf(
  reading: Reading,
  {
    survivorId,
    survivorKey,
    survivorKnown,
  }: {
    readonly survivorId: string
    readonly survivorKey: string
    readonly survivorKnown: readonly Known[]
  },
): Parsed<Merged> {
  const mrg = firstSegment(reading.message, 'MRG')
  if (mrg === undefined)
    return wrong(
      'MRG[1]',
      'No MRG segment: nothing says which record is given up',
      'Send MRG with the retired number in MRG-1.',
    )
  const list = identifiersOf(reading, mrg, 1)
  const known = list.length > 0 ? list : identifiersOf(reading, mrg, 4)
  const key = patientKey(known)
  if (key === undefined)
    return wrong(
      `MRG[${mrg.ordinal}]-1`,
      'No retired identifier was found in MRG-1',
      'Send the number that is given up in MRG-1.',
    )
  if (key === survivorKey)
    return wrong(
      `MRG[${mrg.ordinal}]-1`,
      'MRG-1 names the same record as PID-3, expected two',
      'Check which number stays and which is given up.',
    )
  const nhs = (of: readonly Known[]) => of.find(({ kind }) => kind === 'nhs')?.value
  const [stays, goes] = [nhs(survivorKnown), nhs(known)]
  if (stays !== undefined && goes !== undefined && stays !== goes) {
    return wrong(
      `MRG[${mrg.ordinal}]-1`,
      'PID-3 and MRG-1 hold different NHS numbers; two people may be meant',
      'A person must decide; correct the numbers at the source and send the message again.',
    )
  }
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  for (const [n, one] of known.entries())
    for (const cell of one.cells) trace(`identifier[${n}]`, cell, 'MRG-1 retired identifier')
  const nameRepeat = firstRepeat(reading, mrg, 7)
  const name =
    nameRepeat === undefined ? undefined : humanName(nameRepeat, { trace, to: 'name[0]', rule: 'MRG-7 prior name' })
  const id = idOf(reading, 'Patient', key)
  const body = resource<Patient>({
    resourceType: 'Patient',
    id,
    identifier: known.map(fhirIdentifier),
    active: false,
    name: name === undefined ? undefined : [name],
    link: [{ other: { reference: `Patient/${survivorId}` }, type: 'replaced-by' }],
  })
  const others = known.filter(({ kind }) => kind === 'local').map(({ system, value }) => ({ system, value }))
  const traits = {
    ...(goes === undefined ? {} : { nhsNumber: goes }),
    ...(others.length === 0 ? {} : { identifiers: others }),
    ...(name?.family === undefined ? {} : { family: name.family }),
    ...(name?.given === undefined ? {} : { given: name.given }),
  }
  return right({
    retired: { patientId: id, source: reading.source.id, traits },
    fact: { resource: body, write: 'update', lineage },
  })
}
