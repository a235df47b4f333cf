import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../base/index.ts'
import type { Arrival } from './keep.ts'
import { listenMllp, type MllpListener, type MllpNeeds } from './mllp.ts'
import { frame, frameReader } from './mllp-frames.ts'
import type { Source } from './source.ts'
import { unrecognised } from './sources.ts'

const strangers: Source = {
  id: unrecognised,
  name: 'Unrecognised',
  kind: 'other',
  organisation: { code: '', name: '' },
  formats: ['hl7v2'],
  namespace: 'a namespace of the tests',
  settings: {},
}

let listener: MllpListener | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await listener?.close()
})

async function listening(settings: Partial<MllpNeeds> = {}) {
  const kept: Arrival[] = []
  listener = await listenMllp({
    pipeline: {
      receive: async (arrival) => {
        kept.push(arrival)
        return { messageId: '1', status: 'failed', issues: [], written: [] }
      },
      replay: () => Promise.reject(new Error('not in this test')),
      resume: async () => 0,
      depth: () => 0,
      idle: async () => {},
    },
    sources: {
      get: (id) => (id === unrecognised ? strangers : undefined),
      all: () => [strangers],
      bySender: () => undefined,
      refresh: async () => {},
    },
    clock: () => new Date('2026-11-22T10:00:00Z'),
    log: silentLog,
    host: '127.0.0.1',
    port: 0,
    live: true,
    ...settings,
  })
  const { port } = listener
  const open = () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    sockets.push(socket)
    return socket
  }
  return { kept, open }
}

const closed = (socket: Socket) => new Promise<void>((done) => socket.once('close', () => done()))
const answer = (socket: Socket) =>
  new Promise<string>((done) => {
    const reader = frameReader(100_000)
    socket.on('data', (chunk) => {
      const [first] = reader.push(Buffer.from(chunk))
      if (first) done(Buffer.from(first.bytes).toString('latin1'))
    })
  })
const message = (id: number, more = '') =>
  frame(Buffer.from(`MSH|^~\\&|WHO|KNOWS|||20261122||ADT^A01|${id}|P|2.4\r${more}`))

test('a sender that never ends its frame, one byte at a time, is let go', async () => {
  const { open } = await listening({ frameTimeMs: 300 })
  const socket = open()
  socket.write('\x0bMSH|')
  const drip = setInterval(() => socket.write('x'), 20)
  await closed(socket)
  clearInterval(drip)
})

test('connections together hold no more in memory than there is room for, and the next message is served', async () => {
  const { open } = await listening({ heldMax: 3_000_000 })
  const greedy = [open(), open(), open()]
  const gone = Promise.race(greedy.map(closed))
  for (const socket of greedy) socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.alloc(2_000_000, 0x61)]))
  await gone
  for (const socket of greedy) socket.destroy()
  const next = open()
  next.write(message(1))
  expect(await answer(next)).toContain('MSA|AR|1')
})

test('one host cannot take every connection', async () => {
  const { open } = await listening({ connectionsMax: 4 })
  const [first, second, third] = [open(), open(), open()]
  await closed(third)
  expect([first.destroyed, second.destroyed]).toEqual([false, false])
})

test('senders that nobody declared fill no disk: within an hour so much is kept, then refused and told', async () => {
  const { kept, open } = await listening()
  for (let n = 1; n <= 5; n += 1) {
    const socket = open()
    socket.write(message(n, `ZZZ|${'x'.repeat(15_000_000)}\r`))
    expect(await answer(socket)).toContain(`MSA|AR|${n}`)
    socket.destroy()
  }
  expect(kept).toHaveLength(4)
})
