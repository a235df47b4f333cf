import { type Clock, type Int64, type Issue, type Log, type Pool, Problem, type Tx } from '../base/index.ts'
import { type Applied, applyUnits, type Unit } from './apply.ts'
import { batcher } from './batcher.ts'
import type { Format } from './format.ts'
import { type Arrival, type Kept, keepMessages } from './keep.ts'
import { makeLanes } from './lanes.ts'
import type { Message, MessageStatus, Receipt } from './message.ts'
import { loadMessage, moveMessage, settle, settledState, waitingMessages } from './message-store.ts'
import { neverApplied, undeclaredSender } from './never-applied.ts'
import { isPassing } from './passing-fault.ts'
import type { Source } from './source.ts'
import { unrecognised } from './sources.ts'
import type { Translation } from './translation.ts'

/** The way of every message, whichever door it came by: keep → translate → apply → settle. */
export type Pipeline = {
  /**
   * Keeps, translates and applies one message.
   * @returns when all that the receipt says is committed
   * @throws Problem 'busy' when the message could not be kept: the sender still has it, and sends it again
   */
  receive(arrival: Arrival, options?: ReceiveOptions): Promise<Receipt>
  /** Applies a message that waits (`failed`, `held`, or `kept` by a process that ended) with the rules of today. */
  replay(messageId: Int64): Promise<Receipt>
  /** Takes up what an earlier process kept but did not apply, in the order it came. */
  resume(): Promise<number>
  /** Messages kept or being kept, and not yet settled. */
  readonly depth: () => number
  /** Waits until nothing is under way. */
  idle(): Promise<void>
}

export type ReceiveOptions = {
  /** Used instead of the format's own translation, by doors that must choose ids themselves (FHIR REST). */
  readonly translation?: Translation
  readonly fresh?: boolean
  readonly expected?: ReadonlyMap<number, number>
  /** Done in the transaction that applies the message: its audit line. */
  readonly alongside?: (tx: Tx) => Promise<void>
}

export type PipelineNeeds = {
  readonly pool: Pool
  readonly clock: Clock
  readonly nextId: () => Int64
  readonly log: Log
  readonly format: (id: string) => Format | undefined
  readonly source: (id: string) => Source | undefined
  /** Whose a message is that came when nobody had declared its sender. Absent: such messages go on waiting. */
  readonly sender?: (body: Uint8Array) => Source | undefined
  /** A live record: HL7 v2 messages for training and debugging (MSH-11) are never applied, whichever door they came by. */
  readonly live?: boolean
  /** Transactions side by side; two keep two cores busy. */
  readonly lanes?: number
}

/**
 * Begins the kind of what came as a request that waits for its answer (FHIR REST). Its ids were chosen while it was under way, so it cannot be
 * taken up later: the caller got no answer, and asks again.
 */
export const requestKind = 'request: '
const interrupted: Issue = {
  place: '',
  message: 'The server stopped before this request was applied; its caller got no answer',
  remedy: 'Nothing to do: the caller asks again.',
}

type Outcome =
  | { readonly written: Receipt['written'] }
  | { readonly issues: readonly Issue[] }
  | { readonly gone: true }

export function makePipeline({
  pool,
  clock,
  nextId,
  log,
  format,
  source,
  sender,
  live = false,
  lanes = 2,
}: PipelineNeeds): Pipeline {
  let depth = 0
  const keeper = batcher<Arrival, Kept>((arrivals) => patiently(() => keepMessages(pool, arrivals, nextId), 10_000), {
    itemsMax: 200,
    weightMax: 16_000_000,
    weigh: (arrival) => arrival.body.length,
  })
  const applier = makeLanes<Unit, Outcome>({
    count: lanes,
    run: applyBatch,
    itemsMax: 100,
    weightMax: 1_500,
    weigh: (unit) => unit.translation.facts.length,
    key: (unit) => (unit.orderKey === '' ? '' : `${unit.source} ${unit.orderKey}`),
    // A merge fences: nothing of either patient may be under way beside it.
    fences: (unit) => unit.translation.merges.length > 0,
    // Others are on their way: a transaction for many costs hardly more than one for few.
    awaitMore: (count) => count < Math.min(32, Math.floor(depth / lanes)),
  })
  const unsettled = new Map<Int64, Promise<Receipt>>()

  async function receive(arrival: Arrival, options: ReceiveOptions = {}): Promise<Receipt> {
    depth += 1
    try {
      const kept = await keeper.add(arrival)
      if (!kept.fresh) return await again(kept, arrival, options)
      if (kept.status !== 'kept')
        return {
          messageId: kept.id,
          status: kept.status === 'held' ? 'held' : 'failed',
          issues: kept.issues,
          written: [],
        }
      return await tracked(kept.id, carryOn({ ...arrival, id: kept.id }, ['kept'], options))
    } finally {
      depth -= 1
    }
  }

  function tracked(id: Int64, work: Promise<Receipt>): Promise<Receipt> {
    unsettled.set(id, work)
    return work.finally(() => unsettled.delete(id))
  }

  /** From kept to settled. */
  async function carryOn(
    message: Message & { readonly receivedAt?: Date },
    from: readonly MessageStatus[],
    options: ReceiveOptions = {},
  ): Promise<Receipt> {
    const speaker = source(message.source)
    const language = format(message.format)
    if (!speaker || !language)
      return await fail(message.id, [
        {
          place: '',
          message: `Nobody here reads ${message.format} from ${message.source}`,
          remedy: 'Declare the source and its format, then replay the message.',
        },
      ])
    if (message.kind.startsWith(requestKind) && !options.translation) return await fail(message.id, [interrupted])
    const never = neverApplied(message, live)
    if (never) return await fail(message.id, [never])
    if (!options.translation && message.parentId === undefined) {
      const parts = language.divide?.(message.body, speaker) ?? null
      if (parts)
        return parts.ok ? await divide(message, parts.value, language, speaker) : await fail(message.id, parts.issues)
    }
    const translation = options.translation ?? translate(language, message, speaker)
    if ('issues' in translation) return await fail(message.id, translation.issues)
    const outcome = await applier.add({
      messageId: message.id,
      source: message.source,
      orderKey: message.orderKey,
      translation,
      from,
      fresh: options.fresh ?? false,
      ...(options.expected ? { expected: options.expected } : {}),
      ...(options.alongside ? { alongside: options.alongside } : {}),
    })
    if ('gone' in outcome) return await untilSettled(message.id)
    if ('issues' in outcome) return { messageId: message.id, status: 'failed', issues: outcome.issues, written: [] }
    return { messageId: message.id, status: 'applied', issues: translation.notes, written: outcome.written }
  }

  function translate(
    language: Format,
    message: Message,
    speaker: Source,
  ): Translation | { readonly issues: readonly Issue[] } {
    try {
      const parsed = language.translate(message.body, speaker)
      return parsed.ok ? parsed.value : { issues: parsed.issues }
    } catch (fault) {
      log.error(
        {
          messageId: message.id,
          format: language.id,
          fault: fault instanceof Error ? (fault.stack ?? fault.name) : 'unknown',
        },
        'a translation rule threw',
      )
      return {
        issues: [
          {
            place: '',
            message: 'A rule of ours failed on this message',
            remedy: 'Tell the operator; once the rule is mended, replay the message.',
          },
        ],
      }
    }
  }

  /** A file or batch: each of its messages is kept and applied by itself, so a bad one does not stop the others. */
  async function divide(
    whole: Message,
    bodies: readonly Uint8Array[],
    language: Format,
    speaker: Source,
  ): Promise<Receipt> {
    const count = { applied: 0, duplicate: 0, failed: 0, held: 0, divided: 0 }
    const receivedAt = clock()
    // Some at a time: a file of a million rows must not fill the memory with promises.
    for (let at = 0; at < bodies.length; at += 200) {
      const receipts = await Promise.all(
        bodies.slice(at, at + 200).map((body, n) => {
          const { controlId, kind, orderKey } = language.envelope(body, speaker)
          return receive({
            source: whole.source,
            format: whole.format,
            kind,
            orderKey,
            parentId: whole.id,
            body,
            receivedAt,
            // A row has no id of its own: its place in this file is. The same row in a later file is news again.
            controlId: controlId === '' ? `${whole.id}#${at + n + 1}` : controlId,
          })
        }),
      )
      for (const { status } of receipts) count[status] += 1
    }
    await patiently(() => settle(pool, whole.id, { status: 'divided', at: clock() }))
    return { messageId: whole.id, status: 'divided', issues: [], written: [], parts: count }
  }

  async function fail(messageId: Int64, issues: readonly Issue[]): Promise<Receipt> {
    await patiently(() => settle(pool, messageId, { status: 'failed', at: clock(), issues }))
    return { messageId, status: 'failed', issues, written: [] }
  }

  async function applyBatch(units: readonly Unit[]): Promise<readonly Outcome[]> {
    try {
      return (await patiently(() => applyUnits(pool, units, { clock, nextId }))).map(outcomeOf)
    } catch (fault) {
      if (units.length > 1) {
        // One of them is the cause: alone, each stands or falls by itself.
        const outcomes: Outcome[] = []
        for (const unit of units) outcomes.push(...(await applyBatch([unit])))
        return outcomes
      }
      const [unit] = units
      if (!unit) return []
      const issues = [issueOf(fault)]
      log.warn(
        {
          messageId: unit.messageId,
          source: unit.source,
          problem: issues[0]?.message,
          fault:
            fault instanceof Problem ? fault.kind : fault instanceof Error ? (fault.stack ?? fault.name) : 'unknown',
        },
        'a message could not be applied',
      )
      await patiently(() => settle(pool, unit.messageId, { status: 'failed', at: clock(), issues }))
      return [{ issues }]
    }
  }

  /** The very same message came before. It is answered as it was then; if it still waits for its turn, so does the answer. */
  async function again(kept: Kept, arrival: Arrival, options: ReceiveOptions): Promise<Receipt> {
    const underWay = unsettled.get(kept.id)
    if (underWay !== undefined) return asDuplicate(await underWay)
    // Kept by a process that ended before it was applied: whoever claims it first applies it.
    if (kept.status === 'kept') return await tracked(kept.id, carryOn({ ...arrival, id: kept.id }, ['kept'], options))
    const status = kept.status === 'set-aside' ? 'failed' : kept.status
    return asDuplicate({ messageId: kept.id, status, issues: kept.issues, written: [] })
  }

  /** Another process applied it, or is about to. */
  async function untilSettled(id: Int64): Promise<Receipt> {
    for (let waited = 0; waited < 30_000; waited += 100) {
      const state = await patiently(() => settledState(pool, id))
      // The database crashed between keeping and applying, and this message was not on disk yet. Its sender has had no answer.
      if (!state) throw new Problem('busy', `Message ${id} was lost before it was applied`, 'Send it again.')
      if (state.status !== 'kept') {
        const status = state.status === 'set-aside' ? 'failed' : state.status
        return { messageId: id, status, issues: state.issues, written: [] }
      }
      await pause(100)
    }
    throw new Problem('busy', `Message ${id} is still being worked on`, 'Send it again in a minute.')
  }

  /** Passing faults (the database is restarting, a deadlock) are waited out; `limitMs` for those with a sender that can wait no longer. */
  async function patiently<T>(work: () => Promise<T>, limitMs = Number.POSITIVE_INFINITY): Promise<T> {
    const began = performance.now()
    for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
      try {
        return await work()
      } catch (fault) {
        if (!isPassing(fault)) throw fault
        if (performance.now() - began > limitMs)
          throw new Problem('busy', 'The database cannot be reached', 'Send the message again in a minute.', fault)
        log.warn(
          { code: fault instanceof Error && 'code' in fault ? fault.code : 'unknown' },
          'the database is away; trying again',
        )
        await pause(wait)
      }
    }
  }

  async function replay(messageId: Int64): Promise<Receipt> {
    const message = await loadMessage(pool, messageId)
    if (!message) throw new Problem('not-found', `Message ${messageId} was not found`, 'Check its number.')
    return await tracked(messageId, carryOnAtHome(message))
  }

  /** What came from a sender that nobody had declared goes to its source first: its facts must never be those of "unrecognised". */
  async function carryOnAtHome(message: Message): Promise<Receipt> {
    const from = ['kept', 'failed', 'held', 'set-aside'] as const
    if (message.source !== unrecognised) return await carryOn(message, from)
    const home = sender?.(message.body)
    if (!home) return await fail(message.id, [undeclaredSender])
    const envelope = format(message.format)?.envelope(message.body, home)
    const kind = neverApplied(message, live) ? message.kind : (envelope?.kind ?? message.kind)
    const moved = { ...message, source: home.id, kind, orderKey: envelope?.orderKey ?? '' }
    const twin = await moveMessage(pool, message.id, moved)
    if (twin === undefined) return await carryOn(moved, from)
    const issues: readonly Issue[] = [
      {
        place: '',
        message: `It came again as message ${twin} of ${home.id}, which stands for it`,
        severity: 'warning',
      },
    ]
    await patiently(() => settle(pool, message.id, { status: 'set-aside', at: clock(), issues }))
    return { messageId: message.id, status: 'duplicate', issues, written: [] }
  }

  async function resume(): Promise<number> {
    let after: Int64 = '0'
    let count = 0
    for (;;) {
      const messages = await patiently(() => waitingMessages(pool, { status: 'kept', after, limit: 500 }))
      const last = messages.at(-1)
      if (!last) return count
      await Promise.all(
        messages
          .filter(({ id }) => !unsettled.has(id))
          .map((message) => tracked(message.id, carryOn(message, ['kept']))),
      )
      count += messages.length
      after = last.id
    }
  }

  return {
    receive,
    replay,
    resume,
    depth: () => depth,
    async idle() {
      await keeper.idle()
      await applier.idle()
    },
  }
}

function asDuplicate(receipt: Receipt): Receipt {
  return receipt.status === 'applied' || receipt.status === 'divided'
    ? { messageId: receipt.messageId, status: 'duplicate', issues: [], written: [] }
    : receipt
}

const outcomeOf = (applied: Applied): Outcome => ('gone' in applied ? { gone: true } : { written: applied.written })

function issueOf(fault: unknown): Issue {
  if (fault instanceof Problem) return { place: '', message: fault.message, remedy: fault.remedy }
  return {
    place: '',
    message: 'The message could not be stored',
    remedy: 'Tell the operator the number of this message; the log says why.',
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
