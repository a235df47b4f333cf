/** Everything else that happened or is planned: one line each, whatever its type. A table that a clinician can read, and a last row for the unforeseen. */
import type { CodeableConcept, FhirResource, Period, Reference } from 'fhir/r4.js'
import { type Held, type HeldFact, list, text } from './held.ts'
import type { Entry, EntryKind, PartialDate, Particular } from './model.ts'
import { ended, moreOutliners } from './more-outlines.ts'
import { earliestMs } from './partial-date.ts'
import { conceptList, conceptWords, quantityWords, referenceWords, sentence, sentences, spokenName } from './words.ts'

export type Outline = {
  readonly kind: EntryKind
  readonly title: string
  readonly detail?: string
  readonly when?: readonly (string | undefined)[]
  readonly until?: readonly (string | undefined)[]
  readonly people?: readonly string[]
  readonly particulars?: readonly Particular[]
  /** In words, where `status` is not enough; '' when ordinary. */
  readonly status?: string
  readonly key?: string
}
type OfType<T extends string> = Extract<FhirResource, { resourceType: T }>
export type Outliners = { readonly [T in FhirResource['resourceType']]?: (resource: OfType<T>, held: Held) => Outline }

const inHospital = new Set(['IMP', 'ACUTE', 'NONAC', 'EMER', 'OBSENC', 'PRENC', 'SS'])
const refers = (held: Held, resource: FhirResource, references: readonly (Reference | undefined)[]) =>
  references.map((reference) => referenceWords(held, reference, resource)).filter(Boolean)
const joined = sentences

const outliners: Outliners = {
  ...moreOutliners,
  Encounter: (resource, held) => {
    const kind = encounterKind(resource)
    const places = placesOf(held, resource)
    const reasons = conceptList(resource.reasonCode)
    return {
      kind,
      title:
        conceptList(resource.type)[0] ??
        (conceptWords(resource.serviceType) ||
          encounterWords[text(resource.class?.code)] ||
          text(resource.class?.display) ||
          (kind === 'Hospital' ? 'Hospital stay' : 'Contact')),
      detail: joined(
        reasons.join(', '),
        places.join(', '),
        conceptWords(resource.hospitalization?.dischargeDisposition),
      ),
      when: [resource.period?.start],
      until: [resource.period?.end],
      people: refers(
        held,
        resource,
        list(resource.participant).map(({ individual }) => individual),
      ),
    }
  },
  Immunization: (resource, held) => ({
    kind: 'Vaccination',
    title: conceptWords(resource.vaccineCode) || procedureExtension(resource) || 'Vaccine not recorded',
    detail: joined(
      list(resource.protocolApplied)
        .map(({ targetDisease, doseNumberPositiveInt }) =>
          [conceptList(targetDisease).join(', '), doseNumberPositiveInt && `dose ${doseNumberPositiveInt}`]
            .filter(Boolean)
            .join(' '),
        )
        .join(', '),
      text(resource.lotNumber) && `Batch ${text(resource.lotNumber)}`,
      resource.status === 'not-done' && conceptWords(resource.statusReason),
    ),
    when: [resource.occurrenceDateTime, resource.recorded],
    people: refers(
      held,
      resource,
      list(resource.performer).map(({ actor }) => actor),
    ),
  }),
  Procedure: (resource, held) => ({
    kind: 'Procedure',
    title: conceptWords(resource.code),
    detail: joined(
      conceptList(resource.bodySite).join(', '),
      conceptList(resource.reasonCode).join(', '),
      conceptWords(resource.outcome),
    ),
    when: [resource.performedDateTime, resource.performedPeriod?.start],
    until: [resource.performedPeriod?.end],
    people: refers(
      held,
      resource,
      list(resource.performer).map(({ actor }) => actor),
    ),
  }),
  Appointment: (resource, held) => ({
    kind: 'Appointment',
    title:
      text(resource.description) ||
      conceptWords(resource.appointmentType) ||
      (conceptList(resource.specialty)[0] ?? conceptList(resource.serviceType)[0] ?? 'Appointment'),
    detail: joined(conceptList(resource.reasonCode).join(', '), text(resource.patientInstruction)),
    when: [resource.start, resource.created],
    until: [resource.end],
    people: refers(
      held,
      resource,
      list(resource.participant)
        .map(({ actor }) => actor)
        .filter((actor) => !text(actor?.reference).startsWith('Patient/')),
    ),
  }),
  ServiceRequest: (resource, held) => ({
    kind: 'Referral',
    title: conceptWords(resource.code) || (conceptList(resource.category)[0] ?? 'Request'),
    detail: joined(
      conceptList(resource.reasonCode).join(', '),
      text(resource.priority) !== 'routine' && sentence(text(resource.priority)),
    ),
    when: [resource.authoredOn, resource.occurrenceDateTime],
    status: ended(resource.status),
    people: refers(held, resource, [resource.requester, ...list(resource.performer)]),
  }),
  CareTeam: (resource, held) => ({
    kind: 'Care team',
    title: text(resource.name) || conceptList(resource.category)[0] || 'Care team',
    when: [resource.period?.start],
    until: [resource.period?.end],
    people: refers(
      held,
      resource,
      list(resource.participant).map(({ member }) => member),
    ),
  }),
  EpisodeOfCare: (resource, held) => ({
    kind: 'Care package',
    title: conceptList(resource.type)[0] ?? 'Episode of care',
    when: [resource.period?.start],
    until: [resource.period?.end],
    people: refers(held, resource, [resource.careManager, resource.managingOrganization]),
  }),
  DetectedIssue: (resource) => ({
    kind: 'Alert',
    title: conceptWords(resource.code) || 'Issue',
    detail: text(resource.detail),
    when: [resource.identifiedDateTime],
  }),
  RiskAssessment: (resource) => ({
    kind: 'Assessment',
    title: conceptWords(resource.code) || 'Risk assessment',
    detail: list(resource.prediction)
      .map(({ outcome, qualitativeRisk }) => joined(conceptWords(outcome), conceptWords(qualitativeRisk)))
      .join('; '),
    when: [resource.occurrenceDateTime],
  }),
  ClinicalImpression: (resource) => ({
    kind: 'Assessment',
    title: text(resource.description) || conceptWords(resource.code) || 'Assessment',
    detail: text(resource.summary),
    when: [resource.effectiveDateTime, resource.date],
  }),
  DiagnosticReport: (resource, held) => {
    const results = list(resource.result).length
    return {
      kind: 'Report',
      title: conceptWords(resource.code) || 'Report',
      detail: joined(text(resource.conclusion), results > 0 && `${results} ${results === 1 ? 'result' : 'results'}`),
      when: reportDates(resource),
      people: refers(held, resource, list(resource.performer)),
    }
  },
  List: (resource) => ({
    kind: 'List',
    title: text(resource.title) || conceptWords(resource.code) || 'List',
    detail:
      list(resource.entry).length === 0
        ? `Empty: ${conceptWords(resource.emptyReason) || 'no reason recorded'}`
        : `${list(resource.entry).length} ${list(resource.entry).length === 1 ? 'entry' : 'entries'}`,
    when: [resource.date],
  }),
  RelatedPerson: (resource) => ({
    kind: 'Patient details',
    title: `${spokenName(resource.name) || 'Name not recorded'} (${conceptList(resource.relationship).join(', ') || 'relation not recorded'})`,
    when: [resource.period?.start],
  }),
  Patient: (resource) => ({ kind: 'Patient details', title: spokenName(resource.name) || 'Patient details' }),
  Communication: (resource) => ({
    kind: 'Contact',
    title: conceptWords(resource.topic) || (conceptList(resource.category)[0] ?? 'Message'),
    detail: list(resource.payload)
      .map(({ contentString }) => text(contentString))
      .filter(Boolean)
      .join(' '),
    when: [resource.sent, resource.received],
  }),
  Specimen: (resource) => ({
    kind: 'Other',
    title: `Specimen: ${conceptWords(resource.type) || 'kind not recorded'}`,
    when: [resource.collection?.collectedDateTime, resource.receivedTime],
  }),
}

function encounterKind(resource: OfType<'Encounter'>): EntryKind {
  return inHospital.has(text(resource.class?.code)) || resource.hospitalization ? 'Hospital' : 'Contact'
}

/** Kind and date of an encounter's entry, without the entry. */
export function encounterPlace(resource: OfType<'Encounter'>): Pick<Entry, 'kind' | 'when'> {
  const when = firstDate([resource.period?.start])
  return { kind: encounterKind(resource), ...(when === undefined ? {} : { when }) }
}

/** The same of a report's. */
export function reportPlace(resource: OfType<'DiagnosticReport'>): Pick<Entry, 'kind' | 'when'> {
  const when = firstDate(reportDates(resource))
  return { kind: 'Report', ...(when === undefined ? {} : { when }) }
}

function reportDates(resource: OfType<'DiagnosticReport'>): readonly (string | undefined)[] {
  return [resource.effectiveDateTime, resource.effectivePeriod?.start, resource.issued]
}

/**
 * Where it was, in order and each once: `bed 9, Acute Medical Unit`, then `bed 9, Ward 12`, then the organisation.
 * A place within one that is named more exactly, and the site's code beside the organisation's name, say nothing more.
 */
function placesOf(held: Held, encounter: OfType<'Encounter'>): readonly string[] {
  const provider = referenceWords(held, encounter.serviceProvider, encounter)
  const organisation = held.follow(encounter.serviceProvider?.reference, encounter)
  const codes = [
    text(encounter.serviceProvider?.identifier?.value),
    ...(organisation?.resourceType === 'Organization'
      ? list(organisation.identifier).map(({ value }) => text(value))
      : []),
  ].filter((code) => code !== '')
  const places = list(encounter.location).map(({ location }) => {
    const words = referenceWords(held, location, encounter)
    const target = held.follow(location?.reference, encounter)
    const isBed = target?.resourceType === 'Location' && list(target.physicalType?.coding)[0]?.code === 'bd'
    const site = codes.find((code) => provider !== '' && words.endsWith(`, ${code}`))
    const name = site === undefined ? words : words.slice(0, -site.length - 2)
    return isBed && /^\d+\b/.test(name) ? `bed ${name}` : name
  })
  const exact = places.filter((place) => !places.some((other) => other !== place && other.endsWith(`, ${place}`)))
  return [...new Set([...exact, provider])].filter(Boolean)
}

const encounterWords: Readonly<Record<string, string>> = {
  IMP: 'Hospital stay',
  ACUTE: 'Hospital stay',
  NONAC: 'Hospital stay',
  EMER: 'Emergency department',
  OBSENC: 'Hospital observation',
  SS: 'Day case',
  AMB: 'Outpatient or clinic visit',
  HH: 'Home visit',
  VR: 'Telephone or video contact',
  FLD: 'Seen in the field',
  PRENC: 'Planned admission',
}

function procedureExtension(resource: OfType<'Immunization'>): string {
  return (
    list(resource.extension)
      .filter(({ url }) => /VaccinationProcedure/.test(text(url)))
      .map(({ valueCodeableConcept }) => conceptWords(valueCodeableConcept))
      .find(Boolean) ?? ''
  )
}

// A fact's line stands on the timeline and in its section: it is made once.
const made = new WeakMap<HeldFact, Entry>()

/** One line about any fact. */
export function entryOf(held: Held, fact: HeldFact): Entry {
  const before = made.get(fact)
  if (before) return before
  const entry = makeEntry(held, fact)
  made.set(fact, entry)
  return entry
}

/** The same for a list that is made when it is shown: a fact that cannot be put into words stands there by its place, not in the way of the others. */
export function entryShown(held: Held, fact: HeldFact): Entry {
  try {
    return entryOf(held, fact)
  } catch {
    return {
      kind: 'Other',
      title: 'An entry that cannot be read',
      detail: '',
      status: '',
      people: [],
      origins: [fact.origin],
    }
  }
}

function makeEntry(held: Held, { resource, origin }: HeldFact): Entry {
  const outliner = outliners[resource.resourceType] as ((resource: FhirResource, held: Held) => Outline) | undefined
  const outline = outliner ? outliner(resource, held) : anyOutline(resource)
  const when = firstDate(outline.when)
  const until = firstDate(outline.until)
  return {
    kind: outline.kind,
    title: outline.title || spaced(resource.resourceType),
    detail: outline.detail ?? '',
    ...(when === undefined ? {} : { when }),
    ...(until === undefined ? {} : { until }),
    status: outline.status ?? statusWords(resource),
    people: [...new Set(outline.people ?? [])],
    ...(outline.particulars === undefined || outline.particulars.length === 0
      ? {}
      : { particulars: outline.particulars }),
    ...(outline.key === undefined ? {} : { key: outline.key }),
    origins: [origin],
  }
}

function firstDate(dates: readonly (string | undefined)[] | undefined): PartialDate | undefined {
  for (const date of list(dates)) if (earliestMs(text(date)) !== undefined) return text(date)
  return undefined
}

const ordinary = new Set([
  '',
  'completed',
  'finished',
  'final',
  'current',
  'active',
  'booked',
  'fulfilled',
  'available',
  'unknown',
])

function statusWords(resource: FhirResource): string {
  const status = 'status' in resource ? text(resource.status) : ''
  return ordinary.has(status) ? '' : sentence(status)
}

function spaced(type: string): string {
  const words = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return sentence(words)
}

/** A type that has no row above: its name, its code and the first date it carries. */
function anyOutline(resource: FhirResource): Outline {
  const fields = resource as unknown as Readonly<Record<string, unknown>>
  const words = [fields.code, fields.type, fields.category]
    .flatMap((field) => (Array.isArray(field) ? field : [field]))
    .map((field) => conceptWords(field as CodeableConcept | undefined))
    .find(Boolean)
  const total = quantityWords(fields.quantity as never)
  const periods = ['period', 'performedPeriod', 'effectivePeriod', 'billablePeriod', 'executionPeriod'].map(
    (name) => (fields[name] as Period | undefined)?.start,
  )
  const dates = [
    'effectiveDateTime',
    'occurrenceDateTime',
    'performedDateTime',
    'started',
    'date',
    'dateTime',
    'authoredOn',
    'created',
    'issued',
    'recorded',
  ].map((name) => (typeof fields[name] === 'string' ? fields[name] : undefined))
  return {
    kind: 'Other',
    title: [spaced(resource.resourceType), words].filter(Boolean).join(': '),
    detail: total,
    when: [...dates, ...periods],
  }
}
