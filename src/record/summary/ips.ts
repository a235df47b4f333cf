/**
 * The record as an International Patient Summary: a FHIR R4 document whose entries are the sources' own facts, about one person.
 * Only their subject is rewritten, from the source's Patient to the person; Provenance says which organisation's message told each.
 * The same record at the same moment gives the same bytes.
 * @see HL7 FHIR International Patient Summary 2.0.0: Composition-uv-ips, Empty Sections and Missing Data; FHIR R4 documents.html
 */
import { createHash } from 'node:crypto'
import type { Composition, CompositionSection, FhirResource, Provenance } from 'fhir/r4.js'
import type { FactRow } from '../held.ts'
import type { PersonRecord } from '../model.ts'
import { absentStatement, emptyReason, type SectionState, sectionEntries } from './ips-entries.ts'
import { personPatient } from './ips-person.ts'
import { narrative, statement } from './narrative.ts'
import { type SummaryKey, summarise } from './summarise.ts'

export type IpsInput = {
  readonly record: PersonRecord
  /** The same facts that the record was built from, and those about nobody that they refer to. */
  readonly rows: readonly FactRow[]
  readonly about: readonly FactRow[]
  /** The person's opaque id. */
  readonly person: string
  /** The FHIR base address, without a slash at the end: facts keep their own addresses under it. */
  readonly base: string
  /** Types that whoever asks may not read: sections that would hold them say `withheld`, never that there is nothing. */
  readonly withheld?: ReadonlySet<string>
  readonly doubts?: number
}

type IpsSection = {
  readonly key: SummaryKey
  readonly title: string
  readonly loinc: readonly [code: string, display: string]
  /** Types of its entries. */
  readonly types: readonly string[]
  readonly need: 'required' | 'recommended' | 'optional'
}

const sections: readonly IpsSection[] = [
  {
    key: 'allergies',
    title: 'Allergies and intolerances',
    loinc: ['48765-2', 'Allergies and adverse reactions Document'],
    types: ['AllergyIntolerance', 'List'],
    need: 'required',
  },
  {
    key: 'medicines',
    title: 'Medication summary',
    loinc: ['10160-0', 'History of Medication use Narrative'],
    types: ['MedicationStatement', 'MedicationRequest', 'MedicationDispense', 'MedicationAdministration'],
    need: 'required',
  },
  {
    key: 'problems',
    title: 'Problems',
    loinc: ['11450-4', 'Problem list - Reported'],
    types: ['Condition'],
    need: 'required',
  },
  {
    key: 'immunisations',
    title: 'Immunizations',
    loinc: ['11369-6', 'History of Immunization note'],
    types: ['Immunization'],
    need: 'recommended',
  },
  {
    key: 'results',
    title: 'Results',
    loinc: ['30954-2', 'Relevant diagnostic tests/laboratory data note'],
    types: ['Observation', 'DiagnosticReport'],
    need: 'recommended',
  },
  {
    key: 'procedures',
    title: 'History of procedures',
    loinc: ['47519-4', 'History of Procedures Document'],
    types: ['Procedure'],
    need: 'recommended',
  },
  {
    key: 'devices',
    title: 'Medical devices',
    loinc: ['46264-8', 'History of medical device use'],
    types: ['DeviceUseStatement', 'Device', 'DeviceRequest', 'SupplyDelivery', 'SupplyRequest', 'VisionPrescription'],
    need: 'recommended',
  },
  {
    key: 'vital-signs',
    title: 'Vital signs',
    loinc: ['8716-3', 'Vital signs note'],
    types: ['Observation'],
    need: 'optional',
  },
  {
    key: 'plans',
    title: 'Plan of care',
    loinc: ['18776-5', 'Plan of care note'],
    types: ['CarePlan', 'CareTeam', 'Goal', 'EpisodeOfCare', 'QuestionnaireResponse', 'Encounter'],
    need: 'optional',
  },
  {
    key: 'advance',
    title: 'Advance directives',
    loinc: ['42348-3', 'Advance healthcare directives'],
    types: [
      'Consent',
      'CarePlan',
      'Flag',
      'QuestionnaireResponse',
      'DocumentReference',
      'Composition',
      'Observation',
      'Goal',
    ],
    need: 'optional',
  },
  {
    key: 'alerts',
    title: 'Alerts',
    loinc: ['104605-1', 'Alert'],
    types: ['Flag', 'DetectedIssue', 'RiskAssessment'],
    need: 'optional',
  },
  {
    key: 'past-problems',
    title: 'History of past problems',
    loinc: ['11348-0', 'History of Past illness note'],
    types: ['Condition'],
    need: 'optional',
  },
  {
    key: 'social',
    title: 'Social history',
    loinc: ['29762-2', 'Social history note'],
    types: ['Observation', 'Condition'],
    need: 'optional',
  },
  {
    key: 'pregnancy',
    title: 'Pregnancy',
    loinc: ['10162-6', 'History of pregnancies Narrative'],
    types: ['Observation'],
    need: 'optional',
  },
]

/** FHIR JSON text of the Bundle. */
export function ipsBundle(input: IpsInput): string {
  const { record, base, person, withheld = new Set<string>() } = input
  const summary = summarise(record, input.doubts === undefined ? {} : { doubts: input.doubts })
  const uuid = (name: string) => uuidOf(`${person}|${name}`)
  const subject = `urn:uuid:${uuid('person')}`
  const author = `urn:uuid:${uuid('author')}`
  const held = new Map([...input.rows, ...input.about].map((row) => [`${row.type}/${row.id}`, row]))
  const entered = new Map<string, FactRow>()
  const generated: { readonly url: string; readonly resource: FhirResource }[] = []

  const written = sections.flatMap((section): readonly CompositionSection[] => {
    const said = summary.sections.find(({ key }) => key === section.key)
    const isWithheld = section.types.some((type) => withheld.has(type))
    const state: SectionState = { key: section.key, record, isWithheld }
    const references = sectionEntries(state, said?.lines ?? [], new Set(section.types)).flatMap((origin) => {
      const row = held.get(`${origin.type}/${origin.id}`)
      if (!row) return []
      entered.set(`${row.type}/${row.id}`, row)
      return [{ reference: `${base}/${row.type}/${row.id}` }]
    })
    if (references.length === 0 && section.need === 'optional' && !isWithheld) return []
    const absent =
      references.length === 0 && section.need === 'required'
        ? absentStatement(state, { id: uuid(section.key), subject })
        : undefined
    if (absent) {
      const url = `urn:uuid:${absent.id}`
      generated.push({ url, resource: absent })
      references.push({ reference: url })
    }
    const reason = references.length === 0 ? emptyReason(state) : undefined
    return [
      {
        title: section.title,
        code: { coding: [{ system: 'http://loinc.org', code: section.loinc[0], display: section.loinc[1] }] },
        text: { status: 'generated', div: narrative(said, state, summary) },
        ...(references.length > 0 ? { entry: unique(references) } : {}),
        ...(reason === undefined ? {} : { emptyReason: reason }),
      },
    ]
  })

  const supports = supporting([...entered.values()], held, { withheld, restricted: record.identity.restricted })
  const facts = [...entered.values(), ...supports]
  const patients = new Set(record.sources.length === 0 ? [] : patientIds(input.rows))
  const provenance = provenances(record, facts, base)
  const at = record.readAt
  const documentId = uuidOf(
    JSON.stringify([
      person,
      at,
      base,
      written,
      facts.map(({ type, id, version, messageId }) => [type, id, version ?? 0, messageId]),
    ]),
  )
  const composition: Composition = {
    resourceType: 'Composition',
    id: uuid('composition'),
    meta: { profile: ['http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips'] },
    language: 'en-GB',
    text: { status: 'generated', div: statement(summary) },
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${documentId}` },
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '60591-5', display: 'Patient summary Document' }] },
    subject: { reference: subject },
    date: at,
    author: [{ reference: author }],
    title: 'International Patient Summary',
    confidentiality: record.identity.restricted ? 'R' : 'N',
    section: written,
  }
  const device: FhirResource = {
    resourceType: 'Device',
    id: uuid('author'),
    deviceName: [{ name: 'Throughline', type: 'user-friendly-name' }],
    type: { text: 'Shared care record, from several organisations’ systems' },
  }
  const entries = [
    entryText(`urn:uuid:${composition.id}`, composition),
    entryText(subject, personPatient(record, { id: uuid('person'), base, patients: [...patients] })),
    entryText(author, device),
    ...generated.map(({ url, resource }) => entryText(url, resource)),
    ...facts.map(
      (row) =>
        `{"fullUrl":${JSON.stringify(`${base}/${row.type}/${row.id}`)},"resource":${aboutPerson(row.body, patients, subject)}}`,
    ),
    ...provenance.map((one) => entryText(`urn:uuid:${one.id}`, one)),
  ]
  const head = {
    resourceType: 'Bundle',
    id: documentId,
    meta: { profile: ['http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips'] },
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${documentId}` },
    type: 'document',
    timestamp: at,
  }
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`
}

function entryText(url: string, resource: FhirResource | Composition | Provenance): string {
  return `{"fullUrl":${JSON.stringify(url)},"resource":${JSON.stringify(resource)}}`
}

function unique<T extends { readonly reference: string }>(references: readonly T[]): T[] {
  return [...new Map(references.map((one) => [one.reference, one])).values()]
}

function patientIds(rows: readonly FactRow[]): readonly string[] {
  return rows.filter(({ type }) => type === 'Patient').map(({ id }) => id)
}

/** The stored text with nothing changed but whom it is about: numbers stay as their source wrote them. */
function aboutPerson(body: string, patients: ReadonlySet<string>, subject: string): string {
  return body.replaceAll(/"reference":"Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/\d+)?"/g, (whole, id: string) =>
    patients.has(id) ? `"reference":"${subject}"` : whole,
  )
}

const supportTypes = new Set([
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Medication',
  'Specimen',
  'Device',
  'Observation',
])

/** What the entries refer to, and what those refer to: a reader must not have to come back to us. @see FHIR R4 documents.html#content */
function supporting(
  entered: readonly FactRow[],
  held: ReadonlyMap<string, FactRow>,
  { withheld, restricted }: { readonly withheld: ReadonlySet<string>; readonly restricted: boolean },
): readonly FactRow[] {
  const seen = new Set(entered.map(({ type, id }) => `${type}/${id}`))
  const found: FactRow[] = []
  let from = entered
  while (from.length > 0) {
    const next: FactRow[] = []
    for (const { body } of from) {
      for (const [, type = '', id = ''] of body.matchAll(
        /"reference":"([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})["/]/g,
      )) {
        const key = `${type}/${id}`
        const row = held.get(key)
        // A place may be where a protected person lives (hazard H-21).
        if (
          !row ||
          seen.has(key) ||
          !supportTypes.has(type) ||
          withheld.has(type) ||
          (restricted && type === 'Location')
        )
          continue
        seen.add(key)
        next.push(row)
      }
    }
    found.push(...next)
    from = next
  }
  return found
}

/** One for each message: which organisation told these facts, when we had them, and the number of the message that is kept. */
function provenances(
  { sources }: PersonRecord,
  facts: readonly FactRow[],
  base: string,
): readonly (Provenance & { id: string })[] {
  const organisations = new Map(sources.map(({ source, organisation }) => [source, organisation]))
  const groups = new Map<string, FactRow[]>()
  for (const row of facts) {
    const key = `${row.source}|${row.messageId}|${instantOf(row)}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups].flatMap(([key, rows]): readonly (Provenance & { id: string })[] => {
    const [first] = rows
    if (!first) return []
    return [
      {
        resourceType: 'Provenance',
        id: uuidOf(`provenance|${key}|${rows.map(({ type, id }) => `${type}/${id}`).join()}`),
        target: rows.map(({ type, id }) => ({ reference: `${base}/${type}/${id}` })),
        recorded: instantOf(first),
        agent: [
          {
            type: {
              coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'author' }],
            },
            who: { display: organisations.get(first.source) ?? first.source },
          },
        ],
        entity: [
          {
            role: 'source',
            what: {
              identifier: { system: `urn:throughline:source:${first.source}`, value: `message ${first.messageId}` },
            },
          },
        ],
      },
    ]
  })
}

function instantOf({ savedAt }: Pick<FactRow, 'savedAt'>): string {
  return savedAt instanceof Date ? savedAt.toISOString() : savedAt
}

/** A UUID made from a name: version 8, so that nobody takes it for a random one. @see RFC 9562 §5.8 */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
