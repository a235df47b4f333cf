import type { Area } from '../area.ts'
import type { DemoMessage } from '../write/message.ts'
import { dropFile } from './folder.ts'
import { httpClient } from './http-client.ts'
import { type MllpClient, mllpClient } from './mllp-client.ts'
import { Refused, untilDone } from './retry.ts'

export type AreaAddress = {
  readonly area: Area
  /** `http://127.0.0.1:8420` */
  readonly http: string
  readonly mllp: { readonly host: string; readonly port: number }
  /** `DATA_DIR/inbox` */
  readonly inboxDir: string
  readonly connections?: number
  readonly onProgress?: (progress: SendProgress) => void
  readonly signal?: AbortSignal
}

/** Counts so far. `accepted` were answered well; `notApplied` are kept but wait (as broken messages must); `refused` were not kept. */
export type SendProgress = {
  readonly sent: number
  readonly accepted: number
  readonly notApplied: number
  readonly refused: number
  readonly resent: number
  /** People all of whose own messages were answered. */
  readonly peopleDone: number
  readonly bySource: Readonly<Record<string, number>>
}

/**
 * Sends the area through the real doors, as its systems would: each person's messages of one door in order, people side by side.
 * May be run again at any time: what was taken before is answered again and changes nothing.
 * @throws AbortError when `signal` is aborted; Problem 'forbidden' when the server does not know the area's systems as a client
 */
export async function sendArea(address: AreaAddress): Promise<SendProgress> {
  const counts = {
    sent: 0,
    accepted: 0,
    notApplied: 0,
    refused: 0,
    resent: 0,
    peopleDone: 0,
    bySource: {} as Record<string, number>,
  }
  const width = address.connections ?? 4
  const doors = openDoors(address, width, () => {
    counts.resent += 1
  })
  const settle = (message: DemoMessage, outcome: Outcome) => {
    counts.sent += 1
    counts[outcome] += 1
    if (message.completes) counts.peopleDone += 1
    counts.bySource[message.source] = (counts.bySource[message.source] ?? 0) + 1
    address.onProgress?.({ ...counts, bySource: { ...counts.bySource } })
  }
  address.signal?.addEventListener('abort', doors.close, { once: true })
  try {
    await inLanes(address.area.messages(), async (message) => settle(message, await doors.send(message)))
  } finally {
    address.signal?.removeEventListener('abort', doors.close)
    doors.close()
  }
  return counts
}

type Outcome = 'accepted' | 'notApplied' | 'refused'

function openDoors({ http, mllp, inboxDir, signal }: AreaAddress, width: number, onFailure: () => void) {
  const posting = httpClient({ base: http })
  const connections = Array.from({ length: width }, () => mllpClient(mllp))
  const lines = pool(connections)
  const posts = pool(Array.from({ length: width }, () => posting))
  const patient = { signal, onFailure }
  const byHttp = async (message: DemoMessage): Promise<Outcome> => {
    try {
      const status = await posts((client) => untilDone(() => client.post(message, signal), patient))
      return status === 200 ? 'accepted' : 'notApplied'
    } catch (fault) {
      if (fault instanceof Refused) return 'refused'
      throw fault
    }
  }
  const byMllp = async (message: DemoMessage): Promise<Outcome> => {
    let tries = 0
    const attempt = async (connection: MllpClient): Promise<string> => {
      const answer = await connection.send(message.bytes)
      tries += 1
      // AE may also mean "not kept, send again": only what is known to be broken is let go at once.
      if (answer === 'AE' && message.expect !== 'failed' && message.expect !== 'held' && tries < 6)
        throw new Error(answer)
      return answer
    }
    const code = await lines((connection) => untilDone(() => attempt(connection), patient))
    if (code === 'AA' || code === 'CA') return 'accepted'
    return code.endsWith('E') ? 'notApplied' : 'refused'
  }
  const byFolder = async (message: DemoMessage): Promise<Outcome> => {
    await dropFile(inboxDir, message)
    return 'accepted'
  }
  const doors = { http: byHttp, mllp: byMllp, folder: byFolder }
  return {
    send: (message: DemoMessage) => doors[message.door](message),
    close: () => {
      for (const connection of connections) connection.close()
    },
  }
}

/** Lends each thing to one user at a time; the others wait their turn. */
function pool<T>(things: readonly T[]): <R>(use: (thing: T) => Promise<R>) => Promise<R> {
  const free = [...things]
  const waiting: ((thing: T) => void)[] = []
  return async (use) => {
    const thing = free.pop() ?? (await new Promise<T>((resolve) => waiting.push(resolve)))
    try {
      return await use(thing)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free.push(thing)
      else next(thing)
    }
  }
}

/** Enough that a dozen people are under way at once, few enough that memory stays small. */
const heldMax = 160

/** The messages of one lane one after another, lanes side by side. Makes only as many messages as are needed. */
async function inLanes(messages: Iterable<DemoMessage>, send: (message: DemoMessage) => Promise<void>): Promise<void> {
  const lanes = new Map<string, Promise<void>>()
  const held = new Set<Promise<void>>()
  let failure: { readonly fault: unknown } | undefined
  for (const message of messages) {
    if (failure !== undefined) break
    const before = lanes.get(message.lane) ?? Promise.resolve()
    const sending: Promise<void> = before
      .then(() => (failure === undefined ? send(message) : undefined))
      .catch((fault: unknown) => {
        failure ??= { fault }
      })
      .finally(() => {
        held.delete(sending)
        if (lanes.get(message.lane) === sending) lanes.delete(message.lane)
      })
    lanes.set(message.lane, sending)
    held.add(sending)
    if (held.size >= heldMax) await Promise.race(held)
  }
  await Promise.all(held)
  if (failure !== undefined) throw failure.fault
}
