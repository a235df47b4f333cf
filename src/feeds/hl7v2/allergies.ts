import type { AllergyIntolerance, AllergyIntoleranceReaction, CodeableConcept } from 'fhir/r4.js'
import type { LineageEntry } from '../translation.ts'
import { codeableConcept } from './codes.ts'
import { addFact, type Facts, idOf, resource } from './facts.ts'
import { type Segment, segmentsNamed } from './message.ts'
import { firstRepeat, note, part, type Reading, repeats, type Trace, tracer, use, value } from './reading.ts'
import type { About } from './results.ts'
import { allergyKinds, lookup, severities } from './tables.ts'
import { fhirTime } from './time.ts'

const snomed = 'http://snomed.info/sct'

/** Words that senders put where a substance belongs. They are findings of their own, never substances. @see facts: ukcore §5 */
const negatives: readonly { readonly words: RegExp; readonly code: string; readonly display: string }[] = [
  {
    words: /^(?:NKDA|NO KNOWN DRUG ALLERG(?:Y|IES)|NIL KNOWN DRUG ALLERG(?:Y|IES))$/,
    code: '409137002',
    display: 'No known drug allergy',
  },
  {
    words:
      /^(?:NKA|NKMA|NIL|NIL KNOWN|NONE|NONE KNOWN|NO KNOWN|NO ALLERGIES|NO KNOWN ALLERG(?:Y|IES)|NIL KNOWN ALLERG(?:Y|IES)|NO KNOWN MEDICAL ALLERG(?:Y|IES))$/,
    code: '716186003',
    display: 'No known allergy',
  },
]

/** AL1: one allergy, intolerance or statement that there is none. No AL1 says nothing at all. */
export function allergiesOf(reading: Reading, facts: Facts, about: About & { readonly patientKey: string }): void {
  for (const al1 of segmentsNamed(reading.message, 'AL1')) allergyOf(reading, facts, { al1, about })
}

function allergyOf(
  reading: Reading,
  facts: Facts,
  { al1, about }: { readonly al1: Segment; readonly about: About & { readonly patientKey: string } },
): void {
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const sent = codeableConcept(reading, firstRepeat(reading, al1, 3), {
    trace,
    to: 'code',
    rule: 'AL1-3 allergy',
    list: 'AL1-3',
  })
  if (sent === undefined) {
    note(reading, `AL1[${al1.ordinal}]-3`, 'No allergy is named; nothing was recorded', 'Send AL1-3.')
    return
  }
  use(reading, value(reading, al1, 1))
  const code = negativeOf(sent) ?? sent
  const kind = kindOf(reading, al1, trace)
  const when = value(reading, al1, 6)
  const onset = fhirTime(reading, when)
  if (when !== undefined && onset !== undefined) trace('onsetDateTime', when, 'AL1-6 date')
  const first = sent.coding?.[0]
  const id = idOf(
    reading,
    'AllergyIntolerance',
    `${about.patientKey}|${first?.system ?? ''}|${first?.code ?? sent.text?.toUpperCase() ?? ''}`,
  )
  addFact(facts, {
    resource: resource<AllergyIntolerance>({
      resourceType: 'AllergyIntolerance',
      id,
      clinicalStatus: {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
            code: 'active',
            display: 'Active',
          },
        ],
      },
      type: kind.type,
      category: kind.category === undefined ? undefined : [kind.category],
      code,
      patient: { reference: `Patient/${about.patientId}` },
      encounter: about.encounterId === undefined ? undefined : { reference: `Encounter/${about.encounterId}` },
      onsetDateTime: onset,
      reaction: reactionsOf(reading, al1, trace),
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
}

function negativeOf(sent: CodeableConcept): CodeableConcept | undefined {
  const words = [sent.text, ...(sent.coding ?? []).flatMap(({ code, display }) => [code, display])].flatMap((text) =>
    text === undefined ? [] : [plain(text)],
  )
  const found = negatives.find((negative) => words.some((text) => negative.words.test(text)))
  if (found === undefined) return undefined
  const said = (sent.coding ?? []).filter(({ system }) => system !== snomed)
  return {
    coding: [{ system: snomed, code: found.code, display: found.display }, ...said],
    text: sent.text ?? found.display,
  }
}

const plain = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/[^A-Z]+/g, ' ')
    .trim()

function kindOf(
  reading: Reading,
  al1: Segment,
  trace: Trace,
): { readonly type?: 'allergy' | 'intolerance'; readonly category?: 'food' | 'medication' | 'environment' } {
  const cell = value(reading, al1, 2)
  if (cell === undefined) return {}
  const kind = lookup(allergyKinds, cell.text.toUpperCase())
  if (kind === undefined)
    note(reading, cell.place, 'Found a kind of allergy that is not in HL7 table 0127; it stays in the original')
  else {
    trace(kind.category === undefined ? 'type' : 'category[0]', cell, 'AL1-2 kind')
    const words = value(reading, al1, 2, 2)
    if (words !== undefined) use(reading, words)
  }
  return kind ?? {}
}

/** AL1-4 is how severe the reaction is; without words for the reaction FHIR still wants to know that there was one. */
function reactionsOf(reading: Reading, al1: Segment, trace: Trace): AllergyIntoleranceReaction[] {
  const words = repeats(reading, al1, 5).flatMap((one) => part(one, 1) ?? part(one, 2) ?? [])
  const cell = value(reading, al1, 4)
  const severity = cell === undefined ? undefined : lookup(severities, cell.text.toUpperCase())
  for (const [n, word] of words.entries()) trace(`reaction[0].manifestation[${n}]`, word, 'AL1-5 reaction')
  if (cell !== undefined && (severity !== undefined || cell.text.toUpperCase() === 'U'))
    trace('reaction[0].severity', cell, 'AL1-4 severity')
  if (words.length === 0 && severity === undefined) return []
  const notSaid = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'NI', display: 'NoInformation' }],
  }
  return [
    {
      manifestation: words.length === 0 ? [notSaid] : words.map(({ text }) => ({ text })),
      ...(severity === undefined ? {} : { severity }),
    },
  ]
}
