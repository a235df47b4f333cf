import { MessageChannel, type MessagePort } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { Problem, silentLog, timeOrderedIds } from '../base/index.ts'
import { formatNamed } from './formats.ts'
import { helpBehind, reachHelper } from './helper-thread.ts'
import type { Arrival } from './keep.ts'
import type { Receipt } from './message.ts'
import type { Pipeline } from './pipeline.ts'
import type { Source } from './source.ts'
import { type Helper, spread } from './spread.ts'

const arrival = (n: number, { person = 'p', kind = 'ORU^R01', source = 'lab' } = {}): Arrival => ({
  source,
  format: 'hl7v2',
  kind,
  controlId: `C${n}`,
  orderKey: person,
  body: Buffer.from(`MSH|^~\\&|${n}`),
  receivedAt: new Date('2026-11-23T10:00:00Z'),
})
const receipt = (n: number | string): Receipt => ({ messageId: String(n), status: 'applied', issues: [], written: [] })

/** A place where messages are worked on until the test says so. */
function workplace() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const receive = ({ controlId }: Arrival) =>
    new Promise<Receipt>((done) => {
      begun.push(controlId)
      ends.push(() => done(receipt(controlId)))
    })
  const helper: Helper = { receive, idle: async () => {} }
  const pipeline: Pipeline = {
    ...helper,
    replay: async (id) => receipt(id),
    resume: async () => 0,
    depth: () => 0,
  }
  return {
    begun,
    helper,
    pipeline,
    async endAll() {
      for (const end of ends.splice(0)) end()
      await turn()
    },
  }
}
const turn = () => new Promise((done) => setImmediate(done))

describe('messages spread over threads', () => {
  test('all of one person of a source go to one thread, in the order they came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 30 }), async (people) => {
        const places = [workplace(), workplace(), workplace()]
        const whole = spread({
          own: workplace().pipeline,
          helpers: places.map(({ helper }) => helper),
          format: formatNamed,
        })
        people.forEach((person, n) => void whole.receive(arrival(n, { person })))
        await turn()
        for (const person of new Set(people)) {
          const theirs = people.flatMap((one, n) => (one === person ? [`C${n}`] : []))
          const held = places.filter(({ begun }) => begun.some((id) => theirs.includes(id)))
          expect(held).toHaveLength(1)
          expect(held[0]?.begun.filter((id) => theirs.includes(id))).toEqual(theirs)
        }
      }),
    )
  })

  test('a merge waits for all before it, and all after it wait for the merge, even behind a second merge', async () => {
    const [own, other] = [workplace(), workplace()]
    const whole = spread({ own: own.pipeline, helpers: [other.helper], format: formatNamed })
    void whole.receive(arrival(1))
    void whole.receive(arrival(2, { kind: 'ADT^A40' }))
    void whole.receive(arrival(3, { person: 'q' }))
    void whole.receive(arrival(4, { kind: 'ADT^A34' }))
    await turn()
    expect([other.begun, own.begun]).toEqual([['C1'], []])
    await other.endAll()
    expect([other.begun, own.begun]).toEqual([['C1'], ['C2']])
    await own.endAll()
    expect([other.begun, own.begun]).toEqual([['C1', 'C3'], ['C2']])
    await other.endAll()
    expect([other.begun, own.begun]).toEqual([
      ['C1', 'C3'],
      ['C2', 'C4'],
    ])
    await own.endAll()
    expect(whole.depth()).toBe(0)
  })

  test('what may hold merges is alone too: a file of messages, one that waited, what an earlier process left', async () => {
    for (const begin of [
      (whole: Pipeline) => whole.receive(arrival(2, { kind: '' })),
      (whole: Pipeline) => whole.replay('2'),
      (whole: Pipeline) => whole.resume(),
    ]) {
      const other = workplace()
      const done: string[] = []
      const told = (id: string) => {
        done.push('alone')
        return receipt(id)
      }
      const own: Pipeline = {
        ...workplace().pipeline,
        receive: async ({ controlId }) => told(controlId),
        replay: async (id) => told(id),
        resume: async () => done.push('alone'),
      }
      const whole = spread({ own, helpers: [other.helper], format: formatNamed })
      void whole.receive(arrival(1))
      const one = begin(whole)
      void whole.receive(arrival(3))
      await turn()
      expect([other.begun, done]).toEqual([['C1'], []])
      await other.endAll()
      await one
      await turn()
      expect([other.begun, done]).toEqual([['C1', 'C3'], ['alone']])
    }
  })

  test('a request that brings its own translation or audit line stays on the thread that has them', async () => {
    const [own, other] = [workplace(), workplace()]
    const whole = spread({ own: own.pipeline, helpers: [other.helper], format: formatNamed })
    void whole.receive(arrival(1), { alongside: async () => {} })
    await turn()
    expect([other.begun, own.begun]).toEqual([[], ['C1']])
  })

  test('a merge that fails does not hold up what comes after it', async () => {
    const other = workplace()
    const own: Pipeline = { ...workplace().pipeline, receive: async () => await Promise.reject(new Error('away')) }
    const whole = spread({ own, helpers: [other.helper], format: formatNamed })
    const merge = whole.receive(arrival(1, { kind: 'ADT^A40' }))
    void whole.receive(arrival(2))
    await expect(merge).rejects.toThrow('away')
    await turn()
    expect(other.begun).toEqual(['C2'])
  })
})

describe('a thread that works on messages', () => {
  const ports: MessagePort[] = []
  afterEach(() => {
    for (const port of ports.splice(0)) port.close()
  })
  const source = (id: string, name: string): Source => ({
    id,
    name,
    kind: 'laboratory',
    organisation: { code: 'Y99902', name: 'Invented laboratory' },
    formats: ['hl7v2'],
    namespace: 'n',
    settings: {},
  })

  function aThread(receive: (arrival: Arrival, known: Source | undefined) => Promise<Receipt>) {
    let lab = source('lab', 'first name')
    const logged: string[] = []
    const log = { ...silentLog, warn: (_: unknown, message: string) => void logged.push(message) }
    const helper = reachHelper({ log, source: (id) => (id === 'lab' ? lab : undefined) })
    const begin = () => {
      const { port1, port2 } = new MessageChannel()
      ports.push(port1, port2)
      helpBehind(port2, ({ log: told, source: known }) => ({
        ...workplace().pipeline,
        receive: async (one) => {
          told.warn({}, 'seen')
          return await receive(one, known(one.source))
        },
      }))
      helper.begin(port1)
    }
    return { helper, begin, logged, rename: (name: string) => (lab = source('lab', name)) }
  }

  test('is given the very bytes, and leaves those here as they are', async () => {
    const seen: string[] = []
    const { helper, begin, logged } = aThread(async (one) => {
      seen.push(Buffer.from(one.body).toString())
      return receipt(one.controlId)
    })
    begin()
    const whole = Buffer.from('MSH|first\rMSH|second\r')
    const one = { ...arrival(1), body: whole.subarray(0, 10) }
    const two = { ...arrival(2), body: whole.subarray(10) }
    expect(await Promise.all([helper.receive(one), helper.receive(two)])).toEqual([receipt('C1'), receipt('C2')])
    expect(seen).toEqual(['MSH|first\r', 'MSH|second\r'])
    expect(whole.toString()).toBe('MSH|first\rMSH|second\r')
    expect(logged).toEqual(['seen', 'seen'])
  })

  test('knows what is declared of a source when its message comes, also after that has changed', async () => {
    const { helper, begin, rename } = aThread(async (_, known) => receipt(known?.name ?? 'unknown'))
    begin()
    expect(await helper.receive(arrival(1))).toEqual(receipt('first name'))
    rename('second name')
    expect(await helper.receive(arrival(2))).toEqual(receipt('second name'))
    expect(await helper.receive(arrival(3, { source: 'nobody' }))).toEqual(receipt('unknown'))
  })

  test('a message that could not be kept is told as what it is', async () => {
    const { helper, begin } = aThread(async () => {
      throw new Problem('busy', 'The database cannot be reached', 'Send the message again in a minute.')
    })
    begin()
    await expect(helper.receive(arrival(1))).rejects.toMatchObject({
      kind: 'busy',
      remedy: 'Send the message again in a minute.',
    })
  })

  test('that ends has its senders send again, and what comes before it begins again waits for it', async () => {
    let stuck = true
    const { helper, begin } = aThread((one) =>
      stuck ? new Promise<Receipt>(() => {}) : Promise.resolve(receipt(one.controlId)),
    )
    begin()
    const lost = helper.receive(arrival(1))
    await turn()
    helper.end()
    await expect(lost).rejects.toMatchObject({ kind: 'busy' })
    stuck = false
    const waiting = helper.receive(arrival(2))
    await turn()
    begin()
    expect(await waiting).toEqual(receipt('C2'))
    await helper.idle()
  })
})

test('makers of ids that are parts of one another never make the same one, whenever they are asked', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 })), { maxLength: 200 }), (asked) => {
      let now = 1_795_000_000_000
      const makers = [0, 1, 2].map((part) => timeOrderedIds(() => new Date(now), { part, of: 3 }))
      const made = asked.map(([who, wait]) => {
        now += wait === 3 ? 1 : 0
        return { who, id: BigInt(makers[who]?.() ?? 0) }
      })
      expect(new Set(made.map(({ id }) => id)).size).toBe(made.length)
      for (const who of [0, 1, 2]) {
        const own = made.filter((one) => one.who === who).map(({ id }) => id)
        expect(own).toEqual(own.toSorted((a, b) => (a < b ? -1 : 1)))
      }
    }),
  )
})
