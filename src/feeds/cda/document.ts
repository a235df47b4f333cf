/** The document itself: its headings and words as a Composition, and the whole of it as a DocumentReference. */
import { createHash } from 'node:crypto'
import { type Drawing, draw, put, type Reference } from './drawing.ts'
import type { Header } from './header.ts'
import { narrativeDiv, plainTitle } from './narrative.ts'
import { attribute, child, children, type Reading, wordsOf } from './reading.ts'
import { absence, concept, identifiers, isSaid } from './values.ts'
import type { Xml } from './xml.ts'

export type Section = {
  readonly node: Xml
  readonly entries: readonly Reference[]
  readonly sections: readonly Section[]
}

/** Headings and words; structured facts hang under the heading they stood in. */
export function compose(reading: Reading, document: Xml, header: Header, sections: readonly Section[]): Drawing {
  const drawing = draw('Composition', document, 'CDA document')
  const [idNode] = children(reading, document, 'id')
  if (header.id) put(drawing, 'identifier', header.id, idNode)
  put(drawing, 'status', 'final')
  put(drawing, 'type', isSaid(header.type) ? header.type : { text: header.title }, child(reading, document, 'code'))
  put(drawing, 'subject', header.subject)
  if (header.encounter) put(drawing, 'encounter', header.encounter)
  putDate(drawing, header.effective, child(reading, document, 'effectiveTime'))
  put(drawing, 'author', header.authors.length > 0 ? header.authors : [{ display: 'Author not given' }])
  put(drawing, 'title', header.title, child(reading, document, 'title'))
  const confidentiality = attribute(reading, child(reading, document, 'confidentialityCode'), 'code')
  if (confidentiality !== undefined && /^[ULMNRV]$/.test(confidentiality)) {
    concept(reading, child(reading, document, 'confidentialityCode'))
    put(drawing, 'confidentiality', confidentiality, child(reading, document, 'confidentialityCode'))
  }
  put(drawing, 'attester', header.attesters, child(reading, document, 'legalAuthenticator'))
  if (header.custodian) put(drawing, 'custodian', header.custodian)
  put(drawing, 'event', header.events, child(reading, document, 'documentationOf'))
  put(
    drawing,
    'relatesTo',
    relations(reading, document).map(({ code, identifier: target }) => ({ code, targetIdentifier: target })),
  )
  put(
    drawing,
    'section',
    sections.map((each) => sectionOf(reading, each, drawing)),
  )
  return drawing
}

function putDate(drawing: Drawing, effective: string | undefined, node: Xml | undefined): void {
  if (effective !== undefined) put(drawing, 'date', effective, node)
  else
    drawing.made._date = {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    }
}

const emptyReasons: Readonly<Record<string, string>> = { 'not-asked': 'notasked', masked: 'withheld' }

function sectionOf(reading: Reading, { node, entries, sections }: Section, drawing: Drawing): Record<string, unknown> {
  const section: Record<string, unknown> = {}
  const title = plainTitle(reading, child(reading, node, 'title'))
  if (title !== undefined) section.title = title
  const code = concept(reading, child(reading, node, 'code'))
  if (isSaid(code)) section.code = code
  const div = narrativeDiv(reading, child(reading, node, 'text'))
  if (div !== undefined) section.text = { status: 'additional', div }
  if (entries.length > 0) section.entry = entries
  // "No information" is what this document says of its own section: never that there is none of it.
  const reason = absence(reading, node)
  if (reason !== undefined && entries.length === 0) {
    const system = 'http://terminology.hl7.org/CodeSystem/list-empty-reason'
    section.emptyReason = { coding: [{ system, code: emptyReasons[reason] ?? 'unavailable' }] }
  }
  if (sections.length > 0) section.section = sections.map((each) => sectionOf(reading, each, drawing))
  if (Object.keys(section).length === 0) section.title = 'Untitled section'
  return section
}

const relationCodes: Readonly<Record<string, 'replaces' | 'appends' | 'transforms'>> = {
  RPLC: 'replaces',
  APND: 'appends',
  XFRM: 'transforms',
}

function relations(reading: Reading, document: Xml) {
  return children(reading, document, 'relatedDocument').flatMap((node) => {
    const code = relationCodes[node.attributes.typeCode ?? '']
    const [target] = identifiers(reading, child(reading, node, 'parentDocument'))
    return code && target ? [{ code, identifier: target }] : []
  })
}

export type Original = {
  readonly bytes: Uint8Array
  readonly files: readonly { readonly contentType: string; readonly url: string; readonly title: string }[]
}

/** The whole document: named by its digest, by which the kept original can be found; any file inside it beside it. */
export function referTo(reading: Reading, document: Xml, header: Header, { bytes, files }: Original): Drawing {
  const drawing = draw('DocumentReference', document, 'CDA document')
  const [idNode] = children(reading, document, 'id')
  if (header.id) put(drawing, 'masterIdentifier', header.id, idNode)
  if (header.set) put(drawing, 'identifier', [header.set], child(reading, document, 'setId'))
  put(drawing, 'status', 'current')
  put(drawing, 'docStatus', 'final')
  if (isSaid(header.type)) put(drawing, 'type', header.type, child(reading, document, 'code'))
  put(drawing, 'subject', header.subject)
  if (header.effective && header.effective.length > 10)
    put(drawing, 'date', header.effective, child(reading, document, 'effectiveTime'))
  put(drawing, 'author', header.authors)
  if (header.custodian) put(drawing, 'custodian', header.custodian)
  put(drawing, 'description', header.title, child(reading, document, 'title'))
  const related = relations(reading, document).map(({ code, identifier: target }) => ({
    code,
    target: { identifier: target },
  }))
  put(drawing, 'relatesTo', related)
  const version = attribute(reading, child(reading, document, 'versionNumber'), 'value')
  if (version !== undefined) {
    const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.version'
    put(drawing, 'extension', [{ url, valueString: version }], child(reading, document, 'versionNumber'))
  }
  const language = attribute(reading, child(reading, document, 'languageCode'), 'code')
  const whole = {
    contentType: 'text/xml',
    ...(language === undefined ? {} : { language }),
    url: `ni:///sha-256;${createHash('sha256').update(bytes).digest('base64url')}`,
    size: bytes.byteLength,
    hash: createHash('sha1').update(bytes).digest('base64'),
    title: header.title,
    ...(header.effective === undefined ? {} : { creation: header.effective }),
  }
  put(drawing, 'content', [{ attachment: whole }, ...files.map((attachment) => ({ attachment }))])
  if (header.encounter) put(drawing, 'context', { encounter: [header.encounter] })
  return drawing
}

/** A file instead of headings: a PDF or a picture, as base64. */
export function fileInside(
  reading: Reading,
  document: Xml,
): { readonly contentType: string; readonly data: string; readonly node: Xml } | undefined {
  const node = child(reading, document, 'component', 'nonXMLBody', 'text')
  if (node?.attributes.representation !== 'B64') return undefined
  const data = wordsOf(reading, node)?.replaceAll(/\s/g, '')
  if (data === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(data) || data.length % 4 !== 0) return undefined
  attribute(reading, node, 'representation')
  return { contentType: attribute(reading, node, 'mediaType') ?? 'application/octet-stream', data, node }
}
