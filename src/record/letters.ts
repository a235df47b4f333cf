/** Letters, reports and documents: their text shown safely; pictures and PDF known by their own bytes, all other files only downloads (hazards H-10, H-36). */
import type {
  Composition,
  CompositionSection,
  DiagnosticReport,
  DocumentReference,
  Attachment as FhirAttachment,
  Identifier,
} from 'fhir/r4.js'
import { fileKind, fileTypes } from './file-kind.ts'
import { type Held, type HeldFact, list, text } from './held.ts'
import type { Attachment, Block, Letter } from './model.ts'
import { readNarrative } from './narrative.ts'
import { earliestMs, newestFirst } from './partial-date.ts'
import { isRtf, readRtf } from './rtf.ts'
import { conceptList, conceptWords, referenceWords } from './words.ts'

type LetterFact = HeldFact<DocumentReference | Composition | DiagnosticReport>

export function readLetters(held: Held): readonly Letter[] {
  const facts: readonly LetterFact[] = [
    ...held.of('DocumentReference', 'Composition'),
    ...held.of('DiagnosticReport').filter(({ resource }) => saysInWords(resource)),
  ]
  return oneOfEachDocument(held, facts).sort((a, b) => newestFirst(a, b) || a.title.localeCompare(b.title))
}

/**
 * A clinical document comes as its words (Composition) and as the file that they were read from (DocumentReference with the same identifier):
 * one letter. Two rows would offer a reader one that says its text was not sent, while it stands in the other (hazard H-10).
 */
function oneOfEachDocument(held: Held, facts: readonly LetterFact[]): Letter[] {
  const words = new Map<string, LetterFact>()
  for (const fact of facts) {
    const name = fact.resource.resourceType === 'Composition' ? documentName(fact.resource.identifier, fact) : ''
    if (name !== '') words.set(name, fact)
  }
  const taken = new Set<LetterFact>()
  const files = facts.flatMap((fact) => {
    if (fact.resource.resourceType === 'Composition') return []
    const letter = letterOf(held, fact)
    const name =
      fact.resource.resourceType === 'DocumentReference' ? documentName(fact.resource.masterIdentifier, fact) : ''
    const told = words.get(name)
    if (told === undefined || taken.has(told)) return [letter]
    taken.add(told)
    const { attachments, origins } = letterOf(held, told)
    return [
      {
        ...letter,
        attachments: [...attachments, ...letter.attachments.filter((_, index) => !isWhole(fact.resource, index))],
        origins: [...origins, ...letter.origins],
      },
    ]
  })
  const others = facts.filter((fact) => fact.resource.resourceType === 'Composition' && !taken.has(fact))
  return [...files, ...others.map((fact) => letterOf(held, fact))]
}

/** The document named by the hash of its own bytes: its words are here, and its original is one press away. */
function isWhole(resource: LetterFact['resource'], index: number): boolean {
  if (resource.resourceType !== 'DocumentReference') return false
  const attachment = list(resource.content)[index]?.attachment
  return text(attachment?.url).startsWith('ni:') && text(attachment?.data) === ''
}

function documentName(identifier: Identifier | undefined, { origin }: LetterFact): string {
  const value = text(identifier?.value)
  return value === '' ? '' : `${origin.source}|${text(identifier?.system)}|${value}`
}

// A laboratory report that only lists its results is read under tests; one with words or files is a letter too.
function saysInWords(report: DiagnosticReport): boolean {
  return (
    list(report.presentedForm).length > 0 ||
    text(report.conclusion) !== '' ||
    (list(report.result).length === 0 && text(report.text?.div) !== '')
  )
}

function letterOf(held: Held, { resource, origin }: LetterFact): Letter {
  const { title, type, when, author } = outsideOf(held, resource)
  const date = when.map(text).find((one) => earliestMs(one) !== undefined)
  return {
    key: `${resource.resourceType}-${origin.id}`,
    title: title || type || 'Document with no title recorded',
    type,
    ...(date === undefined ? {} : { when: date }),
    author,
    status: ordinary.has(text(resource.status)) ? '' : text(resource.status),
    attachments: contentsOf(held, resource).map(({ attachment }) => attachment),
    origins: [origin],
  }
}

const ordinary = new Set(['current', 'final', ''])

function outsideOf(held: Held, resource: LetterFact['resource']) {
  const authors = (references: DocumentReference['author']) =>
    list(references)
      .map((reference) => referenceWords(held, reference, resource))
      .filter(Boolean)
      .join(', ')
  switch (resource.resourceType) {
    case 'DocumentReference':
      return {
        title:
          text(resource.description) ||
          list(resource.content)
            .map(({ attachment }) => text(attachment?.title))
            .find(Boolean) ||
          '',
        type: conceptWords(resource.type) || (conceptList(resource.category)[0] ?? ''),
        when: [resource.context?.period?.start, resource.date, list(resource.content)[0]?.attachment?.creation],
        author: authors(resource.author) || referenceWords(held, resource.custodian, resource),
      }
    case 'Composition':
      return {
        title: text(resource.title),
        type: conceptWords(resource.type),
        when: [resource.date],
        author: authors(resource.author) || referenceWords(held, resource.custodian, resource),
      }
    case 'DiagnosticReport':
      return {
        title: conceptWords(resource.code),
        type: conceptList(resource.category)[0] ?? 'Report',
        when: [resource.effectiveDateTime, resource.effectivePeriod?.start, resource.issued],
        author: authors(resource.performer),
      }
  }
}

type Content = { readonly attachment: Attachment; readonly bytes?: () => Uint8Array }

function contentsOf(held: Held, resource: LetterFact['resource']): readonly Content[] {
  switch (resource.resourceType) {
    case 'DocumentReference': {
      const contents = list(resource.content).map(({ attachment }, index) =>
        attached(held, resource, { attachment, index }),
      )
      return contents.length > 0 ? contents : narrated('', resource.text?.div)
    }
    case 'Composition': {
      const sections = list(resource.section).flatMap((section) => sectionContents(held, resource, section))
      return sections.length > 0 ? sections : narrated('', resource.text?.div)
    }
    case 'DiagnosticReport': {
      const files = list(resource.presentedForm).map((attachment, index) =>
        attached(held, resource, { attachment, index }),
      )
      const words: Content[] = text(resource.conclusion)
        ? [{ attachment: { kind: 'text', title: 'Conclusion', text: text(resource.conclusion) } }]
        : []
      return words.length + files.length > 0 ? [...words, ...files] : narrated('', resource.text?.div)
    }
  }
}

function narrated(title: string, div: string | undefined): readonly Content[] {
  const blocks = readNarrative(text(div))
  return blocks.length > 0 ? [{ attachment: { kind: 'narrative', title, blocks } }] : []
}

function sectionContents(held: Held, resource: Composition, section: CompositionSection): readonly Content[] {
  const title = text(section.title) || conceptWords(section.code)
  const own = narrated(title, section.text?.div)
  const inner = list(section.section).flatMap((part) => sectionContents(held, resource, part))
  if (own.length + inner.length > 0) return [...own, ...inner]
  // A section without words names the facts it holds, or says why it is empty.
  const entries = list(section.entry)
    .map((entry) => referenceWords(held, entry, resource))
    .filter(Boolean)
  const said =
    entries.length > 0
      ? [{ kind: 'list', items: entries } as const]
      : [{ kind: 'paragraph', text: conceptWords(section.emptyReason) || 'Nothing written' } as const]
  return title || entries.length > 0 ? [{ attachment: { kind: 'narrative', title, blocks: said } }] : []
}

function attached(
  held: Held,
  resource: LetterFact['resource'],
  { attachment, index }: { readonly attachment: FhirAttachment | undefined; readonly index: number },
): Content {
  const title = text(attachment?.title)
  const target = attachment?.url === undefined ? undefined : held.follow(attachment.url, resource)
  const data = text(attachment?.data) || (target?.resourceType === 'Binary' ? text(target.data) : '')
  const contentType =
    (text(attachment?.contentType) || (target?.resourceType === 'Binary' ? text(target.contentType) : ''))
      .split(';')[0]
      ?.trim()
      .toLowerCase() || 'application/octet-stream'
  if (data === '') return { attachment: { kind: 'elsewhere', title: title || text(attachment?.url) } }
  const bytes = () => new Uint8Array(Buffer.from(data, 'base64'))
  const head = new Uint8Array(Buffer.from(data.slice(0, 64).replaceAll(/\s/g, ''), 'base64'))
  const kind = fileKind(head)
  if (isRtf(head) && data.length <= wordsMax) {
    const words = readRtf(bytes())
    if (words !== '') return { attachment: { kind: 'text', title, text: words }, bytes }
  }
  if (contentType === 'text/plain' && kind === undefined)
    return { attachment: { kind: 'text', title, text: new TextDecoder().decode(bytes()) }, bytes }
  if (kind === undefined && (contentType === 'text/html' || contentType === 'application/xhtml+xml')) {
    const blocks: readonly Block[] = readNarrative(new TextDecoder().decode(bytes()))
    if (blocks.length > 0) return { attachment: { kind: 'narrative', title, blocks }, bytes }
  }
  const sizeBytes = Math.floor((data.replace(/=+$/, '').length * 3) / 4)
  const shows = kind === 'pdf' ? 'pdf' : kind !== undefined && sizeBytes <= pictureBytesMax ? 'image' : undefined
  return {
    attachment: {
      kind: 'file',
      title,
      contentType: kind === undefined ? contentType : fileTypes[kind],
      sizeBytes,
      index,
      ...(shows === undefined ? {} : { shows }),
    },
    bytes,
  }
}

// Letters of base64: what is longer is no letter of words.
const wordsMax = 4_000_000
const pictureBytesMax = 10_000_000

/** @property shows absent: for saving only, under a type that no browser runs */
export type LetterFile = {
  readonly contentType: string
  readonly bytes: Uint8Array
  readonly shows?: 'image' | 'pdf'
}

/** A letter's file by its index, and what its own bytes say that it is; undefined when there is none. */
export function letterFile(held: Held, key: string, index: number): LetterFile | undefined {
  for (const { resource, origin } of [...held.of('DocumentReference'), ...held.of('DiagnosticReport')]) {
    if (`${resource.resourceType}-${origin.id}` !== key) continue
    for (const { attachment, bytes } of contentsOf(held, resource))
      if (attachment.kind === 'file' && attachment.index === index && bytes)
        return {
          contentType: attachment.contentType,
          bytes: bytes(),
          ...(attachment.shows === undefined ? {} : { shows: attachment.shows }),
        }
  }
  return undefined
}
