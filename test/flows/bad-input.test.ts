/**
 * Issue 2, "Shown by" 6: whatever comes through a door — cut off, far too large, garbage, hostile — is answered with a clear error, is
 * never half-applied, costs bounded memory, is never told to the log, and the same listener serves the next good message.
 */
import { globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import { admission, results, syntheticNhsNumber } from '../../bench/invented-hl7.ts'
import { ackField } from '../../bench/mllp-client.ts'
import { demoArea } from '../../demo/index.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'
import { sharedData } from '../support/shared-data.ts'

const bad = sharedData('bad-input')
const badFiles =
  bad === undefined
    ? []
    : globSync(`${bad}/**/*`)
        .filter((path) => statSync(path).isFile())
        .sort()

const bodyMax = 3_000_000
let server: RunningTestServer
beforeAll(async () => {
  server = await runningServer({ env: { BODY_MAX: String(bodyMax) } })
  // The senders are known before anything bad comes.
  expect(await served()).toBe(true)
})

let n = 0
/** A good message through MLLP is answered AA under its own control id. */
async function served(): Promise<boolean> {
  n += 1
  const connection = await server.mllp()
  const answer = await connection.send(admission(n, n % 20))
  connection.close()
  return ackField(answer, 'MSA', 1) === 'AA' && ackField(answer, 'MSA', 2) === `C${n}`
}

async function bareSocket(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((done, failed) => {
    socket.once('connect', done)
    socket.once('error', failed)
  })
  return socket
}
const closed = (socket: Socket) => new Promise<void>((done) => socket.once('close', () => done()))
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
const messages = async () =>
  (await server.sql<{ count: number }[]>`select count(*)::int as count from message`)[0]?.count ?? -1
const newest = async () =>
  (
    await server.sql<{ status: string; size: number; issues: { place: string; message: string; remedy?: string }[] }[]>`
      select status, length(body) as size, issues from message order by id desc limit 1`
  )[0]

describe('MLLP', () => {
  test('a connection that ends inside a frame: nothing is kept or answered, and the next one is served', async () => {
    const before = await messages()
    const socket = await bareSocket(server.mllpPort)
    let heard = 0
    socket.on('data', (chunk) => {
      heard += chunk.length
    })
    socket.write(Buffer.concat([Buffer.of(0x0b), admission(900_001, 1).subarray(0, 200)]))
    await pause(50)
    socket.end()
    await closed(socket)
    expect(heard).toBe(0)
    expect(await messages()).toBe(before)
    expect(server.logged()).toContain('ended inside a frame')
    expect(await served()).toBe(true)
  })

  test('a frame given up for the next one: only the whole one is kept, and under its own name', async () => {
    const before = await messages()
    const connection = await server.mllp()
    connection.raw(Buffer.concat([Buffer.of(0x0b), results(900_002, 1).subarray(0, 400)]))
    const answer = await connection.send(results(900_003, 2))
    expect([ackField(answer, 'MSA', 1), ackField(answer, 'MSA', 2)]).toEqual(['AA', 'C900003'])
    expect(await messages()).toBe(before + 1)
    const about = await server.sql`
      select distinct v.pk from message m join resource_version v on v.message_id = m.id
       where m.control_id = 'C900003' and v.body like '{"resourceType":"Observation"%'`
    expect(about).toHaveLength(1)
  })

  test('a good message in single bytes, with others served meanwhile', async () => {
    const connection = await server.mllp()
    const answer = connection.next()
    const framed = Buffer.concat([Buffer.of(0x0b), admission(900_004, 3), Buffer.of(0x1c, 0x0d)])
    for (const [at, byte] of framed.entries()) {
      connection.raw(Buffer.of(byte))
      if (at % 100 === 0) await pause(1)
      if (at === 300) expect(await served()).toBe(true)
    }
    expect(ackField(await answer, 'MSA', 1)).toBe('AA')
  })

  test('a frame of 100 MB is refused by name, costs no more memory than the limit, and the connection goes on', {
    timeout: 60_000,
  }, async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const held = () => {
      const { heapUsed, external } = process.memoryUsage()
      return (heapUsed + external) / 1e6
    }
    collect()
    const before = held()
    let most = before
    const socket = await bareSocket(server.mllpPort)
    const answers: Buffer[] = []
    socket.on('data', (chunk) => answers.push(chunk))
    const write = (bytes: Uint8Array) =>
      new Promise<void>((done) => (socket.write(bytes) ? done() : socket.once('drain', () => done())))
    await write(Buffer.concat([Buffer.of(0x0b), admission(900_005, 1), Buffer.from('NTE|1||')]))
    const chunk = Buffer.alloc(100_000, 'x')
    for (let sent = 0; sent < 100_000_000; sent += chunk.length) {
      await write(chunk)
      if (sent % 5_000_000 === 0) {
        collect()
        most = Math.max(most, held())
      }
    }
    await write(Buffer.concat([Buffer.from('\r'), Buffer.of(0x1c, 0x0d)]))
    await until(() => answers.length > 0)
    const answer = Buffer.concat(answers).toString('latin1').slice(1)
    expect([ackField(answer, 'MSA', 1), ackField(answer, 'MSA', 2)]).toEqual(['AR', 'C900005'])
    expect(ackField(answer, 'MSA', 3)).toMatch(/frame of 10\d+ bytes, expected at most 16000000/)
    const row = await newest()
    expect(row?.status).toBe('failed')
    expect(row?.size).toBeLessThanOrEqual(65_536)
    expect(row?.issues[0]?.remedy).toMatch(/MLLP_FRAME_MAX/)
    collect()
    expect(most - before).toBeLessThan(60)
    expect(held() - before).toBeLessThan(15)
    // The very same connection goes on.
    answers.length = 0
    await write(Buffer.concat([Buffer.of(0x0b), admission(900_006, 1), Buffer.of(0x1c, 0x0d)]))
    await until(() => answers.length > 0)
    expect(ackField(Buffer.concat(answers).toString('latin1').slice(1), 'MSA', 1)).toBe('AA')
    socket.destroy()
  })

  test.each([
    ['noise without frames', Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 11)), 0],
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 0],
    ['a TLS greeting', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]), 0],
    ['a framed nothing', Buffer.of(0x0b, 0x1c, 0x0d), 1],
    [
      'framed noise',
      Buffer.concat([
        Buffer.of(0x0b),
        Buffer.from('\x00\xff\xfe\x7f\x80'.repeat(500), 'latin1'),
        Buffer.of(0x1c, 0x0d),
      ]),
      1,
    ],
    ['a header alone', Buffer.from('\x0bMSH\x1c\r'), 1],
    ['a header of separators', Buffer.from(`\x0bMSH${'|'.repeat(5_000)}\x1c\r`), 1],
    ['no separators', Buffer.from('\x0bMSHAAAA ADT A01 Zzyzxwick\x1c\r'), 1],
    ['separators all alike', Buffer.from('\x0bMSH||||||X|Y|||ADT|Z1|P|2.4\rPID|1||1||Zzyzxwick\x1c\r'), 1],
    [
      'line ends of no known kind',
      Buffer.from('\x0bMSH|^~\\&|BENCHPAS|BENCH|||20260101||ADT^A01|L1|T|2.4\x85PID|1||H1\x1c\r', 'latin1'),
      1,
    ],
    [
      'a segment without end',
      Buffer.from(`\x0bMSH|^~\\&|BENCHPAS|BENCH|||20260101||ADT^A01|L2|T|2.4\rPID|1||${'~'.repeat(200_000)}\x1c\r`),
      1,
    ],
  ] as const)(
    '%s is answered, kept with its reason, or passed over; and the next one is served',
    async (_what, bytes, frames) => {
      const before = await messages()
      const connection = await server.mllp()
      connection.raw(bytes)
      for (let at = 0; at < frames; at += 1) {
        const answer = await connection.next()
        expect(ackField(answer, 'MSA', 1)).toMatch(/^A[ER]$/)
        expect(ackField(answer, 'MSA', 3)).toMatch(/\w{3}/)
        const row = await newest()
        expect(row?.status).toBe('failed')
        expect(row?.issues[0]?.remedy).toMatch(/\w{3}/)
      }
      connection.close()
      expect(await messages()).toBe(before + frames)
      expect(await served()).toBe(true)
    },
  )

  test.skipIf(bad === undefined)(
    'every hostile file in a frame is refused and kept, over one connection that goes on',
    async () => {
      const connection = await server.mllp()
      const before = await messages()
      const contents = new Set<string>()
      for (const path of badFiles) {
        const body = readFileSync(path)
        if (body.includes(0x1c) || body.includes(0x0b)) continue // these bytes are frames to MLLP
        const answer = await connection.send(body)
        expect(ackField(answer, 'MSA', 1), path).toMatch(/^A[ER]$/)
        expect(ackField(answer, 'MSA', 3), path).toMatch(/\w{3}/)
        contents.add(body.toString('base64'))
      }
      expect(await messages()).toBe(before + contents.size)
      expect(ackField(await connection.send(admission(900_010, 4)), 'MSA', 1)).toBe('AA')
    },
  )
})

describe('HTTP', () => {
  test.skipIf(bad === undefined)('every hostile file to a feed: a clear answer, never a fault of ours', async () => {
    const answers = new Map<string, number>()
    for (const path of badFiles) {
      const answer = await server.feed('hostile', readFileSync(path))
      const name = path.slice((bad ?? '').length + 1)
      expect([200, 400, 409, 422], `${name}: ${JSON.stringify(answer)}`).toContain(answer.http)
      if (answer.http !== 200) {
        expect(answer.issues.length, name).toBeGreaterThan(0)
        for (const { message } of answer.issues) expect(message, name).toMatch(/\w{3}/)
        expect(answer.facts ?? 0, name).toBe(0)
      }
      answers.set(name, answer.http)
    }
    // What is no JSON, and what is no message although it is JSON, says nothing of anybody.
    for (const [name, http] of answers) if (/^(json|strings|xml|xxe)/.test(name)) expect(http, name).not.toBe(200)
    expect(await served()).toBe(true)
  })

  test.skipIf(bad === undefined)(
    'every hostile file to /fhir, alone and as a transaction: an OperationOutcome, or a resource',
    async () => {
      const token = await server.token()
      for (const path of badFiles) {
        const body = readFileSync(path)
        const type =
          /"resourceType"\s*:\s*"([A-Za-z]+)"/.exec(body.toString())?.[1] ?? /<([A-Z]\w+)/.exec(body.toString())?.[1]
        for (const address of ['/fhir', `/fhir/${type ?? 'Patient'}`]) {
          const answer = await fetch(server.url + address, {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': path.endsWith('.xml') ? 'application/fhir+xml' : 'application/fhir+json',
              accept: 'application/fhir+json',
            },
            body,
          })
          const text = await answer.text()
          const name = `${address} ${path.slice((bad ?? '').length + 1)}: ${answer.status} ${text.slice(0, 300)}`
          expect(answer.status, name).toBeLessThan(500)
          if (answer.status >= 400) {
            const outcome = JSON.parse(text) as {
              resourceType: string
              issue: readonly { diagnostics?: string; details?: unknown }[]
            }
            expect(outcome.resourceType, name).toBe('OperationOutcome')
            expect(JSON.stringify(outcome.issue), name).toMatch(/\w{3} \w+/)
          } else expect(name).toMatch(/bad-|fhir\//)
        }
      }
      expect(await served()).toBe(true)
    },
  )

  test('entities are neither expanded nor fetched, through either door', async () => {
    let fetched = 0
    const web = createServer((_request, reply) => {
      fetched += 1
      reply.end('hunter2')
    })
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
    const port = (web.address() as AddressInfo).port
    const lol = Array.from({ length: 12 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join(
      '',
    )
    const hostile = [
      `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">${lol}]><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&l12;</title></ClinicalDocument>`,
      `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&x;</title></ClinicalDocument>`,
      `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:${port}/x">]><Patient xmlns="http://hl7.org/fhir"><id value="&x;"/></Patient>`,
      `<?xml version="1.0"?><!DOCTYPE r SYSTEM "http://127.0.0.1:${port}/dtd"><Patient xmlns="http://hl7.org/fhir"/>`,
      `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:${port}/p"> %p;]><Patient xmlns="http://hl7.org/fhir"/>`,
      `<a>${'<b>'.repeat(100_000)}`,
      `<Patient xmlns="http://hl7.org/fhir" ${Array.from({ length: 20_000 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
    ]
    for (const text of hostile) {
      const feed = await server.feed('hostile', text, 'application/xml')
      expect(feed.http).toBe(422)
      expect(JSON.stringify(feed)).not.toMatch(/root:|hunter2|lollol/)
      const rest = await fetch(`${server.url}/fhir/Patient`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+xml' },
        body: text,
      })
      expect(rest.status).toBe(400)
      expect(await rest.text()).not.toMatch(/root:|hunter2|lollol/)
    }
    expect(fetched).toBe(0)
    await new Promise((done) => web.close(done))
  })

  test('a body over the limit is refused before it is read whole, however it announces itself', async () => {
    const headers = { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' }
    for (const path of ['/feeds/hostile/messages', '/fhir', '/fhir/Patient']) {
      const announced = await fetch(server.url + path, {
        method: 'POST',
        headers,
        body: Buffer.alloc(bodyMax + 1, ' '),
      })
      expect([path, announced.status]).toEqual([path, 413])
      expect(await announced.text()).toMatch(/large/i)
      const { status, sent } = await trickle(server.url + path, headers, 60_000_000)
      expect([path, status]).toEqual([path, 413])
      expect(sent).toBeLessThan(60_000_000)
    }
    expect(await served()).toBe(true)
  })

  test('an unknown sender, a wrong method, nothing at all, deep JSON and wrong types are told what is wrong', async () => {
    const token = await server.token()
    const ask = async (path: string, init: RequestInit) => {
      const answer = await fetch(server.url + path, init)
      return [answer.status, await answer.text()] as const
    }
    const authorization = `Bearer ${token}`
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'Basic eDp4' }]) {
      const [status, text] = await ask('/feeds/hostile/messages', { method: 'POST', body: 'x', headers })
      expect(status).toBe(401)
      expect(JSON.parse(text)).toMatchObject({
        status: 'refused',
        issues: [{ message: expect.stringMatching(/token/), remedy: expect.stringMatching(/\w{3}/) }],
      })
    }
    expect((await ask('/feeds/NO SUCH/messages', { method: 'POST', body: 'x', headers: { authorization } }))[0]).toBe(
      404,
    )
    expect((await ask('/feeds/hostile/messages', { method: 'POST', headers: { authorization } }))[0]).toBe(400)
    const deep = `{"resourceType":"Patient","extension":${'[{"extension":'.repeat(5_000)}1${'}]'.repeat(5_000)}}`
    for (const body of [
      deep,
      '[',
      '"',
      '{}',
      'null',
      '{"resourceType":"__proto__"}',
      '{"resourceType":["Patient"]}',
      '\u0000',
    ]) {
      const [status, text] = await ask('/fhir/Patient', {
        method: 'POST',
        body,
        headers: { authorization, 'content-type': 'application/fhir+json' },
      })
      expect([body.slice(0, 30), status]).toEqual([body.slice(0, 30), 400])
      expect(text).toContain('OperationOutcome')
      const feed = await server.feed('hostile', body)
      expect([400, 422], body.slice(0, 30)).toContain(feed.http)
    }
  })

  test('garbage and half a request on the socket stop nobody else', async () => {
    const port = Number(new URL(server.url).port)
    const garbage = await bareSocket(port)
    let answer = ''
    garbage.on('data', (chunk) => {
      answer += chunk
    })
    garbage.write('\x0bMSH|^~\\&|NOT|HTTP\x1c\r\n\r\n')
    await closed(garbage)
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    const slow = await Promise.all(Array.from({ length: 20 }, () => bareSocket(port)))
    for (const socket of slow) {
      socket.on('error', () => {})
      socket.write(
        `POST /feeds/hostile/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await server.token()}\r\nContent-Length: 1000\r\n\r\nMSH|`,
      )
    }
    expect((await server.feed('hostile', '{"resourceType":"Patient"')).http).toBe(422)
    expect(await served()).toBe(true)
    for (const socket of slow) socket.destroy()
  })
})

describe('CSV', () => {
  const extract = [...demoArea({ people: 12, seed: '7', now: new Date('2026-11-22T10:00:00Z') }).messages()].find(
    ({ source, contentType }) => source === 'dales-community' && /csv/.test(contentType),
  )
  const text = Buffer.from(extract?.bytes ?? []).toString('utf8')
  const [header = '', ...rows] = text.split(/\r?\n/).filter((line) => line !== '')
  const send = (lines: readonly string[]) => server.feed('dales-community', `${lines.join('\r\n')}\r\n`, 'text/csv')

  test('with columns that nobody declared, or without one that is needed, no row is taken, and the columns are named', async () => {
    expect(rows.length).toBeGreaterThan(1)
    const columns = header.split(',')
    const wrong = [
      ['Colour,Size,Price', '1,2,3'],
      [columns.slice(1).join(','), ...rows.map((row) => row.split(',').slice(1).join(','))],
      [header.replace(columns[0] ?? '', columns[1] ?? ''), ...rows],
      [header.toLowerCase().replaceAll(',', ';'), ...rows.slice(0, 1)],
      rows,
      ['', ...rows],
    ]
    for (const lines of wrong) {
      const answer = await send(lines)
      expect([answer.http, answer.status], lines[0]).toEqual([422, 'failed'])
      expect(answer.issues[0]?.message, lines[0]).toMatch(/column|header/i)
      expect(answer.issues[0]?.remedy ?? '', lines[0]).toMatch(/\w{3}/)
    }
  })

  test('a row with too few cells waits by itself; those around it are applied', async () => {
    const answer = await send([header, rows[0] ?? '', 'Zzyzxwick,1', rows[1] ?? ''])
    expect([answer.http, answer.status]).toEqual([200, 'divided'])
    expect(answer.parts).toMatchObject({ applied: 2, failed: 1 })
    const waiting = await server.sql<{ issues: { message: string; remedy?: string }[] }[]>`
      select issues from message where parent_id = ${answer.messageId ?? '0'} and status = 'failed'`
    expect(waiting).toHaveLength(1)
    expect(waiting[0]?.issues[0]?.message).not.toContain('Zzyzxwick')
  })

  test('binary noise, an open quote and a file without end of line are explained', async () => {
    for (const body of [
      Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 31) % 256)),
      `${header}\r\n"${'x'.repeat(10_000)}`,
      header.slice(0, 20),
    ]) {
      const answer = await server.feed('dales-community', body, 'text/csv')
      expect([answer.http, answer.status]).toEqual([422, 'failed'])
      expect(answer.issues[0]?.message).toMatch(/\w{3}/)
    }
  })
})

describe('folders', () => {
  test.skipIf(bad === undefined)(
    'every hostile file is taken away and kept with its reason, and a good one after them is applied',
    {
      timeout: 60_000,
    },
    async () => {
      await server.feed('bad-folder', '{')
      const inbox = join(server.folder, 'inbox', 'bad-folder')
      mkdirSync(inbox, { recursive: true })
      for (const [at, path] of badFiles.entries())
        writeFileSync(join(inbox, `${String(at).padStart(3, '0')}-${path.split('/').at(-1)}`), readFileSync(path))
      writeFileSync(join(inbox, 'empty.hl7'), '')
      writeFileSync(join(inbox, 'zz-good.hl7'), admission(900_020, 5))
      writeFileSync(join(inbox, '.hidden'), 'x')
      writeFileSync(join(inbox, 'growing.part'), 'x')
      const taken = () => {
        try {
          return readdirSync(join(inbox, 'taken')).length
        } catch {
          return 0
        }
      }
      await until(() => taken() >= badFiles.length + 2, 45_000)
      expect(readdirSync(inbox).sort()).toEqual(['.hidden', 'growing.part', 'taken'])
      const [good] = await server.sql<{ status: string }[]>`
      select status from message where source = 'bad-folder' and control_id = 'C900020'`
      expect(good?.status).toBe('applied')
      const rows = await server.sql<{ issues: { message: string; remedy?: string }[] }[]>`
      select coalesce(issues, '[]') as issues from message where source = 'bad-folder' and status = 'failed'`
      expect(rows.length).toBeGreaterThan(100)
      for (const { issues } of rows) {
        expect(issues.length).toBeGreaterThan(0)
        expect(issues[0]?.message).toMatch(/\w{3}/)
      }
    },
  )
})

describe('after all of it', () => {
  test('nothing is half-applied, nothing waits unexplained, and the checks find nothing broken', async () => {
    const [row] = await server.sql<{ halves: number; waiting: number; unexplained: number }[]>`
      select (select count(*)::int from resource_version v join message m on m.id = v.message_id where m.status <> 'applied') as halves,
             (select count(*)::int from message where status = 'kept') as waiting,
             (select count(*)::int from message where status = 'failed' and coalesce(jsonb_array_length(issues), 0) = 0) as unexplained`
    expect(row).toEqual({ halves: 0, waiting: 0, unexplained: 0 })
    expect(await server.broken()).toEqual([])
  })

  test('no line of the log tells of anybody', () => {
    const logged = server.logged()
    expect(logged).toContain('a file was taken in')
    const numbers = Array.from({ length: 20 }, (_, person) => syntheticNhsNumber(person * 3))
    const told = [...numbers, 'Ashdown', 'Zzyzxwick', 'Invented Road', 'hunter2', 'root:x:0'].filter((one) =>
      logged.includes(one),
    )
    expect(told).toEqual([])
  })
})

/** Sends a body in pieces without saying how long it is, until it is answered. */
async function trickle(
  url: string,
  headers: Readonly<Record<string, string>>,
  length: number,
): Promise<{ readonly status: number; readonly sent: number }> {
  return await new Promise((done) => {
    let sent = 0
    let status = 0
    const asking = request(
      url,
      { method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' } },
      (answer) => {
        status = answer.statusCode ?? 0
        answer.resume()
        answer.once('end', () => {
          asking.destroy()
          done({ status, sent })
        })
      },
    )
    asking.on('error', () => done({ status, sent }))
    const piece = Buffer.alloc(100_000, ' ')
    // With a breath between, so that the answer is heard before the connection is gone.
    const more = async () => {
      for (; status === 0 && sent < length && !asking.destroyed; sent += piece.length) {
        asking.write(piece)
        await pause(5)
      }
      if (status === 0) asking.end()
    }
    void more()
  })
}

async function until(holds: () => boolean, limitMs = 30_000): Promise<void> {
  const began = performance.now()
  while (!holds()) {
    if (performance.now() - began > limitMs) throw new Error(`nothing came in ${limitMs} ms`)
    await pause(20)
  }
}
