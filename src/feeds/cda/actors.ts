/** Practitioners and organisations of a document, wherever they are named. */
import { type Drawer, draw, put, type Reference } from './drawing.ts'
import { address, all, humanName, telecom } from './people-values.ts'
import { child, type Reading, wordsOf } from './reading.ts'
import { concept, identifiers, isSaid } from './values.ts'
import type { Xml } from './xml.ts'

export type Desk = { readonly reading: Reading; readonly drawer: Drawer }

/** An `assignedAuthor`, `assignedEntity` or the like: the person, else the organisation they act for; undefined when nobody is named. */
export function practitioner({ reading, drawer }: Desk, role: Xml | undefined): Reference | undefined {
  if (role === undefined) return undefined
  const organisation = organisationOf({ reading, drawer }, role)
  const person =
    child(reading, role, 'assignedPerson') ??
    child(reading, role, 'associatedPerson') ??
    child(reading, role, 'informationRecipient')
  const drawing = draw('Practitioner', role, 'CDA person')
  const ids = identifiers(reading, role)
  const names = all(reading, person, 'name', humanName)
  put(drawing, 'identifier', ids)
  put(drawing, 'name', names)
  put(drawing, 'telecom', all(reading, role, 'telecom', telecom))
  put(drawing, 'address', all(reading, role, 'addr', address))
  const job = concept(reading, child(reading, role, 'code'))
  if (isSaid(job)) put(drawing, 'qualification', [{ code: job }])
  const display = names.map(shownName).find((each) => each !== '')
  const [id] = ids
  const key = id
    ? `${id.system ?? ''}|${id.value}`
    : display === undefined
      ? undefined
      : `name|${display}|${organisation?.display ?? ''}`
  if (key === undefined) return organisation
  const reference = drawer.share(drawing, key)
  return display === undefined ? reference : { ...reference, display }
}

export function shownName(name: { text?: string; prefix?: string[]; given?: string[]; family?: string }): string {
  return name.text ?? [...(name.prefix ?? []), ...(name.given ?? []), name.family ?? ''].join(' ').trim()
}

function organisationOf(desk: Desk, role: Xml): Reference | undefined {
  const { reading } = desk
  return organisation(
    desk,
    child(reading, role, 'representedOrganization') ??
      child(reading, role, 'representedCustodianOrganization') ??
      child(reading, role, 'scopingOrganization'),
  )
}

/** An organisation; undefined when it has neither id nor name. */
export function organisation({ reading, drawer }: Desk, node: Xml | undefined): Reference | undefined {
  if (node === undefined) return undefined
  const ids = identifiers(reading, node)
  const name = wordsOf(reading, child(reading, node, 'name'))
  const drawing = draw('Organization', node, 'CDA organisation')
  put(drawing, 'identifier', ids)
  put(drawing, 'name', name)
  const kind = concept(reading, child(reading, node, 'standardIndustryClassCode'))
  if (isSaid(kind)) put(drawing, 'type', [kind])
  put(drawing, 'telecom', all(reading, node, 'telecom', telecom))
  put(drawing, 'address', all(reading, node, 'addr', address))
  const [id] = ids
  const key = id ? `${id.system ?? ''}|${id.value}` : name === undefined ? undefined : `name|${name}`
  if (key === undefined) return undefined
  const reference = drawer.share(drawing, key)
  return name === undefined ? reference : { ...reference, display: name }
}
