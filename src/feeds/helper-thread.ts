/** Both ends of a thread that works on messages: what is sent between them, and how. @see docs/decisions/0009 */
import { type Log, Problem, toProblem } from '../base/index.ts'
import type { Arrival } from './keep.ts'
import type { Receipt } from './message.ts'
import type { Pipeline } from './pipeline.ts'
import type { Source } from './source.ts'
import type { Helper } from './spread.ts'

/** One end of what two threads speak over, as far as it is used here. */
export type Port = {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

type Call = { readonly n: number; readonly arrival: Arrival }
/** Sources are told before the first message that needs them, and again when they have changed. */
type Asked = { readonly sources: readonly Source[]; readonly calls: readonly Call[] }
type Answer =
  | { readonly n: number; readonly receipt: Receipt }
  | { readonly n: number; readonly problem: Pick<Problem, 'kind' | 'message' | 'remedy'> }
type Told =
  | { readonly answers: readonly Answer[] }
  | { readonly level: keyof Log; readonly fields: Readonly<Record<string, unknown>>; readonly message: string }

/** What comes within one turn of the event loop travels together. */
function together<T>(send: (all: readonly T[]) => void): (one: T) => void {
  let waiting: T[] = []
  return (one) => {
    waiting.push(one)
    if (waiting.length > 1) return
    setImmediate(() => {
      const all = waiting
      waiting = []
      send(all)
    })
  }
}

export type HelperNeeds = { readonly log: Log; readonly source: (id: string) => Source | undefined }

/** A helper, and the thread behind it. */
export type Reached = Helper & {
  /** A thread has begun, or has begun again: it knows nothing yet. */
  begin(port: Port): void
  /** The thread has ended: whatever it had not answered is with its senders still, who are told to send it again. */
  end(): void
}

/** This thread's end. What is given before a thread begins waits for it. */
export function reachHelper({ log, source }: HelperNeeds): Reached {
  let port: Port | undefined
  let last = 0
  let early: Call[] = []
  const calls = new Map<
    number,
    { readonly done: (receipt: Receipt) => void; readonly failed: (why: unknown) => void }
  >()
  let idlers: (() => void)[] = []
  let told = new Map<string, Source>()

  function ask(all: readonly Call[]): void {
    if (!port) {
      early.push(...all)
      return
    }
    const sources = [...new Set(all.map(({ arrival }) => arrival.source))].flatMap((id) => {
      const known = source(id)
      return known && told.get(id) !== known ? [known] : []
    })
    for (const one of sources) told.set(one.id, one)
    const asked: Asked = { sources, calls: all }
    port.postMessage(
      asked,
      all.flatMap(({ arrival: { body } }) => (body.buffer instanceof ArrayBuffer ? [body.buffer] : [])),
    )
  }
  const give = together(ask)

  function settled(n: number) {
    const call = calls.get(n)
    calls.delete(n)
    if (calls.size === 0) {
      for (const done of idlers) done()
      idlers = []
    }
    return call
  }

  function hear(message: Told): void {
    if ('level' in message) {
      log[message.level](message.fields, message.message)
      return
    }
    for (const answer of message.answers) {
      const call = settled(answer.n)
      if ('receipt' in answer) call?.done(answer.receipt)
      else call?.failed(new Problem(answer.problem.kind, answer.problem.message, answer.problem.remedy))
    }
  }

  return {
    begin(next) {
      port = next
      told = new Map()
      next.on('message', (message) => hear(message as Told))
      const waiting = early
      early = []
      if (waiting.length > 0) ask(waiting)
    },
    end() {
      port = undefined
      const waiting = new Set(early.map(({ n }) => n))
      for (const n of [...calls.keys()])
        if (!waiting.has(n))
          settled(n)?.failed(new Problem('busy', 'The thread that worked on this message has ended', 'Send it again.'))
    },
    receive: (arrival) =>
      new Promise((done, failed) => {
        last += 1
        calls.set(last, { done, failed })
        // A copy, since it moves to the other thread, with all that shares its memory.
        give({ n: last, arrival: { ...arrival, body: Uint8Array.from(arrival.body) } })
      }),
    async idle() {
      if (calls.size > 0) await new Promise<void>((done) => idlers.push(done))
    },
  }
}

/** The other thread's end: works on what comes, with the pipeline that is made here. */
export function helpBehind(
  port: Port,
  make: (given: { readonly log: Log; readonly source: (id: string) => Source | undefined }) => Pipeline,
): void {
  const sources = new Map<string, Source>()
  const say =
    (level: keyof Log): Log['info'] =>
    (fields, message) =>
      port.postMessage({ level, fields, message } satisfies Told)
  const answer = together<Answer>((answers) => port.postMessage({ answers } satisfies Told))
  const pipeline = make({
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    source: (id) => sources.get(id),
  })
  port.on('message', (message) => {
    const asked = message as Asked
    for (const source of asked.sources) sources.set(source.id, source)
    for (const { n, arrival } of asked.calls)
      pipeline.receive({ ...arrival, body: Buffer.from(arrival.body.buffer) }).then(
        (receipt) => answer({ n, receipt }),
        (fault: unknown) => {
          const { kind, message: said, remedy } = toProblem(fault)
          answer({ n, problem: { kind, message: said, remedy } })
        },
      )
  })
}
