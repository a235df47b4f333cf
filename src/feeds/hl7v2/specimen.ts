import type { Reference, Specimen } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import type { ResultGroup } from './groups.ts'
import { firstRepeat, part, type Reading, tracer, use, value } from './reading.ts'
import type { About } from './results.ts'
import { fhirTime } from './time.ts'

type Held = {
  readonly reading: Reading
  readonly facts: Facts
  readonly about: About
  readonly group: ResultGroup
  readonly key: string
}

/** SPM, or before 2.5 OBR-14 and OBR-15. */
export function specimensOf(held: Held): readonly Reference[] {
  const { group } = held
  if (group.specimens.length > 0) return group.specimens.map((spm, n) => fromSpm(held, spm, n))
  const earlier = fromObr(held)
  return earlier === undefined ? [] : [earlier]
}

function fromSpm({ reading, facts, about, key }: Held, spm: ResultGroup['specimens'][number], n: number): Reference {
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const number = part(firstRepeat(reading, spm, 2), 1)
  const id = idOf(reading, 'Specimen', number === undefined ? `${key}|${n}` : `S|${number.text}`)
  use(reading, value(reading, spm, 1))
  if (number !== undefined) trace('accessionIdentifier', number, 'SPM-2 specimen number')
  const [taken, until, received] = [
    part(firstRepeat(reading, spm, 17), 1),
    part(firstRepeat(reading, spm, 17), 2),
    value(reading, spm, 18),
  ]
  const [start, end, at] = [fhirTime(reading, taken), fhirTime(reading, until), fhirTime(reading, received)]
  if (taken !== undefined && start !== undefined) trace('collection.collected', taken, 'SPM-17 collected')
  if (until !== undefined && end !== undefined) trace('collection.collected', until, 'SPM-17 collected')
  if (received !== undefined && at !== undefined) trace('receivedTime', received, 'SPM-18 received')
  const site = codeableConcept(reading, firstRepeat(reading, spm, 8), {
    trace,
    to: 'collection.bodySite',
    rule: 'SPM-8 site',
    list: 'SPM-8',
  })
  const collected =
    start === undefined
      ? {}
      : end === undefined || end === start
        ? { collectedDateTime: start }
        : { collectedPeriod: { start, end } }
  const collection = present<NonNullable<Specimen['collection']>>({ ...collected, bodySite: site })
  addFact(facts, {
    resource: resource<Specimen>({
      resourceType: 'Specimen',
      id,
      accessionIdentifier:
        number === undefined ? undefined : { system: authoritySystem(reading.source, 'specimen'), value: number.text },
      type: codeableConcept(reading, firstRepeat(reading, spm, 4), {
        trace,
        to: 'type',
        rule: 'SPM-4 type',
        list: 'SPM-4',
      }),
      subject: { reference: `Patient/${about.patientId}` },
      receivedTime: at,
      collection: Object.keys(collection).length === 0 ? undefined : collection,
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
  return { reference: `Specimen/${id}` }
}

/** OBR-15: source^additive^text^site … A received time alone is still a specimen. */
function fromObr({ reading, facts, about, group, key }: Held): Reference | undefined {
  const { obr } = group
  const source = firstRepeat(reading, obr, 15)
  const received = value(reading, obr, 14)
  const at = fhirTime(reading, received)
  if (source === undefined && at === undefined) return undefined
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const id = idOf(reading, 'Specimen', key)
  const taken = value(reading, obr, 7)
  const collected = fhirTime(reading, taken)
  if (received !== undefined && at !== undefined) trace('receivedTime', received, 'OBR-14 received')
  if (taken !== undefined && collected !== undefined)
    trace('collection.collectedDateTime', taken, 'OBR-7 observation time')
  const words = part(source, 1) ?? part(source, 3)
  for (const n of [1, 3]) {
    const cell = part(source, n)
    if (cell !== undefined) trace('type.text', cell, 'OBR-15 specimen source')
  }
  const site = part(source, 4)
  if (site !== undefined) trace('collection.bodySite.text', site, 'OBR-15 specimen source')
  addFact(facts, {
    resource: resource<Specimen>({
      resourceType: 'Specimen',
      id,
      type:
        words === undefined
          ? undefined
          : { text: [part(source, 1)?.text, part(source, 3)?.text].filter((one) => one !== undefined).join(', ') },
      subject: { reference: `Patient/${about.patientId}` },
      receivedTime: at,
      collection:
        collected === undefined && site === undefined
          ? undefined
          : present<NonNullable<Specimen['collection']>>({
              collectedDateTime: collected,
              bodySite: site === undefined ? undefined : { text: site.text },
            }),
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
  return { reference: `Specimen/${id}` }
}
