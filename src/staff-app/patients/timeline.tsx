import { Button, counted, Events, type Safe, Select, Timeline, type TimelineEvent } from '../../design/index.ts'
import { type Entry, type EntryKind, isToCome, sentences } from '../../record/index.ts'
import { paths } from '../paths.ts'
import {
  Missing,
  NothingHere,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  type SectionName,
  Sources,
  sectionPath,
} from './frame.tsx'
import { letterPath } from './letters.tsx'
import { SearchThisRecord } from './search.tsx'
import { testPath } from './tests.tsx'

/** What the reader asked to see: '' is all. */
export type TimelineFilter = { readonly kind: string; readonly source: string; readonly page: number }

/** All dated facts, newest first, by kind and organisation. The filter is a GET form: it works without script, and has an address. */
export function timelineView(model: RecordModel, filter: TimelineFilter): Safe {
  const path = sectionPath(model.person, 'timeline')
  const all = model.record.events
  const chosen = all.filter(
    (entry) =>
      (filter.kind === '' || entry.kind === filter.kind) &&
      (filter.source === '' || entry.origins.some(({ source }) => source === filter.source)),
  )
  const query = (changes: Partial<TimelineFilter>) => address(path, { ...filter, ...changes })
  const { rows: shown, links, words } = paged(chosen, filter.page, (page) => query({ page }))
  const rows = shown.map(({ entry }) => entry())
  const ahead = rows.filter((entry) => isToCome(entry, model.now))
  const happened = rows.filter((entry) => !isToCome(entry, model.now))
  const organisations = new Map(
    all.flatMap(({ origins }) => origins.map(({ source, organisation }) => [source, organisation] as const)),
  )
  const named = (source: string): string => feedName(model, organisations, source)
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort()
  const filtered = filter.kind !== '' || filter.source !== ''
  return (
    <RecordPage model={model} section="timeline" title="Timeline">
      <div class="app-title">
        <h1>Timeline: {counted(chosen.length, 'entry', 'entries')}</h1>
        <SearchThisRecord person={model.person} />
      </div>
      <Missing model={model} retry={query({})} />
      <form action={path} method="get" class="app-buttons">
        <Select
          name="kind"
          label="Kind"
          choices={[
            { value: '', text: 'All kinds', checked: filter.kind === '' },
            ...kinds.map((kind) => ({ value: kind, text: kind, checked: kind === filter.kind })),
          ]}
        />
        <Select
          name="from"
          label="Organisation"
          choices={[
            { value: '', text: 'All organisations', checked: filter.source === '' },
            ...[...organisations.keys()].map((source) => ({
              value: source,
              text: named(source),
              checked: source === filter.source,
            })),
          ]}
        />
        <Button text="Apply" look="secondary" />
        {filter.kind ? <a href={query({ kind: '', page: 1 })}>Remove “{filter.kind}”</a> : undefined}
        {filter.source ? <a href={query({ source: '', page: 1 })}>Remove “{named(filter.source)}”</a> : undefined}
      </form>
      {all.length === 0 ? <NothingHere record={model.record} /> : undefined}
      {filtered && chosen.length === 0 ? <p>Nothing in the timeline fits this choice.</p> : undefined}
      <PageWords words={words} />
      {ahead.length > 0 ? (
        <>
          <h2 class="app-timeline__year">Still to come</h2>
          <Events events={ahead.map((entry) => timelineEvent(model, entry))} />
        </>
      ) : undefined}
      <Timeline events={happened.map((entry) => timelineEvent(model, entry))} />
      {links}
    </RecordPage>
  )
}

/** The organisation; with its feed's name when it has several, so that no two choices read alike. */
function feedName({ record }: RecordModel, organisations: ReadonlyMap<string, string>, source: string): string {
  const organisation = organisations.get(source)
  if (organisation === undefined) return 'organisation'
  const several = [...organisations.values()].filter((name) => name === organisation).length > 1
  const feed = record.sources.find((one) => one.source === source)?.name
  return several && feed !== undefined && feed !== organisation ? `${organisation}: ${feed}` : organisation
}

function address(path: string, { kind, source, page }: TimelineFilter): string {
  const query = new URLSearchParams({
    ...(kind && { kind }),
    ...(source && { from: source }),
    ...(page > 1 && { page: String(page) }),
  }).toString()
  return query === '' ? path : `${path}?${query}`
}

export function timelineEvent(model: RecordModel, entry: Entry): TimelineEvent {
  const href = entryPath(model, entry)
  const summary = sentences(entry.status, entry.detail, entry.people.join(', '))
  return {
    ...(entry.when === undefined ? {} : { on: entry.when }),
    kind: entry.kind,
    title: entry.title,
    ...(href === undefined ? {} : { href }),
    ...(summary === '' ? {} : { summary }),
    source: <Sources model={model} origins={entry.origins} what={entry.title} />,
  }
}

const sectionOf: Partial<Record<EntryKind, SectionName>> = {
  Problem: 'problems',
  Medicine: 'medicines',
  Allergy: 'allergies',
  'Care plan': 'care-plans',
  'Care package': 'social-care',
  Vaccination: 'history',
  Procedure: 'history',
  Referral: 'referrals',
  Appointment: 'referrals',
  Task: 'referrals',
  'About me': 'about',
  Legal: 'care-plans',
}

/** Where more is told of an entry; absent: its source line leads to all there is. */
export function entryPath({ person, record }: RecordModel, { kind, key, origins }: Entry): string | undefined {
  if (key !== undefined && record.letters.some((letter) => letter.key === key)) return letterPath(person, key)
  if (key !== undefined && (kind === 'Test' || kind === 'Reading')) return testPath(person, key)
  const section = sectionOf[kind]
  if (section) return sectionPath(person, section)
  const [first] = origins
  return first ? paths.patient(person, 'facts', first.type, first.id) : undefined
}
