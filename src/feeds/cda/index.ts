/**
 * CDA: clinical documents (C-CDA, and UK ITK documents with their envelope) as R4 facts: the patient, who wrote it, every heading with its
 * words, the whole document, and the structured entries that can be read with certainty.
 * Owns no table. Called by the feeds' list of formats. Never reads a document type or an entity, never codes what is only words, and never
 * turns a negated statement into its opposite.
 * @see facts/legacy-formats.md §3; HL7 CDA R2; C-CDA R2.1
 */
import type { Envelope, Format } from '../format.ts'
import { locate } from './locate.ts'
import { decode, findDocument, kindOf, translate } from './translate.ts'
import { readXml, type Xml } from './xml.ts'

export const cda: Format = {
  id: 'cda',
  envelope(bytes): Envelope {
    const text = decode(bytes)
    const root = text.ok ? readXml(text.value) : text
    const document = root.ok ? findDocument(root.value) : root
    if (!document.ok) return { controlId: '', kind: '', orderKey: '' }
    const role = document.value.elements
      .find(({ name }) => name === 'recordTarget')
      ?.elements.find(({ name }) => name === 'patientRole')
    return {
      // The envelope's own name. A document's id is none: systems in the field give one id to two people's documents, and the second
      // would be held back. The same bytes again are known without it; other content under one id becomes a further version.
      controlId: root.ok ? trackingId(root.value) : '',
      kind: kindOf(document.value),
      orderKey: nameOf(role?.elements ?? []),
    }
  },
  translate,
  text(bytes) {
    const text = decode(bytes)
    return text.ok ? text.value : new TextDecoder('utf-8').decode(bytes)
  },
  locate,
}

/** `trackingid` of an ITK DistributionEnvelope's header, wherever the envelope stands; '' when there is none. */
function trackingId(node: Xml, depth = 0): string {
  if (node.name === 'itk:header') return node.attributes.trackingid ?? ''
  if (depth > 5 || node.name === 'ClinicalDocument') return ''
  for (const each of node.elements) {
    const found = trackingId(each, depth + 1)
    if (found !== '') return found
  }
  return ''
}

/** The first `id` that is one, as root and extension. */
function nameOf(
  elements: readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[],
): string {
  const id = elements.find(
    ({ name, attributes }) => name === 'id' && attributes.root && !('nullFlavor' in attributes),
  )?.attributes
  return id ? [id.root, id.extension].filter((part) => part).join('|') : ''
}
