/**
 * The summary as a letter: a tagged PDF of real text, with title and language, whose every page says whom it is about, as at when, and which
 * page of how many it is (hazards H-43, H-44). The same summary at the same moment gives the same bytes.
 * @see ISO 14289-1 (PDF/UA); PDF 32000-1 §14.7, §14.8
 */
import PDFDocument from 'pdfkit'
import { dateAndTime } from '../../design/index.ts'
import { showText } from './letters-shown.ts'
import { type Summary, type SummarySection, safeguardingWords } from './summarise.ts'

export type LetterAbout = {
  /** Who took it out: name, role and organisation. */
  readonly by: string
  /** Every page says that the person is made up. */
  readonly demo: boolean
}

type Doc = InstanceType<typeof PDFDocument>
type Structure = ReturnType<Doc['struct']>

const margin = { top: 74, bottom: 56, left: 56, right: 56 }
const ink = '#000000'
const quiet = '#3b4248'

/** The whole file. It lets other work go on between its lines: a long record holds nobody up. */
export async function letterPdf(summary: Summary, about: LetterAbout): Promise<Buffer> {
  const title = `Summary of the health record of ${summary.name}, NHS number ${summary.nhsNumber}`
  const doc = new PDFDocument({
    size: 'A4',
    margins: margin,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: 'en-GB',
    bufferPages: true,
    info: {
      Title: title,
      Author: about.by,
      Subject: about.demo ? 'Synthetic: an invented person' : 'Summary of a health record',
      Creator: 'Throughline',
      Producer: 'Throughline',
      CreationDate: summary.asAt,
      ModDate: summary.asAt,
    },
  })
  const chunks: Buffer[] = []
  doc.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((done, fail) => {
    doc.on('end', () => done())
    doc.on('error', fail)
  })
  const writer = makeWriter(doc)
  const { say } = writer
  const root = doc.struct('Document', { title })
  doc.addStructure(root)

  say(root, 'H1', 'Summary of the health record', { size: 17, bold: true, gap: 4 })
  if (about.demo) say(root, 'P', 'Synthetic: this person is invented.', { bold: true, gap: 4 })
  say(
    root,
    'P',
    `The record as it was read at ${dateAndTime(summary.asAt)}. Taken out by ${about.by}. It says nothing of what came later.`,
    {
      colour: quiet,
      gap: 6,
    },
  )
  for (const [label, value] of summary.identity) say(root, 'P', `${label}: ${value}`, { gap: 1 })
  if (summary.restricted)
    say(root, 'P', 'Restricted record: address, telephone and GP practice are not told.', { bold: true })
  doc.moveDown(0.4)
  say(root, 'P', summary.allergies.words, { size: 12, bold: true, gap: 4 })
  if (summary.adjustments.length > 0) say(root, 'P', `Adjustments: ${summary.adjustments.join('; ')}`, { gap: 4 })
  for (const warning of summary.warnings) say(root, 'P', warning, { bold: true, gap: 3 })

  for (const section of summary.sections) await sectionOf(doc, root, writer, section)

  say(root, 'H2', 'Sources, and when each was last heard', { size: 12, bold: true, before: 8, gap: 2 })
  for (const words of summary.freshness) say(root, 'P', words, { size: 9, gap: 1 })
  if (summary.freshness.length === 0) say(root, 'P', 'No organisation has told of this person.', { size: 9 })
  say(root, 'P', safeguardingWords, { size: 9, before: 6 })
  if (writer.replaced.size > 0) {
    const told = [...writer.replaced].map(([token, character]) => `${token} is ${character}`).join('; ')
    say(
      root,
      'P',
      `Some characters are not in the fonts of this letter and are printed in braces: ${told}. The exact text is in the record, and in this file for search and for screen readers.`,
      {
        size: 9,
        before: 6,
      },
    )
  }
  root.end()
  await runningLines(doc, writer, summary, about)
  doc.end()
  await ended
  return Buffer.concat(chunks)
}

async function sectionOf(doc: Doc, root: Structure, { say }: Writer, section: SummarySection): Promise<void> {
  // A heading alone at the foot of a page belongs to nothing.
  if (doc.y > doc.page.height - margin.bottom - 70) doc.addPage()
  say(root, 'H2', section.heading, { size: 12, bold: true, before: 8, gap: 2 })
  for (const note of section.notes) say(root, 'P', note, { bold: true, gap: 2 })
  if (section.lines.length === 0) {
    say(root, 'P', section.nothing)
    return
  }
  const list = doc.struct('L')
  root.add(list)
  let written = 0
  for (const { title, details, sources } of section.lines) {
    // So does a title alone.
    if (doc.y > doc.page.height - margin.bottom - 44) doc.addPage()
    const item = doc.struct('LI')
    list.add(item)
    const body = doc.struct('LBody')
    item.add(body)
    say(body, 'P', title, { bold: true, gap: 0 })
    for (const words of details) if (words !== '') say(body, 'P', words, { gap: 0, indent: 10 })
    if (sources !== '') say(body, 'P', `From: ${sources}`, { size: 8.5, colour: quiet, indent: 10, gap: 4 })
    item.end()
    written += 1
    if (written % 4 === 0) await others()
  }
  list.end()
  if (section.left > 0) say(root, 'P', `And ${section.left} more in the record.`, { gap: 2 })
}

/** Lets whatever else waits go first. */
async function others(): Promise<void> {
  await new Promise<void>((next) => setImmediate(next))
}

type Style = {
  readonly size?: number
  readonly bold?: boolean
  readonly colour?: string
  readonly indent?: number
  /** Points above and below. */
  readonly before?: number
  readonly gap?: number
}

type Writer = ReturnType<typeof makeWriter>

function makeWriter(doc: Doc) {
  const replaced = new Map<string, string>()
  const shown = (words: string) => {
    const { text, replaced: others } = showText(words)
    for (const [token, character] of others) {
      const before = replaced.get(token)
      replaced.set(
        token,
        before === undefined || before === character
          ? character
          : [...new Set([...before.split(', '), ...character.split(', ')])].join(', '),
      )
    }
    return text
  }
  return {
    replaced,
    shown,
    /** One element of the structure, with its words; what is printed otherwise than written keeps its exact text beside it. */
    say(within: Structure, kind: 'H1' | 'H2' | 'P', words: string, style: Style = {}): void {
      const { size = 10, bold = false, colour = ink, indent = 0, before = 0, gap = 3 } = style
      const text = shown(words)
      if (before > 0) doc.y += before
      const write = () => {
        doc.font(bold ? 'Helvetica-Bold' : 'Helvetica', size).fillColor(colour)
        // The space at the end parts this line from the next for whoever listens.
        doc.text(`${text} `, margin.left + indent, doc.y, {
          width: doc.page.width - margin.left - margin.right - indent,
          lineGap: 1,
        })
      }
      within.add(doc.struct(kind, text === words ? {} : { actual: words }, write))
      doc.y += gap
    },
  }
}

/** At the head and foot of every page, outside the structure: a screen reader reads them once, in the title. */
async function runningLines(doc: Doc, { shown }: Writer, summary: Summary, { demo }: LetterAbout): Promise<void> {
  const { start, count } = doc.bufferedPageRange()
  const width = doc.page.width - margin.left - margin.right
  for (let page = 0; page < count; page += 1) {
    await others()
    doc.switchToPage(start + page)
    doc.markContent('Artifact', { type: 'Pagination' })
    const bottom = doc.page.margins.bottom
    // Else writing there would begin another page.
    doc.page.margins.bottom = 0
    const line = (words: string, y: number, bold: boolean, lines: number) =>
      doc
        .font(bold ? 'Helvetica-Bold' : 'Helvetica', 9)
        .fillColor(ink)
        .text(shown(words), margin.left, y, { width, height: lines * 11, ellipsis: true })
    line(`${summary.name}    NHS number ${summary.nhsNumber}`, 30, true, 2)
    line(`As at ${dateAndTime(summary.asAt)}${demo ? '    SYNTHETIC: an invented person' : ''}`, 52, false, 1)
    line(
      `Page ${page + 1} of ${count}. ${summary.restricted ? 'Restricted record. ' : ''}Confidential: a copy of a health record. Dispose of it safely.`,
      doc.page.height - 36,
      false,
      1,
    )
    doc.page.margins.bottom = bottom
    doc.endMarkedContent()
  }
}
