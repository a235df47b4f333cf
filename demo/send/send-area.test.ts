import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer as createHttpServer, type Server } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { demoArea } from '../area.ts'
import { sendArea } from './send-area.ts'

const area = demoArea({ people: 3, seed: 'riverton', now: new Date('2026-11-22T12:00:00Z') })
const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** The outside, played by hand: a receiver whose line drops and whose server is busy now and then. */
async function receiver({
  dropEvery = 0,
  busyEvery = 0,
}: {
  readonly dropEvery?: number
  readonly busyEvery?: number
}) {
  const heard: string[] = []
  let frames = 0
  const mllp = createServer((socket) => {
    let held = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      held += bytes.toString('latin1')
      for (let end = held.indexOf('\x1c\r'); end >= 0; end = held.indexOf('\x1c\r')) {
        const message = held.slice(1, end)
        held = held.slice(end + 2)
        frames += 1
        if (dropEvery > 0 && frames % dropEvery === 0) return void socket.destroy()
        const controlId = message.split('|')[9] ?? ''
        heard.push(controlId)
        const ack = `\x0bMSH|^~\\&|||||||ACK|1|T|2.4\rMSA|AA|${controlId}\r\x1c\r`
        // In two pieces, as networks like to.
        socket.write(ack.slice(0, 9))
        setTimeout(() => socket.write(ack.slice(9)), 1)
      }
    })
  })
  let posts = 0
  const posted: string[] = []
  const http: Server = createHttpServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/oauth/token')
        return void response.end(JSON.stringify({ access_token: 'a', token_type: 'bearer' }))
      posts += 1
      if (busyEvery > 0 && posts % busyEvery === 0) return void response.writeHead(503).end('{}')
      posted.push(request.url ?? '')
      response.end('{}')
    })
  })
  await Promise.all([
    new Promise<void>((done) => mllp.listen(0, '127.0.0.1', done)),
    new Promise<void>((done) => http.listen(0, '127.0.0.1', done)),
  ])
  const inboxDir = await mkdtemp(join(tmpdir(), 'inbox-'))
  open.push(
    () => new Promise((done) => mllp.close(done)),
    () => new Promise((done) => http.close(done)),
    () => rm(inboxDir, { recursive: true }),
  )
  const port = (server: { address(): AddressInfo | string | null }) => (server.address() as AddressInfo).port
  return {
    heard,
    posted,
    inboxDir,
    address: { area, http: `http://127.0.0.1:${port(http)}`, mllp: { host: '127.0.0.1', port: port(mllp) }, inboxDir },
  }
}

test('everything arrives through its own door, each person’s HL7 messages in order', async () => {
  const { address, heard, posted, inboxDir } = await receiver({})
  const seen: number[] = []
  const done = await sendArea({ ...address, onProgress: ({ sent }) => seen.push(sent) })

  const all = [...area.messages()]
  expect(done).toMatchObject({ sent: all.length, accepted: all.length, refused: 0, resent: 0, peopleDone: 3 })
  expect(seen.at(-1)).toBe(all.length)
  expect(posted).toHaveLength(all.filter(({ door }) => door === 'http').length)
  expect(await readdir(join(inboxDir, 'dales-community'))).toEqual(['contacts-2026-11-22-001.csv'])
  for (const person of ['p0001', 'p0002', 'p0003']) {
    const wanted = all
      .filter((message) => message.person === person && message.door === 'mllp')
      .map(({ bytes }) => Buffer.from(bytes).toString('latin1').split('|', 10)[9] ?? '')
    expect(heard.filter((id) => wanted.includes(id))).toEqual(wanted)
  }
})

test('a line that drops and a server that is busy cost a resend, never a message', async () => {
  const { address, heard } = await receiver({ dropEvery: 7, busyEvery: 3 })
  const done = await sendArea({ ...address, connections: 2 })

  const wanted = [...area.messages()].filter(({ door }) => door === 'mllp').length
  expect(done.resent).toBeGreaterThan(0)
  expect(done.accepted).toBe(done.sent)
  expect(new Set(heard).size).toBe(wanted)
})

test('an abort stops the sending at once', async () => {
  const { address } = await receiver({})
  const stop = new AbortController()
  const sending = sendArea({ ...address, signal: stop.signal, onProgress: ({ sent }) => sent === 5 && stop.abort() })
  await expect(sending).rejects.toThrow(/abort/i)
})

test('a server that does not know the client says so instead of being asked for ever', async () => {
  const refusing = createHttpServer((_request, response) => void response.writeHead(401).end('{}'))
  await new Promise<void>((done) => refusing.listen(0, '127.0.0.1', done))
  open.push(() => new Promise((done) => refusing.close(done)))
  const { address } = await receiver({})
  const port = (refusing.address() as AddressInfo).port
  await expect(sendArea({ ...address, http: `http://127.0.0.1:${port}` })).rejects.toMatchObject({ kind: 'forbidden' })
})
