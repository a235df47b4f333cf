/** Pages of several headings of the record standard: each heading with its count, its entries in full, or why there are none. */
import { Card, type Child, longDate, type Safe, SummaryList, Tag } from '../../design/index.ts'
import { type Entry, hiddenWords, sentences } from '../../record/index.ts'
import { When } from './entries.tsx'
import {
  Missing,
  NothingHere,
  PageWords,
  type RecordModel,
  RecordPage,
  type SectionName,
  Sources,
  sectionPath,
} from './frame.tsx'
import { letterPath } from './letters.tsx'
import { pagesOf } from './pages-of.ts'

export type Group = {
  /** Fit for an address: `#crisis`. */
  readonly id: string
  readonly heading: string
  readonly entries: readonly Entry[]
  /** A sentence beneath the heading. */
  readonly lead?: Child
}

export function GroupsPage({
  model,
  section,
  title,
  groups,
  page,
  above,
}: {
  readonly model: RecordModel
  readonly section: SectionName
  readonly title: string
  readonly groups: readonly Group[]
  /** From 1. */
  readonly page: number
  readonly above?: Child
}): Safe {
  const path = sectionPath(model.person, section)
  const lines = groups.flatMap((group) => group.entries.map((entry) => ({ group, entry })))
  const { rows, links, words, first } = pagesOf(
    lines,
    ({ entry }) => costOf(entry),
    page,
    (number) => `${path}?page=${number}`,
  )
  return (
    <RecordPage model={model} section={section} title={title}>
      <h1>{title}</h1>
      <Missing model={model} retry={path} />
      <PageWords words={words} />
      {first ? above : undefined}
      {groups.map((group) => {
        const shown = rows.filter((row) => row.group === group).map(({ entry }) => entry)
        if (shown.length === 0 && (group.entries.length > 0 || !first)) return undefined
        return (
          <Card
            heading={group.entries.length === 0 ? group.heading : `${group.heading}: ${group.entries.length}`}
            id={group.id}
          >
            {group.lead}
            {shown.length === 0 ? <NothingHere record={model.record} /> : undefined}
            {shown.map((entry) => (
              <FullEntry model={model} entry={entry} />
            ))}
          </Card>
        )
      })}
      {links}
    </RecordPage>
  )
}

const wordsMax = 1_500

/** About as many elements as it takes on the page, its words counted too. */
function costOf({ detail, particulars = [] }: Entry): number {
  return particulars.reduce((sum, { text }) => sum + 3 + Math.min(text.length, wordsMax) / 60, 12 + detail.length / 60)
}

/** One entry with all its parts. A letter's leads to the letter. */
export function FullEntry({ model, entry }: { readonly model: RecordModel; readonly entry: Entry }): Safe {
  const { title, detail, status, people, particulars = [], origins, key } = entry
  const hidden = title === hiddenWords
  const href = key !== undefined && !hidden ? letterPath(model.person, key) : undefined
  return (
    <div class="app-entry">
      <h3>
        {href === undefined ? title : <a href={href}>{title}</a>}{' '}
        {status ? <Tag text={status} colour="grey" /> : undefined}
      </h3>
      <p class="app-quiet">
        <When entry={entry} />
        {people.length > 0 ? `, ${people.join(', ')}` : ''}
      </p>
      {hidden ? (
        <p>A safeguarding entry. Your role may not see what it says; the organisation can tell you.</p>
      ) : undefined}
      {detail && !hidden && particulars.length === 0 ? <p>{detail}</p> : undefined}
      {particulars.length === 0 ? undefined : (
        <SummaryList rows={particulars.map(({ label, text }) => ({ key: label, value: shortened(text, href) }))} />
      )}
      <div>
        <Sources model={model} origins={origins} what={title} />
      </div>
    </div>
  )
}

function shortened(text: string, href: string | undefined): Child {
  if (text.length <= wordsMax) return text
  return (
    <>
      {text.slice(0, wordsMax)}… {href === undefined ? 'More in the original.' : <a href={href}>Read all of it</a>}
    </>
  )
}

/** A plan or decision in short: the beginning of each part, since whom to ring and what to avoid often stand last (hazard H-70). */
export function inShort({ detail, particulars = [] }: Entry): string {
  if (particulars.length === 0) return detail
  const parts = particulars.slice(0, partsMax)
  return sentences(
    ...parts.map(
      ({ label, text }) => `${label}: ${text.length > partMax ? `${text.slice(0, partMax)}… (goes on)` : text}`,
    ),
    particulars.length > parts.length ? `${particulars.length - parts.length} more parts: read in full` : '',
  )
}

const partsMax = 6
const partMax = 240

export function sinceWords({ when }: Entry): string {
  return when === undefined ? 'date not recorded' : longDate(when)
}
