/** What differs between the record at two moments: new, changed, gone, row by row and element by element, in words. Pure. */
import type { Absence, Attachment, Attribute, Difference, Entry, Origin, PartialDate, PersonRecord } from './model.ts'
import { dayWords } from './partial-date.ts'
import { readingWords } from './tests.ts'
import { sentence } from './words.ts'

export type Element = {
  readonly label: string
  /** Absent: it was not there. */
  readonly from?: string
  /** Absent: it is not there any more. */
  readonly to?: string
}

export type Change = {
  readonly kind: 'new' | 'changed' | 'gone'
  /** The row's own words, as they are at the later moment; of what is gone, as they were. */
  readonly what: string
  readonly elements: readonly Element[]
  /** Why it is gone, in words; '' otherwise. */
  readonly why: string
  /** Those that say so: facts that came, changed or went. */
  readonly origins: readonly Origin[]
}

export type ComparedSection = { readonly name: string; readonly changes: readonly Change[] }

/** A fact that had ended by the later moment. */
export type Ended = { readonly type: string; readonly id: string; readonly moved: boolean }

type Told = { readonly key: string; readonly label: string; readonly text: string }
type Row = {
  readonly what: string
  readonly told: readonly Told[]
  readonly origins: readonly Origin[]
  /** Marked as entered in error, withdrawn or refuted: it stands, and says that it does not count. */
  readonly void: boolean
}

/** Sections without a change are left out; the order is that of the record. */
export function compareRecords(
  from: PersonRecord,
  to: PersonRecord,
  ended: readonly Ended[],
): readonly ComparedSection[] {
  const went = new Map(ended.map((one) => [`${one.type}/${one.id}`, one]))
  const [before, after] = [rowsOf(from), rowsOf(to)]
  return [...new Set([...after.keys(), ...before.keys()])]
    .map((name) => ({ name, changes: changesOf(before.get(name) ?? [], after.get(name) ?? [], { went, to: after }) }))
    .filter(({ changes }) => changes.length > 0)
}

type Rows = ReadonlyMap<string, readonly Row[]>

function changesOf(
  before: readonly Row[],
  after: readonly Row[],
  { went, to }: { readonly went: ReadonlyMap<string, Ended>; readonly to: Rows },
): readonly Change[] {
  const byFact = new Map(before.flatMap((row) => row.origins.map((origin) => [factOf(origin), row] as const)))
  const stays = new Set([...to.values()].flat().flatMap(({ origins }) => origins.map(factOf)))
  const changed = after.flatMap((row): readonly Change[] => {
    const same = row.origins.map((origin) => byFact.get(factOf(origin))).find(Boolean)
    if (!same) return [{ kind: 'new', what: row.what, elements: news(row), why: '', origins: row.origins }]
    const old = new Map(same.origins.map((origin) => [factOf(origin), origin.savedAt]))
    const shown = differing(same, row)
    const elements = shown.length > 0 ? shown : toldBy(same, row)
    if (elements.length === 0) return []
    const touched = row.origins.filter((origin) => old.get(factOf(origin)) !== origin.savedAt)
    const origins = touched.length > 0 ? touched : row.origins
    return row.void && !same.void
      ? [{ kind: 'gone', what: row.what, elements, why: 'Marked by its source as wrong or withdrawn', origins }]
      : [{ kind: 'changed', what: row.what, elements, why: '', origins }]
  })
  const gone = before
    .filter(({ origins }) => !origins.some((origin) => stays.has(factOf(origin))))
    .map(
      (row): Change => ({ kind: 'gone', what: row.what, elements: [], why: whyGone(row, went), origins: row.origins }),
    )
  return [...changed, ...gone]
}

function whyGone({ origins }: Row, went: ReadonlyMap<string, Ended>): string {
  const ends = origins.map((origin) => went.get(factOf(origin)))
  if (ends.some((end) => end?.moved)) return 'Moved by its source to another person’s record'
  if (ends.some((end) => end !== undefined)) return 'Deleted by its source'
  return 'Its source’s Patient was parted from this person'
}

const factOf = ({ type, id }: Origin): string => `${type}/${id}`

const news = ({ told }: Row): readonly Element[] =>
  differing({ what: '', told: [], origins: [], void: false }, { what: '', told, origins: [], void: false })

/** Nothing that is shown differs: that others say so too, or that it was sent anew, is told all the same. */
function toldBy(before: Row, after: Row): readonly Element[] {
  const facts = ({ origins }: Row) => [...new Set(origins.map(factOf))].sort().join(' ')
  const versions = ({ origins }: Row) =>
    [...new Set(origins.map((origin) => `${factOf(origin)} ${origin.savedAt}`))].sort().join(' ')
  if (versions(before) === versions(after)) return []
  if (facts(before) === facts(after))
    return [{ label: 'Sent again', to: 'with nothing different that this comparison reads. Open it to be sure' }]
  const by = ({ origins }: Row) => {
    const entries = new Set(origins.map(factOf)).size
    return `${[...new Set(origins.map(({ organisation }) => organisation))].join(', ')}${entries > 1 ? ` (${entries} entries)` : ''}`
  }
  return [{ label: 'Told by', from: by(before), to: by(after) }]
}

function differing(before: Row, after: Row): readonly Element[] {
  const old = new Map(before.told.map((one) => [one.key, one]))
  const now = new Map(after.told.map((one) => [one.key, one]))
  const all = [...new Set([...now.keys(), ...old.keys()])].flatMap((key): readonly Element[] => {
    const [was, is] = [old.get(key)?.text ?? '', now.get(key)?.text ?? '']
    if (was === is) return []
    const label = now.get(key)?.label ?? old.get(key)?.label ?? ''
    const [from, to] = [excerpt(was, is), excerpt(is, was)]
    return [{ label, ...(was === '' ? {} : { from }), ...(is === '' ? {} : { to }) }]
  })
  // A medicine that one source tells of has that source's status as its own: said once.
  return [...new Map(all.map((element) => [JSON.stringify(element), element])).values()]
}

const excerptMax = 240

/** Long words from shortly before the first place where they differ. */
function excerpt(words: string, other: string): string {
  if (words.length <= excerptMax) return words
  let same = 0
  while (same < words.length && words[same] === other[same]) same += 1
  // Never the second half of a character.
  const begin = other === '' ? 0 : Math.max(0, same - 60)
  const shown = words
    .slice(begin, begin + excerptMax)
    .toWellFormed()
    .replaceAll('\uFFFD', '')
  return `${begin > 0 ? '… ' : ''}${shown}${begin + excerptMax < words.length ? ' …' : ''}`
}

/** Each source's word where they differ: the row shows them, so a comparison does. */
function differencesTold(differences: readonly Difference[]): readonly Told[] {
  return differences.map(({ about, sayings }) => ({
    key: `difference ${about}`,
    label: `${about}, sources disagree`,
    text: sayings
      .map(
        ({ text, origins }) => `${text} (${[...new Set(origins.map(({ organisation }) => organisation))].join(', ')})`,
      )
      .join('; '),
  }))
}

/** What a letter says, part by part. */
function partTold(part: Attachment, place: number): Told {
  const text = (): string => {
    switch (part.kind) {
      case 'text':
        return part.text
      case 'narrative':
        return part.blocks
          .map((block) =>
            block.kind === 'list'
              ? block.items.join('; ')
              : block.kind === 'table'
                ? block.rows.map((row) => row.join(', ')).join('; ')
                : block.text,
          )
          .join(' ')
      case 'file':
        return `${part.title} (${part.contentType}, ${part.sizeBytes} bytes)`
      case 'elsewhere':
        return part.title
    }
  }
  return { key: `part ${place}`, label: part.title || `Part ${place + 1}`, text: text() }
}

const one = (label: string, text: string): Told => ({ key: label, label, text })
const day = (label: string, date: PartialDate | undefined): Told => one(label, date === undefined ? '' : dayWords(date))
const wordsOf = (value: string): string => (value === 'not-recorded' ? 'Not recorded' : sentence(value))

function rowsOf(record: PersonRecord): Rows {
  const rows = new Map<string, Row[]>()
  const add = (section: string, row: Row) => {
    const all = rows.get(section)
    if (all) all.push(row)
    else rows.set(section, [row])
  }
  for (const row of personRows(record)) add('Who this is', row)
  for (const row of contactRows(record)) add('Contacts', row)
  const { allergies, withdrawn, negatives } = record.allergies
  for (const {
    substance,
    standing,
    kind,
    reactions,
    severity,
    criticality,
    certainty,
    recordedOn,
    differences,
    origins,
  } of [...allergies, ...withdrawn])
    add('Allergies', {
      what: substance,
      void: standing === 'entered-in-error' || standing === 'refuted',
      origins,
      told: [
        one('Substance', substance),
        one('Status', wordsOf(standing)),
        one('Kind', wordsOf(kind)),
        one('Reactions', reactions.join(', ')),
        one('Severity', wordsOf(severity)),
        one('Criticality', wordsOf(criticality)),
        one('Certainty', certainty),
        day('Recorded', recordedOn),
        ...differencesTold(differences),
      ],
    })
  for (const { text, recordedOn, origins } of negatives)
    add('Allergies', { what: text, void: false, origins, told: [one('Entry', text), day('Recorded', recordedOn)] })
  for (const { title, status, certainty, since, ended, notes, differences, origins } of record.problems)
    add('Problems', {
      what: title,
      void: status === 'entered-in-error' || status === 'refuted',
      origins,
      told: [
        one('Problem', title),
        one('Status', wordsOf(status)),
        one('Certainty', certainty),
        day('Since', since),
        day('Ended', ended),
        one('Notes', notes.join(' ')),
        ...differencesTold(differences),
      ],
    })
  for (const medicine of record.medicines) add('Medicines', medicineRow(medicine))
  for (const test of [...record.tests, ...record.vitalSigns]) add('Tests and readings', testRow(test))
  for (const { title, type, when, author, status, attachments, origins } of record.letters)
    add('Letters', {
      what: title,
      void: status === 'entered-in-error',
      origins,
      told: [
        one('Title', title),
        one('Kind', type === title ? '' : type),
        day('Dated', when),
        one('Author', author),
        one('Status', sentence(status)),
        one('Parts', String(attachments.length)),
        ...attachments.map(partTold),
      ],
    })
  for (const entry of entriesOf(record)) add(entry.kind, entryRow(entry))
  return rows
}

function personRows({ identity }: PersonRecord): readonly Row[] {
  const named: readonly (readonly [string, Attribute<unknown> | Absence | undefined])[] = [
    ['Name', identity.name],
    ['Date of birth', identity.bornOn],
    ['Sex', identity.sex],
    ['NHS number', identity.nhsNumber],
    ['Address', identity.address],
    ['Phone', identity.phone],
    ['GP practice', identity.gpPractice],
    ['Died', identity.died],
  ]
  const told = named.map(([label, said]) => one(label, said && 'text' in said ? said.text : ''))
  const origins = named.flatMap(([, said]) =>
    said && 'sayings' in said ? said.sayings.flatMap((saying) => saying.origins) : [],
  )
  const each = [...new Map(origins.map((origin) => [factOf(origin), origin])).values()]
  return each.length === 0 ? [] : [{ what: 'Details of the person', told, origins: each, void: false }]
}

/** All contacts are one row: one Patient may name many. */
function contactRows({ identity: { contacts } }: PersonRecord): readonly Row[] {
  if (contacts.length === 0) return []
  const origins = [
    ...new Map(contacts.flatMap((contact) => contact.origins).map((origin) => [factOf(origin), origin])).values(),
  ]
  const told = contacts.map(({ name, relation, phone }) => ({
    key: `${relation} ${name}`,
    label: relation || 'Contact',
    text: [name, phone].filter(Boolean).join(', '),
  }))
  return [{ what: 'Contacts', void: false, told, origins }]
}

function medicineRow({ name, status, sayings, origins }: PersonRecord['medicines'][number]): Row {
  return {
    what: name,
    void: status === 'entered-in-error',
    origins,
    told: [
      one('Medicine', name),
      one('Status', wordsOf(status)),
      ...sayings.flatMap((saying, place): readonly Told[] => {
        const [first] = saying.origins
        const by = sayings.length > 1 && first ? ` (${first.organisation})` : ''
        const about = (label: string, text: string): Told => ({
          key: `${label} ${first ? factOf(first) : place}`,
          label: `${label}${by}`,
          text,
        })
        const on = (date: PartialDate | undefined) => (date === undefined ? '' : dayWords(date))
        return [
          about('Written as', saying.name === name ? '' : saying.name),
          about('Status', wordsOf(saying.status)),
          about('Dose', saying.dose),
          about('Started', on(saying.started)),
          about('Ended', on(saying.ended)),
          about('Last issued', on(saying.lastIssued)),
          about('Reason', saying.statusReason),
        ]
      }),
    ],
  }
}

function testRow({ name, readings, origins }: PersonRecord['tests'][number]): Row {
  return {
    what: name,
    void: false,
    origins,
    told: readings.map((reading, place) => {
      const [origin] = reading.origins
      const marks = [reading.flag, sentence(reading.status), reading.comment].filter(Boolean).join('. ')
      return {
        key: origin ? factOf(origin) : String(place),
        label: reading.when === undefined ? 'Reading with no date' : dayWords(reading.when),
        text: [
          `${readingWords(reading)}${marks === '' ? '' : ` (${marks})`}`,
          reading.range === '' ? '' : `range ${reading.range}`,
          reading.called === '' ? '' : `called “${reading.called}”`,
        ]
          .filter(Boolean)
          .join(', '),
      }
    }),
  }
}

/** Every other entry, each once, whichever lists it stands in. */
function entriesOf(record: PersonRecord): readonly Entry[] {
  const { encounters, immunisations, procedures, appointments, referrals, carePlans, flags, headings, other } = record
  const lists = [
    flags,
    carePlans,
    ...Object.values(headings),
    encounters,
    appointments,
    referrals,
    procedures,
    immunisations,
    other,
  ]
  const each = new Map<string, Entry>()
  for (const entry of lists.flat()) {
    const key = entry.origins.map(factOf).join(' ')
    if (entry.kind !== 'Patient details' && !each.has(key)) each.set(key, entry)
  }
  return [...each.values()]
}

function entryRow({ title, detail, when, until, status, people, particulars = [], origins }: Entry): Row {
  return {
    what: title,
    void: /^entered in error$/i.test(status),
    origins,
    told: [
      one('Entry', title),
      one('Detail', detail),
      day('From', when),
      day('Until', until),
      one('Status', status),
      one('People', people.join(', ')),
      ...particulars.map(({ label, text }, place) => ({ key: `part ${place} ${label}`, label, text })),
    ],
  }
}
