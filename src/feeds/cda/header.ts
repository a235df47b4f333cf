/** What a document says of itself before its body: its names, who wrote it and put their name to it, and of which contact it tells. */
import { createHash } from 'node:crypto'
import { type Desk, organisation, practitioner } from './actors.ts'
import { draw, put, type Reference } from './drawing.ts'
import { plainTitle } from './narrative.ts'
import { attribute, child, children } from './reading.ts'
import { concept, type Identifier, identifier, identifiers, interval, isSaid, period, timestamp } from './values.ts'
import type { Xml } from './xml.ts'

export type Header = {
  readonly id: Identifier | undefined
  readonly set: Identifier | undefined
  readonly effective: string | undefined
  readonly title: string
  readonly type: ReturnType<typeof concept>
  readonly authors: readonly Reference[]
  readonly custodian: Reference | undefined
  readonly encounter: Reference | undefined
  readonly subject: Reference
  readonly attesters: readonly Record<string, unknown>[]
  readonly events: readonly Record<string, unknown>[]
}

export function readHeader(desk: Desk, document: Xml, subject: Reference): Header {
  const { reading } = desk
  const [id] = identifiers(reading, document)
  const setNode = child(reading, document, 'setId')
  const type = concept(reading, child(reading, document, 'code'))
  const authors = children(reading, document, 'author').flatMap((author) => {
    timestamp(reading, child(reading, author, 'time'))
    return practitioner(desk, child(reading, author, 'assignedAuthor')) ?? []
  })
  return {
    id,
    set: setNode && identifier(reading, setNode),
    effective: timestamp(reading, child(reading, document, 'effectiveTime')),
    title: plainTitle(reading, child(reading, document, 'title')) ?? type?.text ?? 'Document',
    type,
    authors,
    custodian: organisation(
      desk,
      child(reading, document, 'custodian', 'assignedCustodian', 'representedCustodianOrganization'),
    ),
    encounter: encompassingEncounter(desk, document, subject),
    subject,
    attesters: attestersOf(desk, document),
    events: eventsOf(desk, document),
  }
}

/** Who put their name to it. */
function attestersOf(desk: Desk, document: Xml): readonly Record<string, unknown>[] {
  const { reading } = desk
  return (['legalAuthenticator', 'authenticator'] as const).flatMap((name) =>
    children(reading, document, name).flatMap((node) => {
      attribute(reading, child(reading, node, 'signatureCode'), 'code')
      const time = timestamp(reading, child(reading, node, 'time'))
      const party = practitioner(desk, child(reading, node, 'assignedEntity'))
      if (party === undefined) return []
      return [
        { mode: name === 'authenticator' ? 'professional' : 'legal', ...(time === undefined ? {} : { time }), party },
      ]
    }),
  )
}

/** The care that it tells of; those who gave it are named as people. */
function eventsOf(desk: Desk, document: Xml): readonly Record<string, unknown>[] {
  const { reading } = desk
  return children(reading, document, 'documentationOf').flatMap((each) => {
    const node = child(reading, each, 'serviceEvent')
    const code = concept(reading, child(reading, node, 'code'))
    const during = period(interval(reading, child(reading, node, 'effectiveTime')))
    const detail = children(reading, node, 'performer').flatMap(
      (performer) => practitioner(desk, child(reading, performer, 'assignedEntity')) ?? [],
    )
    const event = {
      ...(isSaid(code) ? { code: [code] } : {}),
      ...(during ? { period: during } : {}),
      ...(detail.length > 0 ? { detail } : {}),
    }
    return Object.keys(event).length > 0 ? [event] : []
  })
}

/** The contact in which the document was written. */
function encompassingEncounter(desk: Desk, document: Xml, subject: Reference): Reference | undefined {
  const { reading } = desk
  const node = child(reading, document, 'componentOf', 'encompassingEncounter')
  if (node === undefined) return undefined
  const drawing = draw('Encounter', node, 'CDA encounter')
  const ids = identifiers(reading, node)
  const during = interval(reading, child(reading, node, 'effectiveTime'))
  if (ids.length === 0 && period(during) === undefined) return undefined
  put(drawing, 'identifier', ids)
  put(
    drawing,
    'status',
    during.start !== undefined && during.end === undefined && !during.endUnknown ? 'unknown' : 'finished',
  )
  const type = concept(reading, child(reading, node, 'code'))
  const inClass = type?.coding?.find(({ system }) => system?.endsWith('v3-ActCode'))
  put(
    drawing,
    'class',
    inClass ?? {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    },
  )
  if (isSaid(type)) put(drawing, 'type', [type], child(reading, node, 'code'))
  put(drawing, 'subject', subject)
  put(drawing, 'period', period(during), child(reading, node, 'effectiveTime'))
  const people = [
    child(reading, node, 'responsibleParty', 'assignedEntity'),
    ...children(reading, node, 'encounterParticipant').map((each) => child(reading, each, 'assignedEntity')),
  ].flatMap((role) => practitioner(desk, role) ?? [])
  put(
    drawing,
    'participant',
    people.filter(({ reference }) => reference.startsWith('Practitioner/')).map((individual) => ({ individual })),
  )
  const facility = child(reading, node, 'location', 'healthCareFacility')
  const provider = organisation(desk, child(reading, facility, 'serviceProviderOrganization'))
  if (provider) put(drawing, 'serviceProvider', provider)
  const disposition = concept(reading, child(reading, node, 'dischargeDispositionCode'))
  if (isSaid(disposition))
    put(
      drawing,
      'hospitalization',
      { dischargeDisposition: disposition },
      child(reading, node, 'dischargeDispositionCode'),
    )
  const [first] = ids
  return desk.drawer.file(
    drawing,
    first ? `${first.system ?? ''}|${first.value}` : `encounter|${during.start ?? during.at ?? during.end ?? ''}`,
  )
}

/** The document's name in this source: the set that all its versions share, else its own id, else its content. */
export function documentKey(header: Pick<Header, 'id' | 'set'>, bytes: Uint8Array): string {
  const name = header.set ?? header.id
  return name ? `${name.system ?? ''}|${name.value}` : createHash('sha256').update(bytes).digest('hex')
}
