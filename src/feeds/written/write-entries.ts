/** Writing in a record: a message of our own source, through the same pipeline as anyone's. */
import { type Int64, opaqueId, Problem, type Sql, type Tx } from '../../base/index.ts'
import { parseJson, printJson } from '../../fhir/index.ts'
import { linkWrittenHere, writtenHereKey } from '../../identity/index.ts'
import { type RestContent, readRest, translateRest } from '../fhir/index.ts'
import type { Receipt } from '../message.ts'
import { type DeliveryAction, queueDeliveries } from '../outbound/queue.ts'
import { type Pipeline, requestKind } from '../pipeline.ts'
import { factId, type Source } from '../source.ts'
import type { Author, Entry, EntryKind } from './entry.ts'
import { entryBundle, type Frame, frameOf, ownCompartment, ownPatientId } from './entry-bundle.ts'
import { type ResourceJson, resourceOfEntry, typeOfEntry, withdrawn } from './entry-resource.ts'
import { authorId } from './own-source.ts'

export type WriteNeeds = {
  readonly sql: Sql
  readonly receive: Pipeline['receive']
  /** Makes ids of deliveries, time-ordered. */
  readonly nextId: () => Int64
}

type Common = {
  readonly source: Source
  readonly author: Author
  /** The person whose record was open. */
  readonly person: string
  /** Made once for a form: the same again is the same message, and changes nothing. */
  readonly token: string
  /** The moment at which the answers were checked; part of what the token stands for. */
  readonly writtenAt: Date
  /**
   * Decides once more and leaves the audit line, in the transaction that writes.
   * @returns the person as it stands there, and the Patients of every source that it has
   */
  readonly open: (tx: Tx) => Promise<OpenedForWriting>
}

export type OpenedForWriting = {
  readonly person: string
  readonly compartments: readonly { readonly pk: Int64; readonly source: string }[]
}

/** What was written: the facts as they are called here. */
export type Written = { readonly facts: readonly { readonly type: string; readonly id: string }[] }

/**
 * Adds entries, or puts one in the place of what its author wrote before.
 * @returns when fact, audit line and deliveries are committed, all together
 * @throws Problem 'conflict' when nothing was written: the record was joined with another meanwhile, or the entry was changed by somebody else
 */
export async function writeEntries(
  needs: WriteNeeds,
  asked: Common & { readonly entries: readonly Entry[]; readonly corrects?: HeldEntry },
): Promise<Written> {
  const { source, entries, corrects, token } = asked
  const patientId = corrects?.patientId ?? ownPatientId(source, await writtenHereKey(needs.sql, asked.person))
  const frame = frameOf(source, asked.author, patientId)
  const writtenAt = asked.writtenAt.toISOString()
  const resources = entries.map((entry) => {
    const number = corrects?.number ?? (entry.kind === 'observation' ? `${token}-${entry.key}` : token)
    const id = corrects?.id ?? factId(source, typeOfEntry[entry.kind], number)
    const resource = resourceOfEntry(entry, { id, number, ...frame, writtenAt })
    // FHIR R4 observation-status: a value put right after it was final.
    return corrects && entry.kind === 'observation' ? { ...resource, status: 'corrected' } : resource
  })
  return await send(needs, asked, {
    frame,
    resources,
    kind: entries[0]?.kind ?? 'note',
    action: corrects ? 'change' : 'add',
    ...versionOf(corrects),
  })
}

/** Withdraws an entry: a new version says that it was entered in error, and why. */
export async function withdrawEntry(
  needs: WriteNeeds,
  asked: Common & { readonly held: HeldEntry; readonly reason: string },
): Promise<Written> {
  const { held, author, source, reason } = asked
  const resource = withdrawn(held.resource, { reason, author: author.name, writtenAt: asked.writtenAt.toISOString() })
  const frame = frameOf(source, author, held.patientId)
  return await send(needs, asked, {
    frame,
    resources: [resource],
    kind: held.kind,
    action: 'withdraw',
    ...versionOf(held),
  })
}

const versionOf = (held: HeldEntry | undefined) => (held ? { expected: held.version } : {})

async function send(
  { receive, nextId }: WriteNeeds,
  asked: Common,
  wish: {
    readonly frame: Frame
    readonly resources: readonly ResourceJson[]
    readonly kind: EntryKind
    readonly action: DeliveryAction
    readonly expected?: number
  },
): Promise<Written> {
  const { source, author, person, token, writtenAt, open } = asked
  const { frame, resources, kind, action } = wish
  const body = entryBundle(source, { frame, author, resources, writtenAt: writtenAt.toISOString() })
  const facts = resources.map(({ resourceType, id }) => ({ type: resourceType, id }))
  const content = contentOf(body)
  const translated = translateRest(content, source, { newId: opaqueId })
  if (!translated.ok) throw new Error(`write-entries: ${translated.issues[0]?.place}: ${translated.issues[0]?.message}`)
  const first = content.entries.length - resources.length
  const receipt = await receive(
    {
      source: source.id,
      format: 'fhir',
      kind: `${requestKind}written here`,
      controlId: token,
      orderKey: '',
      body,
      receivedAt: writtenAt,
    },
    {
      translation: translated.value.translation,
      ...(wish.expected === undefined ? {} : { expected: new Map([[first, wish.expected]]) }),
      alongside: async (tx) => {
        const opened = await open(tx)
        const linked =
          opened.person === person
            ? await linkWrittenHere(tx, { patientId: frame.patientId, source: source.id, person, now: writtenAt })
            : undefined
        if (linked === undefined) throw moved()
        await queueDeliveries(tx, {
          pk: ownCompartment(frame.patientId),
          compartments: opened.compartments,
          facts: resources.map((resource) => ({
            type: resource.resourceType,
            id: resource.id,
            version: (wish.expected ?? 0) + 1,
            body: printJson(resource),
          })),
          kind,
          action,
          by: author.name,
          at: writtenAt,
          nextId,
        })
      },
    },
  )
  if (receipt.status !== 'applied' && receipt.status !== 'duplicate') throw notWritten(receipt)
  return { facts }
}

function contentOf(body: Uint8Array): RestContent {
  const parsed = parseJson(new TextDecoder().decode(body))
  const content = parsed.ok ? readRest(parsed.value) : parsed
  if (!content.ok) throw new Error(`write-entries: ${content.issues[0]?.place}: ${content.issues[0]?.message}`)
  return content.value
}

const moved = () =>
  new Problem(
    'conflict',
    'This record was joined with another while you wrote, and nothing was saved',
    'Open the record again, make sure that it is the right person, and write it there.',
  )

function notWritten({ issues }: Receipt): Problem {
  const [first] = issues
  return new Problem(
    'conflict',
    first?.message.startsWith('This record was joined')
      ? first.message
      : 'This was not saved, because the entry or the record changed meanwhile',
    first?.remedy ?? 'Check your answers and save them again.',
  )
}

/** An entry of our own as it is held: what a correction or a withdrawal begins from. */
export type HeldEntry = {
  readonly kind: EntryKind
  readonly type: string
  readonly id: string
  readonly number: string
  readonly version: number
  readonly patientId: string
  readonly resource: ResourceJson
  readonly authorId: string
  readonly withdrawn: boolean
}

/**
 * Reads a stored version as one of our entries; undefined when it is none.
 * @param body the stored text
 */
export function heldEntry(stored: {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly body: string
}): HeldEntry | undefined {
  const kind = (Object.keys(typeOfEntry) as EntryKind[]).find((each) => typeOfEntry[each] === stored.type)
  const parsed = parseJson(stored.body)
  if (!kind || !parsed.ok) return undefined
  const resource = parsed.value as ResourceJson
  const number = textAt(resource, 'identifier', 0, 'value')
  const patient = textAt(resource, 'subject', 'reference') ?? textAt(resource, 'patient', 'reference')
  const author =
    textAt(resource, 'recorder', 'reference') ??
    textAt(resource, 'author', 0, 'reference') ??
    textAt(resource, 'performer', 0, 'reference')
  if (number === undefined || patient === undefined || author === undefined) return undefined
  const status = textAt(resource, 'verificationStatus', 'coding', 0, 'code') ?? textAt(resource, 'status')
  return {
    kind,
    type: stored.type,
    id: stored.id,
    number,
    version: stored.version,
    patientId: patient.replace('Patient/', ''),
    resource,
    authorId: author.replace('Practitioner/', ''),
    withdrawn: status === 'entered-in-error',
  }
}

/** Whether this member of staff wrote it. */
export function isAuthor(held: HeldEntry, source: Source, staffId: string): boolean {
  return held.authorId === authorId(source, staffId)
}

function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  let at: unknown = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, step)
  }
  return typeof at === 'string' ? at : undefined
}
