import {
  type Clock,
  faultPlaces,
  type Int64,
  type Issue,
  type Log,
  type Pool,
  Problem,
  type Tx,
} from '../base/index.ts'
import { applyUnits, type Unit } from './apply.ts'
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

/**
 * The way of every message, whichever door it came by: translate → keep and apply, in one transaction. What cannot be read or applied, is a file of
 * many, or may be known already, is kept first, by itself. @see docs/decisions/0008
 */
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
  /** The same, when it is known whose records the facts stand in. @param pks their compartments */
  readonly told?: (tx: Tx, pks: readonly Int64[]) => Promise<void>
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
  | { readonly messageId: Int64; readonly written: Receipt['written'] }
  | { readonly messageId: Int64; readonly issues: readonly Issue[] }
  | { readonly messageId: Int64; readonly gone: true }
  /** Something is known of it already: the very same message, or another under its control id. */
  | { readonly known: Kept }
  /** It could not be kept: the sender still has it. */
  | { readonly busy: Problem }

/** What a message turns out to be, before anything is written. */
type Reading =
  | { readonly translation: Translation }
  | { readonly parts: readonly Uint8Array[]; readonly language: Format; readonly speaker: Source }
  | { readonly issues: readonly Issue[] }

/** How long a sender waits for a database that is away. */
const keepMsMax = 10_000

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
  const keeper = batcher<Arrival, Kept>(
    (arrivals) => patiently(() => keepMessages(pool, arrivals, nextId), keepMsMax),
    {
      itemsMax: 200,
      weightMax: 16_000_000,
      weigh: (arrival) => arrival.body.length,
    },
  )
  const applier = makeLanes<Unit, Outcome>({
    count: lanes,
    run: applyBatch,
    itemsMax: 100,
    weightMax: 1_500,
    weigh: (unit) => unit.translation.facts.length,
    keys: lanesOf,
    // A merge fences: nothing of either patient may be under way beside it.
    fences: (unit) => unit.translation.merges.length > 0,
    // Others are on their way: a transaction for many costs hardly more than one for few.
    awaitMore: (count) => count < Math.min(32, Math.floor(depth / lanes)),
  })
  const unsettled = new Map<Int64, Promise<Receipt>>()

  async function receive(arrival: Arrival, options: ReceiveOptions = {}): Promise<Receipt> {
    depth += 1
    try {
      const reading: Reading = arrival.issues ? { issues: arrival.issues } : read(arrival, undefined, options)
      if ('translation' in reading) {
        const unit = { ...unitOf({ ...arrival, id: nextId() }, ['kept'], reading.translation, options), arrival }
        const outcome = await applier.add(unit)
        if ('busy' in outcome) throw outcome.busy
        return 'known' in outcome
          ? await answerKnown(outcome.known, arrival, options)
          : await receiptOf(outcome, reading.translation)
      }
      const kept = await keeper.add(arrival)
      if (!kept.fresh || kept.status !== 'kept') return await answerKnown(kept, arrival, options)
      return await tracked(kept.id, conclude({ ...arrival, id: kept.id }, ['kept'], options, reading))
    } finally {
      depth -= 1
    }
  }

  async function answerKnown(kept: Kept, arrival: Arrival, options: ReceiveOptions): Promise<Receipt> {
    if (!kept.fresh) return await again(kept, arrival, options)
    const status = kept.status === 'held' ? 'held' : 'failed'
    return { messageId: kept.id, status, issues: kept.issues, written: [] }
  }

  function tracked(id: Int64, work: Promise<Receipt>): Promise<Receipt> {
    unsettled.set(id, work)
    return work.finally(() => unsettled.delete(id))
  }

  /** What is to be done with a message, decided without the database. @param id absent: it is not kept yet */
  function read(
    message: Omit<Message, 'id'> & { readonly receivedAt?: Date },
    id: Int64 | undefined,
    options: ReceiveOptions,
  ): Reading {
    const speaker = source(message.source)
    const language = format(message.format)
    if (!speaker || !language)
      return {
        issues: [
          {
            place: '',
            message: `Nobody here reads ${message.format} from ${message.source}`,
            remedy: 'Declare the source and its format, then replay the message.',
          },
        ],
      }
    if (message.kind.startsWith(requestKind) && !options.translation) return { issues: [interrupted] }
    const never = neverApplied(message, live)
    if (never) return { issues: [never] }
    if (options.translation) return { translation: options.translation }
    if (message.parentId === undefined) {
      const parts = language.divide?.(message.body, speaker) ?? null
      if (parts) return parts.ok ? { parts: parts.value, language, speaker } : { issues: parts.issues }
    }
    const translation = translate(language, message.body, speaker, id)
    return 'issues' in translation ? translation : { translation }
  }

  function unitOf(
    message: Pick<Message, 'id' | 'source' | 'orderKey'>,
    from: readonly MessageStatus[],
    translation: Translation,
    { fresh = false, expected, alongside, told }: ReceiveOptions,
  ): Unit {
    return {
      messageId: message.id,
      source: message.source,
      orderKey: message.orderKey,
      translation,
      from,
      fresh,
      ...(expected ? { expected } : {}),
      ...(alongside ? { alongside } : {}),
      ...(told ? { told } : {}),
    }
  }

  /** From kept to settled. */
  async function carryOn(
    message: Message & { readonly receivedAt?: Date },
    from: readonly MessageStatus[],
    options: ReceiveOptions = {},
  ): Promise<Receipt> {
    return await conclude(message, from, options, read(message, message.id, options))
  }

  async function conclude(
    message: Message & { readonly receivedAt?: Date },
    from: readonly MessageStatus[],
    options: ReceiveOptions,
    reading: Reading,
  ): Promise<Receipt> {
    if ('issues' in reading) return await fail(message.id, reading.issues)
    if ('parts' in reading) return await divide(message, reading)
    const outcome = await applier.add(unitOf(message, from, reading.translation, options))
    if ('busy' in outcome) throw outcome.busy
    if ('known' in outcome) throw new Error('pipeline: what is kept was kept again')
    return await receiptOf(outcome, reading.translation)
  }

  async function receiptOf(
    outcome: Exclude<Outcome, { readonly known: Kept } | { readonly busy: Problem }>,
    translation: Translation,
  ): Promise<Receipt> {
    const { messageId } = outcome
    if ('gone' in outcome) return await untilSettled(messageId)
    if ('issues' in outcome) return { messageId, status: 'failed', issues: outcome.issues, written: [] }
    return { messageId, status: 'applied', issues: translation.notes, written: outcome.written }
  }

  function translate(
    language: Format,
    body: Uint8Array,
    speaker: Source,
    messageId: Int64 | undefined,
  ): Translation | { readonly issues: readonly Issue[] } {
    try {
      const parsed = language.translate(body, speaker)
      return parsed.ok ? parsed.value : { issues: parsed.issues }
    } catch (fault) {
      log.error(
        {
          messageId,
          format: language.id,
          fault: faultPlaces(fault),
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
    {
      parts: bodies,
      language,
      speaker,
    }: { readonly parts: readonly Uint8Array[]; readonly language: Format; readonly speaker: Source },
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
    const arrivals = units.flatMap(({ arrival }) => (arrival ? [arrival] : []))
    if (arrivals.length === 0) return await applyKept(units)
    try {
      const outcomes = await patiently(() => applyUnits(pool, units, { clock, nextId }), keepMsMax)
      const missed = units.filter(({ arrival }, n) => {
        const outcome = outcomes[n]
        return arrival !== undefined && outcome !== undefined && 'gone' in outcome
      })
      if (missed.length === 0) return outcomes
      // Something is known of them: they take the longer way, in their order; the others are done.
      const later = new Map((await keepFirst(missed)).map((outcome, n) => [missed[n]?.messageId, outcome]))
      return outcomes.map((outcome) => later.get(outcome.messageId) ?? outcome)
    } catch (fault) {
      if (isBusy(fault)) return await withoutArrivals(units, fault)
      // One of them cannot be applied. Kept first, each stands or falls by itself.
    }
    return await keepFirst(units)
  }

  /** The longer way: kept by a transaction of its own, and then applied. */
  async function keepFirst(units: readonly Unit[]): Promise<readonly Outcome[]> {
    const fresh = units.flatMap((unit) => (unit.arrival ? [unit.arrival] : []))
    let kept: readonly Kept[]
    try {
      kept = await patiently(() => keepMessages(pool, fresh, nextId), keepMsMax)
    } catch (fault) {
      if (isBusy(fault)) return await withoutArrivals(units, fault)
      throw fault
    }
    let at = 0
    const ready = units.map((unit): Unit | { readonly known: Kept } => {
      if (!unit.arrival) return unit
      const place = kept[at]
      at += 1
      if (!place) throw new Error('pipeline: fewer messages were kept than given')
      const { arrival: _, ...rest } = unit
      return place.fresh && place.status === 'kept' ? { ...rest, messageId: place.id } : { known: place }
    })
    return await amid(ready, applyKept)
  }

  /** The database is away: what is kept waits for it, what is not stays with its sender. */
  async function withoutArrivals(units: readonly Unit[], busy: Problem): Promise<readonly Outcome[]> {
    return await amid(
      units.map((unit) => (unit.arrival ? { busy } : unit)),
      applyKept,
    )
  }

  async function applyKept(units: readonly Unit[]): Promise<readonly Outcome[]> {
    try {
      return await patiently(() => applyUnits(pool, units, { clock, nextId }))
    } catch (fault) {
      if (units.length > 1) {
        // One of them is the cause: alone, each stands or falls by itself.
        const outcomes: Outcome[] = []
        for (const unit of units) outcomes.push(...(await applyKept([unit])))
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
          fault: fault instanceof Problem ? fault.kind : faultPlaces(fault),
        },
        'a message could not be applied',
      )
      await patiently(() => settle(pool, unit.messageId, { status: 'failed', at: clock(), issues }))
      return [{ messageId: unit.messageId, issues }]
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

/** In order: what is about one person, and what has one control id, of which the second must find the first. */
function lanesOf({ source, orderKey, arrival }: Unit): readonly string[] {
  return [
    ...(orderKey === '' ? [] : [`person ${source} ${orderKey}`]),
    ...(arrival && arrival.controlId !== '' ? [`control ${source} ${arrival.controlId}`] : []),
  ]
}

const isBusy = (fault: unknown): fault is Problem => fault instanceof Problem && fault.kind === 'busy'

/** Works on the units among these, and puts their outcomes between the others. */
async function amid<Settled>(
  all: readonly (Unit | Settled)[],
  work: (units: readonly Unit[]) => Promise<readonly Outcome[]>,
): Promise<readonly (Outcome | Settled)[]> {
  const isUnit = (one: Unit | Settled): one is Unit => typeof one === 'object' && one !== null && 'translation' in one
  const done = [...(await work(all.filter(isUnit)))]
  return all.map((one) => {
    if (!isUnit(one)) return one
    const outcome = done.shift()
    if (!outcome) throw new Error('pipeline: fewer outcomes than units')
    return outcome
  })
}

function issueOf(fault: unknown): Issue {
  if (fault instanceof Problem) return { place: '', message: fault.message, remedy: fault.remedy }
  return {
    place: '',
    message: 'The message could not be stored',
    remedy: 'Tell the operator the number of this message; the log says why.',
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
