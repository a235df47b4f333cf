/**
 * Under which heading of the record standard each fact stands. By the standard's own heading code when its source sent one, else by what
 * the fact is called, else by its type. A heading only places a fact on a page: nothing is joined or decided by it.
 * @see PRSB Core Information Standard v2; UKCore-RecordStandardHeadings
 */
import type { CodeableConcept, FhirResource, Observation } from 'fhir/r4.js'
import { entryOf, entryShown } from './entries.ts'
import { type Held, type HeldFact, list, type Standing, text } from './held.ts'
import { lazily } from './lazily.ts'
import type { Entry, Heading, Letter } from './model.ts'
import { inNewestFirst, newestFirst } from './partial-date.ts'
import { hiddenWords, isHidden, isSafeguarding } from './safeguarding.ts'
import { observedWords } from './tests.ts'
import { conceptList, conceptWords } from './words.ts'

type Type = FhirResource['resourceType']

const byType: Readonly<Partial<Record<Type, Heading>>> = {
  CarePlan: 'care-plans',
  Goal: 'care-plans',
  EpisodeOfCare: 'care-plans',
  CareTeam: 'team',
  Consent: 'legal',
  Flag: 'alerts',
  DetectedIssue: 'alerts',
  RiskAssessment: 'alerts',
  QuestionnaireResponse: 'assessments',
  ClinicalImpression: 'assessments',
  FamilyMemberHistory: 'family-history',
  Device: 'equipment',
  DeviceUseStatement: 'equipment',
  DeviceRequest: 'equipment',
  SupplyDelivery: 'equipment',
  SupplyRequest: 'equipment',
  VisionPrescription: 'equipment',
  ServiceRequest: 'referrals',
  Task: 'referrals',
  Appointment: 'appointments',
  Encounter: 'encounters',
  Procedure: 'procedures',
  Immunization: 'vaccinations',
}

const byCode: Readonly<Record<string, Heading>> = {
  'reasonable-adjustments-for-health-and-care-access': 'needs',
  'individual-requirements': 'needs',
  safeguarding: 'safeguarding',
  'legal-information': 'legal',
  'risk-information': 'alerts',
  'red-flags': 'alerts',
  'social-context': 'social-context',
  'family-history': 'family-history',
  'pregnancy-status': 'pregnancy',
  appliances: 'equipment',
  'end-of-life-care': 'end-of-life',
  'contingency-plans': 'contingency',
  'about-me': 'about-me',
  'services-and-care': 'social-care',
  assessments: 'assessments',
  dnr: 'legal',
  acd: 'legal',
  hcd: 'legal',
}

const legal =
  /\bdnacpr\b|\bdnar\b|\bdnr\b|\b(?:for|attempt(?:ed)?) (?:attempted )?CPR\b|\bCPR(?: (?:status|decision|attempts?|not)\b|:)|allow(?:ing)? (?:a )?natural death|resuscitat|\bReSPECT (?:form|plan)|power of attorney|\bLPA\b|advance (?:decision|directive|statement)|deprivation of liberty|\bDoLS\b|mental capacity|mental health act|court of protection|court.appointed deputy|organ donat|best interests/i
const byName: readonly (readonly [Heading, RegExp])[] = [
  ['legal', legal],
  [
    'end-of-life',
    /end[- ]of[- ]life|palliative care|last days of life|preferred place of (?:care|death)|gold standards framework|epaccs|anticipatory (?:care|medic)/i,
  ],
  [
    'contingency',
    /crisis|contingenc|escalation plan|emergency (?:care|health ?care) plan|safety plan|relapse (?:plan|prevention)/i,
  ],
  ['about-me', /about[- ]me\b|what matters (?:most )?to (?:me|this person)|this is me|hospital passport/i],
  [
    'needs',
    /reasonable adjust|communication (?:need|method|support|professional)|communicat(?:es|ion) (?:by|with)|accessible information|\bNRAF\b|interpreter|sign language|easy ?read|large print|braille/i,
  ],
  ['family-history', /^family history|^fh:|\bfamily history of\b/i],
  ['pregnancy', /\bpregnan|expected date of (?:delivery|confinement)|gestation/i],
  [
    'social-context',
    /lives alone|lives with|housing|occupation|smok|alcohol|carer status|has a carer|is a carer|employment/i,
  ],
]

/** Types whose name is asked before their type; only those that are called after what they hold. */
const named = new Set<Type>([
  'Flag',
  'CarePlan',
  'Consent',
  'QuestionnaireResponse',
  'Goal',
  'DetectedIssue',
  'RiskAssessment',
  'Composition',
  'DocumentReference',
  'Observation',
])
const onlyNamed = new Set<Heading>(['legal', 'end-of-life', 'contingency', 'about-me'])

export const headingNames: readonly Heading[] = [
  'end-of-life',
  'contingency',
  'care-plans',
  'legal',
  'about-me',
  'needs',
  'safeguarding',
  'alerts',
  'social-context',
  'team',
  'social-care',
  'encounters',
  'procedures',
  'vaccinations',
  'equipment',
  'assessments',
  'family-history',
  'pregnancy',
  'referrals',
  'appointments',
]

export type Headings = Readonly<Record<Heading, readonly Entry[]>>

/** Every fact that has a heading, under it, newest first. @param answered requests whose report is there: they wait no more */
export function readHeadings(
  held: Held,
  letters: readonly Letter[],
  { sources, answered }: { readonly sources: readonly Standing[]; readonly answered: ReadonlySet<string> },
): Headings {
  const found = Object.fromEntries(headingNames.map((name): [Heading, Entry[]] => [name, []])) as Record<
    Heading,
    Entry[]
  >
  const visits: HeldFact[] = []
  const council = new Set(sources.filter(({ kind }) => kind === 'social-care').map(({ source }) => source))
  const reported = new Set(
    held
      .of('DiagnosticReport')
      .flatMap(({ resource }) => list(resource.result).map(({ reference }) => text(reference))),
  )
  const letterOf = new Map(letters.flatMap((letter) => letter.origins.map(({ type, id }) => [`${type}/${id}`, letter])))
  const told = new Set<Letter>()
  for (const fact of held.facts) {
    const heading = headingOf(fact, { council, reported })
    if (heading === undefined || answered.has(`${fact.origin.type}/${fact.origin.id}`)) continue
    if (isHidden(fact.resource)) {
      found[heading].push(hiddenEntry(entryOf(held, fact)))
      continue
    }
    const letter = letterOf.get(`${fact.origin.type}/${fact.origin.id}`)
    if (letter === undefined) {
      if (heading === 'encounters') visits.push(fact)
      else
        found[heading].push(
          fact.resource.resourceType === 'Observation'
            ? observed(held, fact as HeldFact<Observation>)
            : entryOf(held, fact),
        )
      continue
    }
    // A document's words and its file are one letter: told once, by its words.
    if (told.has(letter)) continue
    told.add(letter)
    const spoken = held.facts.find(({ origin }) =>
      letter.origins.some(({ type, id }) => type === 'Composition' && type === origin.type && id === origin.id),
    )
    found[heading].push({
      ...entryOf(held, spoken ?? fact),
      title: letter.title,
      key: letter.key,
      origins: letter.origins,
    })
  }
  for (const entries of Object.values(found)) entries.sort(newestFirst)
  // Of contacts a person has thousands, and few pages list them.
  const { encounters, ...others } = found
  return lazily<typeof others, Pick<Headings, 'encounters'>>(others, {
    encounters: () => inNewestFirst([...encounters, ...visits.map((fact) => entryShown(held, fact))]),
  })
}

type Around = { readonly council: ReadonlySet<string>; readonly reported: ReadonlySet<string> }

function headingOf({ resource, origin }: HeldFact, { council, reported }: Around): Heading | undefined {
  const type = resource.resourceType
  if (
    type === 'Observation' &&
    (isMeasured(resource) || reported.has(`Observation/${origin.id}`)) &&
    !isHidden(resource)
  )
    return undefined
  if (isSafeguarding(resource)) return 'safeguarding'
  const usual = byType[type]
  if (named.has(type)) {
    const coded = conceptsOf(resource)
      .flatMap((concept) => list(concept.coding))
      .map(({ code }) => byCode[text(code)])
      .find((heading) => heading !== undefined)
    if (coded !== undefined) return coded
    const words = nameOf(resource)
    const document = type === 'Composition' || type === 'DocumentReference'
    for (const [heading, pattern] of byName)
      if (pattern.test(words) && (!document || onlyNamed.has(heading))) return heading
  }
  if (type === 'Observation') return socialHistory(resource) ? 'social-context' : undefined
  if (council.has(origin.source) && (type === 'CarePlan' || type === 'Encounter' || type === 'EpisodeOfCare'))
    return 'social-care'
  if (type === 'CarePlan' && /social care|care package|home ?care/i.test(nameOf(resource))) return 'social-care'
  return usual
}

function isMeasured(observation: Observation): boolean {
  return list(observation.category).some(({ coding }) =>
    list(coding).some(({ code }) => code === 'laboratory' || code === 'vital-signs' || code === 'imaging'),
  )
}

function socialHistory(observation: Observation): boolean {
  return list(observation.category).some(({ coding }) => list(coding).some(({ code }) => code === 'social-history'))
}

function conceptsOf(resource: FhirResource): readonly CodeableConcept[] {
  const { code, category, type, scope } = resource as unknown as Readonly<Record<string, unknown>>
  return [code, category, type, scope]
    .flatMap((field) => (Array.isArray(field) ? field : [field]))
    .filter((field): field is CodeableConcept => typeof field === 'object' && field !== null)
}

function nameOf(resource: FhirResource): string {
  const { title, questionnaire, description } = resource as unknown as Readonly<Record<string, unknown>>
  const told = resource.resourceType === 'CarePlan' ? '' : text(description)
  return [text(title), text(questionnaire).replaceAll(/[-_]/g, ' '), told, ...conceptList(conceptsOf(resource))].join(
    ' ',
  )
}

function hiddenEntry({ when, status, origins }: Entry): Entry {
  return {
    kind: 'Alert',
    title: hiddenWords,
    detail: '',
    ...(when === undefined ? {} : { when }),
    status,
    people: [],
    origins,
  }
}

/** What was observed, as one says it: `Reasonable adjustment: large print letters`. */
function observed(held: Held, fact: HeldFact<Observation>): Entry {
  const { resource, origin } = fact
  const value = observedWords(resource)
  const name = conceptWords(resource.code)
  const notes = list(resource.note)
    .map((note) => text(note.text))
    .filter(Boolean)
    .join(' ')
  const entry = entryOf(held, fact)
  return {
    ...entry,
    title: [name, value].filter(Boolean).join(': '),
    detail: notes,
    status: resource.status === 'entered-in-error' || resource.status === 'cancelled' ? 'Entered in error' : '',
    origins: [origin],
  }
}
