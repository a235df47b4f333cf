/** Finding words anywhere in one record: every section, and the text of letters. Pure: nothing is looked up again. */
import type { Attachment, Entry, Letter, Origin, PartialDate, PersonRecord } from './model.ts'
import { earliestMs } from './partial-date.ts'
import { valueText } from './tests.ts'

/** Where a hit stands: a section of the record, or one letter or test of it. */
export type HitPlace =
  | { readonly section: 'problems' | 'medicines' | 'allergies' | 'contacts' }
  | { readonly section: 'tests' | 'letters'; readonly key: string }
  | { readonly section: 'fact' }

export type Hit = {
  readonly kind: string
  readonly title: string
  /** The words around the first hit, as written; '' when the title says it all. */
  readonly around: string
  readonly when?: PartialDate
  readonly place: HitPlace
  readonly origins: readonly Origin[]
}

type Found = Omit<Hit, 'around'> & { readonly words: readonly string[] }

/** All that holds every word of `typed`, newest first. A word matches where a word begins so: `pneu` finds pneumonia. */
export function searchRecord(record: PersonRecord, typed: string): readonly Hit[] {
  const wanted = wordsOf(typed)
  if (wanted.length === 0) return []
  return candidates(record)
    .flatMap(({ words, ...hit }): readonly Hit[] => {
      const text = words.filter((part) => part !== '').join(' · ')
      const folded = ` ${wordsOf(`${hit.title} ${text}`).join(' ')}`
      return wanted.every((word) => folded.includes(` ${word}`)) ? [{ ...hit, around: around(text, wanted) }] : []
    })
    .sort((a, b) => (earliestMs(b.when) ?? 0) - (earliestMs(a.when) ?? 0))
}

/** How many files of letters hold text that cannot be searched: pictures, PDF and others. */
export function unsearchedFiles({ letters }: Pick<PersonRecord, 'letters'>): number {
  return letters.flatMap(({ attachments }) => attachments).filter(({ kind }) => kind === 'file' || kind === 'elsewhere')
    .length
}

function wordsOf(text: string): readonly string[] {
  return fold(text)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

const aroundMax = 160

function around(text: string, wanted: readonly string[]): string {
  const at = wanted
    .map((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word}`, 'iu').exec(text)?.index ?? -1)
    .filter((index) => index >= 0)
    .sort((a, b) => a - b)[0]
  if (at === undefined) return text.length <= aroundMax ? text : `${text.slice(0, aroundMax)}…`
  const from = Math.max(0, at - 50)
  const part = text.slice(from, from + aroundMax)
  return `${from > 0 ? '…' : ''}${part}${from + aroundMax < text.length ? '…' : ''}`
}

function candidates(record: PersonRecord): readonly Found[] {
  const { problems, medicines, allergies, tests, vitalSigns, letters, identity, headings, timeline, other } = record
  const told = new Set<string>()
  const dated = (when: PartialDate | undefined) => (when === undefined ? {} : { when })
  const found: Found[] = [
    ...problems.map(({ title, since, notes, certainty, code, origins }) => ({
      kind: 'Problem',
      title,
      words: [...notes, certainty, code ?? ''],
      ...dated(since),
      place: { section: 'problems' } as const,
      origins,
    })),
    ...medicines.map(({ name, sayings, origins }) => ({
      kind: 'Medicine',
      title: name,
      words: sayings.flatMap((saying) => [saying.name === name ? '' : saying.name, saying.dose, saying.statusReason]),
      ...dated(sayings.map(({ started, lastIssued }) => lastIssued ?? started).find((date) => date !== undefined)),
      place: { section: 'medicines' } as const,
      origins,
    })),
    ...[...allergies.allergies, ...allergies.withdrawn].map(({ substance, reactions, recordedOn, origins }) => ({
      kind: 'Allergy',
      title: substance,
      words: reactions,
      ...dated(recordedOn),
      place: { section: 'allergies' } as const,
      origins,
    })),
    ...allergies.negatives.map(({ text, recordedOn, origins }) => ({
      kind: 'Allergy',
      title: text,
      words: [],
      ...dated(recordedOn),
      place: { section: 'allergies' } as const,
      origins,
    })),
    ...[...tests, ...vitalSigns].map(({ key, name, readings, origins }) => ({
      kind: 'Test',
      title: name,
      words: readings.flatMap(({ called, comment, values, flag }) => [
        called,
        ...values.flatMap(({ name: part, value }) => [part, value.kind === 'text' ? valueText(value) : '']),
        flag,
        comment,
      ]),
      ...dated(readings[0]?.when),
      place: { section: 'tests', key } as const,
      origins,
    })),
    ...letters.map(letterFound),
    ...identity.contacts.map(({ name, relation, origins }) => ({
      kind: 'Contact',
      title: name,
      words: [relation],
      place: { section: 'contacts' } as const,
      origins,
    })),
  ]
  for (const { origins } of found) for (const origin of origins) told.add(keyOf(origin))
  const entries: Found[] = []
  for (const entry of [
    ...Object.values(headings).flat(),
    ...timeline,
    ...record.flags,
    ...record.carePlans,
    ...other,
  ]) {
    const own = entry.origins.map(keyOf)
    // What a section above tells in full is found there.
    if (own.length > 0 && own.every((key) => told.has(key))) continue
    for (const key of own) told.add(key)
    entries.push(entryFound(entry))
  }
  return [...found, ...entries]
}

function letterFound({ key, title, type, author, when, attachments, origins }: Letter): Found {
  return {
    kind: 'Letter',
    title,
    words: [type === title ? '' : type, author, ...attachments.flatMap(textOf)],
    ...(when === undefined ? {} : { when }),
    place: { section: 'letters', key },
    origins,
  }
}

function textOf(attachment: Attachment): readonly string[] {
  if (attachment.kind === 'text') return [attachment.title, attachment.text.replaceAll(/\s+/g, ' ')]
  if (attachment.kind !== 'narrative') return [attachment.title]
  return [
    attachment.title,
    ...attachment.blocks.flatMap((block) =>
      block.kind === 'list'
        ? block.items
        : block.kind === 'table'
          ? block.rows.map((row) => row.join(', '))
          : [block.text],
    ),
  ]
}

function entryFound({ kind, title, detail, people, particulars = [], when, origins }: Entry): Found {
  return {
    kind,
    title,
    words: [detail, ...particulars.map(({ label, text }) => `${label}: ${text}`), ...people],
    ...(when === undefined ? {} : { when }),
    place: { section: 'fact' },
    origins,
  }
}

function keyOf({ type, id }: Origin): string {
  return `${type}/${id}`
}
