/** What every page of one person's record has: the banner, the sections, what is missing, and the words for sources and disagreement. */

import type { OpenDoubt, WhyOpen } from '../../access/index.ts'
import {
  type AllergyState,
  type BannerAllergy,
  type BannerPatient,
  type Child,
  Empty,
  type EmptyReason,
  listed,
  MissingSources,
  Notice,
  Pagination,
  PatientBanner,
  plainName,
  type Safe,
  SectionNavigation,
  SourceLine,
  Tag,
} from '../../design/index.ts'
import type { Absence, Attribute, Difference, Origin, PersonRecord } from '../../record/index.ts'
import { absenceWords, isAdjustment, readingWords, whyEmpty } from '../../record/index.ts'
import type { RecordWork } from '../../worklist/index.ts'
import { whyWords } from '../limited/why.tsx'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { countsOf } from './counts.ts'
import { Freshness } from './freshness.tsx'
import { AnotherMoment, AsKnownAt, type Past } from './past.tsx'

/** What a record page is made from. */
export type RecordModel = {
  /** What waits and was done about this person; absent: not read for this page. */
  readonly work?: RecordWork
  /** The reader may acknowledge results. */
  readonly mayAnswer?: boolean
  readonly shell: StaffShell
  /** The person's opaque id. */
  readonly person: string
  readonly record: PersonRecord
  readonly now: Date
  /** What waits for a human about who this is. Absent: nothing. */
  readonly doubts?: readonly OpenDoubt[]
  /** Named tags in the banner: `Emergency access until 11:42am`, `Restricted record`. */
  readonly tags?: readonly string[]
  /** Why this reader sees the record. */
  readonly access?: WhyOpen
  /** When this reader last looked, before this sitting: what came since is new to them. Absent: never. */
  readonly lookedBefore?: Date
  /** The reader may add to this record. */
  readonly mayWrite?: boolean
  /** The record is as it was known then: nothing can be done from here but read. Absent: it is as it is now. */
  readonly past?: Past
  /** What became of entries written here on their way to other systems, by `Type/id` of the fact. */
  readonly deliveries?: ReadonlyMap<string, readonly string[]>
}

export type SectionName =
  | ''
  | 'timeline'
  | 'problems'
  | 'medicines'
  | 'allergies'
  | 'tests'
  | 'letters'
  | 'care-plans'
  | 'about'
  | 'contacts'
  | 'history'
  | 'social-care'
  | 'referrals'
  | 'written'
  | 'sources'
  | 'access'

const sections: readonly (readonly [SectionName, string])[] = [
  ['', 'Summary'],
  ['timeline', 'Timeline'],
  ['problems', 'Problems'],
  ['medicines', 'Medicines'],
  ['allergies', 'Allergies'],
  ['tests', 'Tests and readings'],
  ['letters', 'Letters'],
  ['care-plans', 'Plans and wishes'],
  ['about', 'About the person'],
  ['contacts', 'People and visits'],
  ['history', 'Procedures and history'],
  ['social-care', 'Social care'],
  ['referrals', 'Referrals and waits'],
  ['written', 'Written here'],
  ['sources', 'Sources'],
  ['access', 'Who has looked'],
]

const onlyNow = new Set<SectionName>(['written', 'access'])

export const rowsPerPage = 50

/** Where there is nothing to say. */
export const nothing: Safe = <>{undefined}</>

export function sectionPath(person: string, section: SectionName): string {
  return section === '' ? paths.patient(person) : paths.patient(person, section)
}

/** A page of one record. `children` begin with its `h1`. */
export function RecordPage({
  model,
  section,
  title,
  within,
  children,
}: {
  readonly model: RecordModel
  readonly section: SectionName
  /** The page's own name, first in the browser's title. */
  readonly title: string
  /** The page lies within the section, and is not the section's own. */
  readonly within?: boolean
  readonly children: Child
}): Safe {
  const { person, record, shell } = model
  const patient = bannerPatient(model)
  const counts = countsOf(record)
  // These have no past: they lead from a past view only by way of now.
  const shown = model.past ? sections.filter(([name]) => !onlyNow.has(name)) : sections
  const here = sectionPath(person, onlyNow.has(section) ? '' : section)
  return (
    <StaffPage
      shell={shell}
      title={[title, plainName(patient)]}
      at="none"
      above={<PatientBanner patient={patient} allergies={allergyState(record, person)} href={paths.patient(person)} />}
      before={
        <SectionNavigation
          label="Record"
          sections={shown.map(([name, text]) => ({
            // No number for an empty section: a nought would read as "none" (hazard H-01).
            text: counts[name] ? `${text} (${counts[name]})` : text,
            href: sectionPath(person, name),
            ...(name === section && !within ? { current: true } : {}),
          }))}
        />
      }
    >
      {model.past ? <AsKnownAt past={model.past} here={here} person={person} /> : undefined}
      <Doubts doubts={model.doubts ?? []} person={person} />
      {children}
      {model.access ? <p class="app-quiet">{whyWords(model.access)}</p> : undefined}
      <Freshness model={model} />
      <AnotherMoment here={here} person={person} {...(model.past ? { at: model.past.at } : {})} />
    </StaffPage>
  )
}

/** The record may not be all there is, or not all of it this person's: until somebody has decided, every page says so (hazard H-20). */
function Doubts({ doubts, person }: { readonly doubts: readonly OpenDoubt[]; readonly person: string }): Safe {
  if (doubts.length === 0) return nothing
  const joined = doubts.some(({ kind }) => kind === 'merge-conflict')
  const others = [...new Set(doubts.flatMap(({ kind, others: persons }) => (kind === 'merge-conflict' ? [] : persons)))]
  const within = doubts.some(({ others: persons }) => persons.length === 0)
  return (
    <Notice kind="warning">
      {others.length === 0 ? undefined : (
        <p>
          <strong>This may not be the whole record.</strong>{' '}
          {others.length === 1 ? 'Another record' : `${others.length} other records`} here may be of the same person,
          and somebody has still to decide. Look at {others.length === 1 ? 'it' : 'them'} too:{' '}
          {others.slice(0, 5).map((other, place) => (
            <>
              {place === 0 ? '' : ', '}
              <a href={paths.patient(other)}>the other record{others.length === 1 ? '' : ` (${place + 1})`}</a>
            </>
          ))}
          .
        </p>
      )}
      {joined ? (
        <p>
          <strong>A source joined this person with somebody who does not fit.</strong> The two records stay apart here
          until somebody has decided; in that source the two may be mixed.
        </p>
      ) : undefined}
      {within ? (
        <p>
          <strong>An entry in this record may be of somebody else.</strong> What organisations say of who this is does
          not fit together, and somebody has still to decide.{' '}
          <a href={sectionPath(person, 'sources')}>See who says what</a>
        </p>
      ) : undefined}
    </Notice>
  )
}

/**
 * Above the content: whose feed fails, or whose message about this person waits to be put right, so that a gap is never silent (hazard
 * H-07). Sources send by themselves: nobody else can be said not to have answered.
 */
export function Missing({ model, retry }: { readonly model: RecordModel; readonly retry: string }): Safe {
  const missing = [
    ...new Set(
      model.record.sources
        .filter(({ state, waitingHere = 0 }) => state === 'failing' || waitingHere > 0)
        .map(({ organisation }) => organisation),
    ),
  ]
  const all = new Set(
    model.record.sources.filter(({ state }) => state !== 'never-heard').map(({ organisation }) => organisation),
  )
  return <MissingSources missing={missing} of={all.size} retry={retry} />
}

function value<T>(attribute: Attribute<T> | Absence): T | undefined {
  return 'value' in attribute ? attribute.value : undefined
}

// Who somebody is must not be in doubt unnoticed: these disagreements are named on every page (hazard H-04).
const grave = new Set(['Date of birth', 'NHS number', 'Sex', 'Died'])

function bannerPatient({ record, tags = [] }: RecordModel): BannerPatient {
  const { name, bornOn, age, sex, nhsNumber, address, phone, gpPractice, died, differences, restricted } =
    record.identity
  const known = value(name)
  const doubts = differences
    .filter(({ about }) => grave.has(about))
    .map(({ about }) => about.replace(/^[DS](?=ate|ex|ied)/, (letter) => letter.toLowerCase()))
  return {
    ...optional('family', known?.family || known?.text),
    ...optional('given', known?.given),
    ...optional('prefix', known?.title),
    ...optional('bornOn', value(bornOn)),
    ...optional('age', age),
    ...optional('sex', 'text' in sex ? sex.text : undefined),
    ...optional('nhsNumber', value(nhsNumber)),
    ...optional('address', whereabouts(address)),
    ...optional('phone', whereabouts(phone)),
    ...optional('gp', whereabouts(gpPractice)),
    ...(died ? { died: died.day ?? true } : {}),
    tags: [
      ...tags,
      ...(restricted ? ['Restricted record'] : []),
      ...(doubts.length > 0 ? [`Sources disagree: ${doubts.join(', ')}`] : []),
    ],
    adjustments: adjustmentsOf(record),
  }
}

/** Where someone can be found, or that it is protected; undefined when nobody told. */
function whereabouts(attribute: Attribute<string> | Absence): string | undefined {
  if ('value' in attribute) return attribute.value
  return attribute.kind === 'restricted' ? absenceWords(attribute) : undefined
}

function optional<K extends string>(key: K, text: string | undefined): { readonly [P in K]?: string } {
  return (text ? { [key]: text } : {}) as { readonly [P in K]?: string }
}

const adjustmentsMax = 8

/** How to meet the person, as flags in force, entries of a GP record and languages say: adjustments and communication needs. */
export function adjustmentsOf({ flags, identity, tests }: PersonRecord): readonly string[] {
  const adjustments = flags
    .filter(
      ({ detail, title, status }) => status === '' && /adjust|communicat|accessib|NRAF/i.test(`${detail} ${title}`),
    )
    .map(({ title }) => title)
  const recorded = tests
    .filter(isAdjustment)
    .flatMap(({ readings }) => readings.filter(({ status }) => status !== 'entered-in-error').map(readingWords))
  const languages = identity.languages
    .map(({ text }) => text)
    .filter((text) => /preferred/.test(text) && !/^en(?:g|glish)?\b/i.test(text))
    .map((text) => `Speaks ${text.replace(' (preferred)', '')}`)
  return [...new Set([...adjustments, ...recorded, ...languages])].slice(0, adjustmentsMax)
}

const bannerAllergiesMax = 12

function allergyState({ allergies }: PersonRecord, person: string): AllergyState {
  const href = paths.patient(person, 'allergies')
  switch (allergies.state) {
    case 'known-allergies': {
      const known = allergies.allergies.filter(({ standing }) => standing !== 'resolved')
      // A very long list would hide the page beneath it: the gravest are named, the others counted, all one press away.
      const named = known.length > bannerAllergiesMax ? known.slice(0, bannerAllergiesMax - 1) : known
      const [first, ...rest] = named
        .map(
          (allergy): BannerAllergy => ({
            substance:
              allergy.standing === 'inactive' ? `${allergy.substance} (recorded as inactive)` : allergy.substance,
            ...optional('reaction', allergy.reactions.join(', ')),
            severe: allergy.severity === 'severe' || allergy.criticality === 'high',
          }),
        )
        .concat(known.length > named.length ? [{ substance: `and ${known.length - named.length} more allergies` }] : [])
      return first ? { state: 'known', allergies: [first, ...rest], href } : { state: 'not-recorded', href }
    }
    case 'no-known-allergies':
      return { state: 'none-known' }
    case 'not-recorded':
      return { state: 'not-recorded', href }
    case 'unavailable':
      return { state: 'unavailable', href, missing: allergies.unavailableFrom }
  }
}

export function factPath(person: string, { type, id }: Pick<Origin, 'type' | 'id'>): string {
  return paths.patient(person, 'facts', type, id)
}

const adding = {
  observation: 'Add readings',
  allergy: 'Add an allergy',
  problem: 'Add a problem',
  note: 'Add a note',
} as const

/** The way to write in this section; nothing for those who may not. */
export function AddHere({ model, kind }: { readonly model: RecordModel; readonly kind: keyof typeof adding }): Safe {
  return model.mayWrite ? (
    <p>
      <a href={paths.patient(model.person, 'add', kind)}>{adding[kind]}</a>
    </p>
  ) : (
    nothing
  )
}

/** One line for each organisation that says so, each leading to its lineage; further entries of the same organisations behind one press. */
export function Sources({
  model,
  origins,
  what,
}: {
  readonly model: RecordModel
  readonly origins: readonly Origin[]
  readonly what: string
}): Safe {
  const byOrganisation = new Map<string, Origin>()
  for (const origin of origins)
    if (!byOrganisation.has(origin.organisation)) byOrganisation.set(origin.organisation, origin)
  const first = [...byOrganisation.values()]
  const rest = origins.filter((origin) => !first.includes(origin))
  const line = (origin: Origin) => (
    <>
      <SourceLine
        organisation={origin.organisation}
        updated={new Date(origin.savedAt)}
        now={model.now}
        short
        href={factPath(model.person, origin)}
        what={what}
      />
      {origin.confirmedBy ? <div class="app-quiet">Confirmed by {listed(origin.confirmedBy)}</div> : undefined}
      {model.deliveries?.get(`${origin.type}/${origin.id}`)?.map((words) => (
        <div class="app-quiet">{words}</div>
      ))}
    </>
  )
  return (
    <>
      {first.map((origin, place) => (
        <>
          {place === 0 ? undefined : <br />}
          {place === 0 ? undefined : 'and '}
          {line(origin)}
        </>
      ))}
      {rest.length === 0 ? undefined : (
        <details class="app-source">
          <summary>{rest.length === 1 ? 'and 1 other entry' : `and ${rest.length} other entries`}</summary>
          {rest.slice(0, entriesMax).map((origin) => (
            <div>{line(origin)}</div>
          ))}
          {rest.length > entriesMax ? <div>The others stand in the timeline, each at its day.</div> : undefined}
        </details>
      )}
    </>
  )
}

const entriesMax = 24

/** Who says what, side by side. Nothing when all agree. */
export function Differences({
  model,
  differences,
}: {
  readonly model: RecordModel
  readonly differences: readonly Difference[]
}): Safe {
  if (differences.length === 0) return nothing
  return (
    <>
      {differences.map(({ about, sayings }) => (
        <div>
          <Tag text="Sources disagree" colour="orange" /> <strong>{about}</strong>
          <ul class="nhsuk-list">
            {sayings.map(({ text, origins }) => (
              <li>
                <span class="app-differ">{text}</span>{' '}
                {origins[0] ? (
                  <a href={factPath(model.person, origins[0])}>
                    {listed([...new Set(origins.map(({ organisation }) => organisation))])}
                  </a>
                ) : undefined}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  )
}

/** Why a whole list is empty: who answered, or who did not. */
export function NothingHere({ record }: { readonly record: PersonRecord }): Safe {
  return (
    <p>
      <Empty {...emptyReason(whyEmpty(record.sources))} />
    </p>
  )
}

function emptyReason(absence: Absence): EmptyReason {
  switch (absence.kind) {
    case 'none-recorded':
      return { why: 'none-recorded', organisations: absence.organisations }
    case 'not-available':
      return { why: 'not-available' }
    case 'not-shared':
    case 'restricted':
      return { why: 'not-shared' }
    case 'hidden-at-request':
      return { why: 'hidden' }
    case 'not-recorded':
      return { why: 'not-recorded' }
  }
}

/** One page of a long list, and the links to its neighbours. @param page from 1 */
export function paged<T>(
  all: readonly T[],
  page: number,
  href: (page: number) => string,
  size: number = rowsPerPage,
): { readonly rows: readonly T[]; readonly links: Safe; readonly words: string } {
  const pages = Math.max(1, Math.ceil(all.length / size))
  const at = Math.min(Math.max(1, page), pages)
  const neighbour = (number: number) =>
    number < 1 || number > pages ? undefined : { href: href(number), page: `${number} of ${pages}` }
  return {
    rows: all.slice((at - 1) * size, at * size),
    links: <Pagination previous={neighbour(at - 1)} next={neighbour(at + 1)} />,
    words: pages === 1 ? '' : `Page ${at} of ${pages}`,
  }
}

/** Words for screen readers and sight alike when there is another page. */
export function PageWords({ words }: { readonly words: string }): Safe {
  return words === '' ? nothing : <p class="app-quiet">{words}</p>
}
