/** What every kind of entry has in common: its name, who recorded it and when, and the statements that hang on it. */
import { type Desk, practitioner } from '../actors.ts'
import { type Drawing, put, type Reference } from '../drawing.ts'
import { child, children, hasTemplate, type Reading, readStructure } from '../reading.ts'
import { concept, encapsulated, identifiers, isSaid, timestamp } from '../values.ts'
import type { Xml } from '../xml.ts'

export type Context = Desk & { readonly subject: Reference; readonly encounter?: Reference }

const statements = new Set([
  'act',
  'observation',
  'organizer',
  'substanceAdministration',
  'procedure',
  'encounter',
  'supply',
])

/** The clinical statement of an entry, component or entryRelationship. */
export function statementIn(reading: Reading, holder: Xml): Xml | undefined {
  const node = holder.elements.find(({ name }) => statements.has(name))
  if (node) readStructure(reading, node)
  return node
}

/** Statements that hang on this one, of a template when one is asked for. */
export function related(reading: Reading, node: Xml, ...templates: readonly string[]): readonly Xml[] {
  return node.elements
    .filter(({ name }) => name === 'entryRelationship' || name === 'component')
    .flatMap((holder) => {
      const statement = holder.elements.find(({ name }) => statements.has(name))
      if (statement === undefined || (templates.length > 0 && !hasTemplate(statement, ...templates))) return []
      readStructure(reading, holder)
      readStructure(reading, statement)
      return [statement]
    })
}

/** The source's name for the statement: its first id, else its place, which at least is the same when the document comes again. */
export function keyOf(reading: Reading, node: Xml): string {
  const [id] = identifiers(reading, node)
  return id ? `${id.system ?? ''}|${id.value}` : node.place
}

/** Identifiers, subject and encounter: the same for all. */
export function putCommon(
  { reading, subject }: Context,
  drawing: Drawing,
  node: Xml,
  subjectName: 'subject' | 'patient' = 'subject',
): void {
  put(drawing, 'identifier', identifiers(reading, node), child(reading, node, 'id'))
  put(drawing, subjectName, subject)
}

/** When it was written down, and by whom. */
export function authorOf(context: Context, node: Xml): { readonly at?: string; readonly by?: Reference } {
  const { reading } = context
  const [author] = children(reading, node, 'author')
  const at = timestamp(reading, child(reading, author, 'time'))
  const by = practitioner(context, child(reading, author, 'assignedAuthor'))
  return { ...(at === undefined ? {} : { at }), ...(by ? { by } : {}) }
}

/** Comment activities and free-text instructions. */
export function notesOf(reading: Reading, node: Xml): readonly { readonly text: string }[] {
  return related(reading, node, '2.16.840.1.113883.10.20.22.4.64', '2.16.840.1.113883.10.20.1.40').flatMap((act) => {
    concept(reading, child(reading, act, 'code'))
    const text = encapsulated(reading, child(reading, act, 'text'))
    return text === undefined ? [] : [{ text }]
  })
}

/** The code of a statement; when it has none, the words that it points at. */
export function codeOf(reading: Reading, node: Xml) {
  const code = concept(reading, child(reading, node, 'code'))
  if (isSaid(code)) return code
  const text = encapsulated(reading, child(reading, node, 'text'))
  return text === undefined ? undefined : { text }
}

export function statusCode(reading: Reading, node: Xml): string | undefined {
  const status = child(reading, node, 'statusCode')
  const code = status?.attributes.code?.trim()
  if (status && code) reading.used.add(`${status.place}/@code`)
  return code
}

/** Reads on a copy: what comes to nothing has not been read, and stays listed as left over. */
export function attempt(
  context: Context,
  read: (context: Context) => readonly Reference[] | Reference | undefined,
): readonly Reference[] {
  const used = new Set<string>()
  const made = read({ ...context, reading: { ...context.reading, used } })
  const list: readonly Reference[] = made === undefined ? [] : 'reference' in made ? [made] : made
  if (list.length > 0) for (const place of used) context.reading.used.add(place)
  return list
}
