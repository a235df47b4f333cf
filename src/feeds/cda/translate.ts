/** A CDA document from bytes to facts. Pure. */
import { type Issue, type Parsed, right, wrong } from '../../base/index.ts'
import type { Source } from '../source.ts'
import type { Translation } from '../translation.ts'
import { compose, fileInside, referTo, type Section } from './document.ts'
import { draw, openDrawer, put, type Reference } from './drawing.ts'
import { type Context, readEntry } from './entries/index.ts'
import { documentKey, readHeader } from './header.ts'
import { indexIds } from './narrative.ts'
import { patientKey, patientReference, readPatient } from './patient.ts'
import { child, children, type Reading } from './reading.ts'
import { identifiers, timestamp } from './values.ts'
import { eachLeaf, readXml, type Xml } from './xml.ts'

/** The document as text: by its byte order mark, else its declared encoding, else UTF-8. */
export function decode(bytes: Uint8Array): Parsed<string> {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const declared =
    /^(?:ï»¿)?\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1]?.toLowerCase() ?? 'utf-8'
  const byMark = start.startsWith('þÿ') ? 'utf-16be' : start.startsWith('ÿþ') ? 'utf-16le' : undefined
  const known = new Set(['utf-8', 'utf8', 'us-ascii', 'iso-8859-1', 'windows-1252'])
  if (byMark === undefined && !known.has(declared))
    return wrong('', 'The document declares an encoding that is not read', 'Send it in UTF-8.')
  try {
    return right(new TextDecoder(byMark ?? declared, { fatal: true }).decode(bytes))
  } catch {
    return wrong(
      '',
      `The document is not ${byMark ?? declared} text, as it says`,
      'Send it in the encoding that it declares.',
    )
  }
}

/** The ClinicalDocument, by itself or inside an ITK DistributionEnvelope or a SOAP message. */
export function findDocument(root: Xml): Parsed<Xml> {
  const found: Xml[] = []
  const visit = (node: Xml, depth: number): void => {
    if (node.name === 'ClinicalDocument') found.push(node)
    else if (depth < 8) for (const each of node.elements) visit(each, depth + 1)
  }
  visit(root, 0)
  const [document] = found
  const name = root.place.slice(1)
  if (document === undefined || (document !== root && !isEnvelope(root))) {
    const shown = /^[A-Za-z][\w:.-]{0,60}$/.test(name) ? name : 'another element'
    return wrong(
      root.place,
      `Found ${shown}, expected ClinicalDocument in urn:hl7-org:v3, or an envelope with one`,
      'Send the whole document.',
    )
  }
  if (found.length > 1)
    return wrong(root.place, `Found ${found.length} documents in one envelope, expected one`, 'Send them one by one.')
  return right(document)
}

function isEnvelope(root: Xml): boolean {
  return root.name === 'soap:Envelope' || root.name === 'itk:DistributionEnvelope' || root.name.endsWith(':Envelope')
}

export function translate(bytes: Uint8Array, source: Source): Parsed<Translation> {
  const text = decode(bytes)
  if (!text.ok) return text
  const root = readXml(text.value)
  if (!root.ok) return root
  const found = findDocument(root.value)
  if (!found.ok) return found
  const document = found.value
  const notes: Issue[] = []
  const reading: Reading = {
    source,
    used: new Set(),
    notes,
    byId: indexIds(document),
    allowance: { left: 100_000 + 2 * text.value.length },
  }
  const whole = checkWhole(reading, document)
  if (!whole.ok) return whole
  const [subject, facts] = readAll(reading, document, whole.value, bytes)
  const leftovers: string[] = []
  let content = 0
  eachLeaf(root.value, (place) => {
    content += 1
    if (!reading.used.has(place)) leftovers.push(place)
  })
  const coverage = { content, mapped: content - leftovers.length, leftovers }
  return right({ kind: kindOf(document), subjects: [subject], facts, merges: [], coverage, notes })
}

/** A document has an id, one patient and a body; less is a fragment, and whom it is about cannot be known. */
function checkWhole(reading: Reading, document: Xml): Parsed<Xml> {
  const roles = children(reading, document, 'recordTarget').flatMap((each) => children(reading, each, 'patientRole'))
  const [role] = roles
  const issues: Issue[] = []
  const lacks = (name: string, why: string) =>
    issues.push({
      place: document.place,
      message: `Found no ${name}, expected ${why}`,
      remedy: 'Send the whole document.',
    })
  if (role === undefined) lacks('recordTarget/patientRole', 'the patient of the document')
  if (child(reading, document, 'component') === undefined) lacks('component', 'the body of the document')
  if (roles.length > 1) {
    const message = `Found ${roles.length} patients, expected one`
    issues.push({ place: document.place, message, remedy: 'Send one document for each patient.' })
  }
  return role === undefined || issues.length > 0 ? { ok: false, issues } : right(role)
}

function readAll(reading: Reading, document: Xml, role: Xml, bytes: Uint8Array) {
  const effective = timestamp(reading, child(reading, document, 'effectiveTime'))
  const [id] = identifiers(reading, document)
  const fallback = `document|${id ? `${id.system ?? ''}|${id.value}` : documentKey({ id: undefined, set: undefined }, bytes)}`
  const key = patientKey(reading, role, fallback)
  const drawer = openDrawer(reading, key, effective !== undefined && effective.length > 10 ? effective : undefined)
  const desk = { reading, drawer }
  const { drawing: patient, subject } = readPatient(desk, role, key)
  drawer.place(patient, subject.patientId)
  const about = patientReference(subject)
  const header = readHeader(desk, document, about)
  const context: Context = { ...desk, subject: about, ...(header.encounter ? { encounter: header.encounter } : {}) }
  const sections = sectionsIn(context, child(reading, document, 'component', 'structuredBody'))
  const files = filesOf(context, document)
  const name = documentKey(header, bytes)
  drawer.file(compose(reading, document, header, sections), name)
  drawer.file(referTo(reading, document, header, { bytes, files }), name)
  return [subject, drawer.facts()] as const
}

function sectionsIn(context: Context, parent: Xml | undefined): readonly Section[] {
  const { reading } = context
  return children(reading, parent, 'component').flatMap((component) =>
    children(reading, component, 'section').map((node) => {
      const entries = children(reading, node, 'entry').flatMap((entry) => readEntry(context, entry, node))
      return { node, entries: distinct(entries), sections: sectionsIn(context, node) }
    }),
  )
}

function distinct(references: readonly Reference[]): readonly Reference[] {
  const seen = new Set<string>()
  return references.filter(({ reference }) => !seen.has(reference) && seen.add(reference))
}

function filesOf({ reading, drawer }: Context, document: Xml) {
  const file = fileInside(reading, document)
  if (file === undefined) return []
  const drawing = draw('Binary', file.node, 'CDA file')
  put(drawing, 'contentType', file.contentType)
  put(drawing, 'data', file.data)
  const { reference } = drawer.file(drawing, `file|${file.data.length}|${file.node.place}`)
  return [{ contentType: file.contentType, url: reference, title: 'File in the document' }]
}

/** The document's own type, for lists: a LOINC or SNOMED code, else CDA. */
export function kindOf(document: Xml): string {
  const code = document.elements.find(({ name }) => name === 'code')?.attributes
  return code?.displayName?.trim() || code?.code?.trim() || 'CDA'
}
