import type { Attachment, DocumentReference, DocumentReferenceContent, Reference } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import type { LineageEntry } from '../translation.ts'
import { practitioner } from './directory.ts'
import { addFact, type Facts, idOf, present, resource } from './facts.ts'
import { firstSegment, type Segment, segmentsNamed } from './message.ts'
import { observedValue } from './observation-value.ts'
import { firstRepeat, note, part, type Reading, repeats, type Trace, tracer, use, value, whole } from './reading.ts'
import type { About } from './results.ts'
import { confidentialities, documentAvailability, documentCompletions, documentTypes, lookup } from './tables.ts'
import { fhirTime } from './time.ts'

/** MDM: a document with its content. Rows of text are one text; each file (ED) is a content of its own. */
export function documentOf(reading: Reading, facts: Facts, about: About): void {
  const txa = firstSegment(reading.message, 'TXA')
  if (txa === undefined) return
  const lineage: LineageEntry[] = []
  const trace = tracer(reading, lineage)
  const unique = firstRepeat(reading, txa, 12)
  const number = part(unique, 1)
  // TXA-3 (text, image …) says again what each content says of itself.
  for (const field of [1, 3]) use(reading, value(reading, txa, field))
  if (number === undefined)
    note(reading, 'TXA[1]-12', 'No document number; a later version cannot find this document', 'Send TXA-12.')
  const natural =
    number === undefined
      ? `M|${value(reading, firstSegment(reading.message, 'MSH'), 10)?.text ?? ''}`
      : `${part(unique, 2)?.text ?? ''}|${number.text}`
  const id = idOf(reading, 'DocumentReference', natural)
  for (const n of [1, 2, 3, 4]) {
    const cell = part(unique, n)
    if (cell !== undefined) trace('masterIdentifier', cell, 'TXA-12 document number')
  }
  const title = value(reading, txa, 25)
  if (title !== undefined) trace('description', title, 'TXA-25 title')
  const when = value(reading, txa, 6) ?? value(reading, txa, 4) ?? value(reading, txa, 8)
  const date = fhirTime(reading, when)
  if (when !== undefined && date !== undefined) trace('date', when, 'TXA-6 origination time')
  for (const field of [4, 6, 8])
    if (value(reading, txa, field)?.text === when?.text) use(reading, value(reading, txa, field))
  const label = value(reading, txa, 18)
  const confidentiality = label === undefined ? undefined : lookup(confidentialities, label.text.toUpperCase())
  if (label !== undefined && confidentiality !== undefined) trace('securityLabel[0]', label, 'TXA-18 confidentiality')
  const parent = value(reading, txa, 13)
  if (parent !== undefined)
    note(
      reading,
      parent.place,
      'Found a parent document beside an original document; how they relate is not said',
      'Send T06 for an addendum or T10 for a replacement.',
    )
  const content = contentOf(reading, { txa, trace })
  if (content.length === 0) note(reading, 'OBX', 'No content was found for this document')
  addFact(facts, {
    resource: resource<DocumentReference>({
      resourceType: 'DocumentReference',
      id,
      masterIdentifier:
        number === undefined
          ? undefined
          : { system: authoritySystem(reading.source, part(unique, 2)?.text ?? 'document'), value: number.text },
      status: statusOf(reading, txa, trace),
      docStatus: docStatusOf(reading, txa, trace),
      type: typeOf(reading, txa, trace),
      subject: { reference: `Patient/${about.patientId}` },
      date: date?.includes('T') === true ? date : undefined,
      author: authorsOf(reading, facts, txa, trace),
      authenticator: practitioner(reading, facts, firstRepeat(reading, txa, 10), {
        trace,
        to: 'authenticator',
        rule: 'TXA-10 authenticator',
      }),
      description: title?.text,
      securityLabel:
        confidentiality === undefined
          ? undefined
          : [
              {
                coding: [
                  {
                    system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
                    code: confidentiality.code,
                    display: confidentiality.display,
                  },
                ],
              },
            ],
      content: content.length === 0 ? [{ attachment: { title: 'No content was sent' } }] : content,
      context:
        about.encounterId === undefined ? undefined : { encounter: [{ reference: `Encounter/${about.encounterId}` }] },
    }),
    subject: about.subject,
    write: 'replace',
    ...(about.asOf === undefined ? {} : { asOf: about.asOf }),
    lineage,
  })
}

function statusOf(reading: Reading, txa: Segment, trace: Trace): DocumentReference['status'] {
  const cell = value(reading, txa, 19)
  const known = cell === undefined ? undefined : lookup(documentAvailability, cell.text.toUpperCase())
  if (cell !== undefined && known !== undefined) trace('status', cell, 'TXA-19 availability')
  return known ?? 'current'
}

function docStatusOf(reading: Reading, txa: Segment, trace: Trace): DocumentReference['docStatus'] | undefined {
  const cell = value(reading, txa, 17)
  const known = cell === undefined ? undefined : lookup(documentCompletions, cell.text.toUpperCase())
  if (cell !== undefined && known !== undefined) trace('docStatus', cell, 'TXA-17 completion')
  return known
}

function typeOf(reading: Reading, txa: Segment, trace: Trace): DocumentReference['type'] {
  const repeat = firstRepeat(reading, txa, 2)
  const [code, words] = [part(repeat, 1), part(repeat, 2)]
  if (code === undefined) return undefined
  trace('type', code, 'TXA-2 document type')
  if (words !== undefined) trace('type.text', words, 'TXA-2 document type')
  const display = lookup(documentTypes, code.text.toUpperCase())
  const system =
    display === undefined ? authoritySystem(reading.source, 'TXA-2') : 'http://terminology.hl7.org/CodeSystem/v2-0270'
  return { coding: [present({ system, code: code.text, display })], text: words?.text ?? display ?? code.text }
}

/** TXA-9 wrote it; TXA-5 did the work that it tells of, and is the author when no other is named. */
function authorsOf(reading: Reading, facts: Facts, txa: Segment, trace: Trace): Reference[] {
  const list: Reference[] = []
  const seen = new Set<string>()
  for (const [field, rule] of [
    [9, 'TXA-9 originator'],
    [5, 'TXA-5 activity provider'],
  ] as const) {
    for (const repeat of repeats(reading, txa, field)) {
      const one = practitioner(reading, facts, repeat, { trace, to: `author[${list.length}]`, rule })
      if (one === undefined || (one.reference !== undefined && seen.has(one.reference))) continue
      if (one.reference !== undefined) seen.add(one.reference)
      list.push(one)
    }
  }
  return list
}

function contentOf(
  reading: Reading,
  { txa, trace }: { readonly txa: Segment; readonly trace: Trace },
): DocumentReferenceContent[] {
  const lines: string[] = []
  const files: Attachment[] = []
  const fileName = value(reading, txa, 16)
  let title: string | undefined
  if (fileName !== undefined) trace('content[0].attachment.title', fileName, 'TXA-16 file name')
  for (const obx of segmentsNamed(reading.message, 'OBX')) {
    const type = value(reading, obx, 2)?.text.toUpperCase() ?? ''
    const question = part(firstRepeat(reading, obx, 3), 2) ?? value(reading, obx, 3)
    for (const field of [1, 2, 3, 4, 11])
      for (const one of repeats(reading, obx, field)) trace('content', one.place, `OBX-${field} of the document`)
    if (type === 'ED' || type === 'RP') {
      const { attachment } =
        observedValue(reading, obx, (_to, from, rule) => trace(`content[${files.length}].attachment`, from, rule)) ?? {}
      if (attachment !== undefined) files.push(present<Attachment>({ ...attachment, title: question?.text }))
      continue
    }
    title ??= question?.text
    const texts = repeats(reading, obx, 5).flatMap((one) => whole(one) ?? [])
    for (const cell of texts) trace('content.attachment.data', cell, `OBX-5 ${type} text`)
    lines.push(texts.map(({ text }) => text).join('\n'))
  }
  const text = lines.join('\n').trimEnd()
  const written =
    text === ''
      ? []
      : [
          present<Attachment>({
            contentType: 'text/plain; charset=utf-8',
            data: Buffer.from(text, 'utf8').toString('base64'),
            title: fileName?.text ?? title,
          }),
        ]
  return [...files, ...written].map((attachment) => ({ attachment }))
}
