/**
 * Issue 2, "Shown by" 1: a whole hospital's feed over MLLP and four connections. Every message is answered AA with its own control id,
 * what it holds is counted again in the facts, sending it again changes nothing, and broken messages in the same style are kept and
 * explained while the next one is served. The counts are made by a reading of HL7 that is not the product's.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ackField } from '../../bench/mllp-client.ts'
import { field, type Line, linesOf, named, withField } from '../support/hl7-text.ts'
import { type RunningTestServer, runningServer } from '../support/server.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('hl7v2/simulated-hospital/messages')
const messages =
  folder === undefined
    ? []
    : readdirSync(folder)
        .sort()
        .map((name) => readFileSync(join(folder, name)))
const lines: readonly (readonly Line[])[] = messages.map(linesOf)
const clinical = lines.filter((message) => named(message, 'TXA').length === 0)

let server: RunningTestServer
beforeAll(async () => {
  server = await runningServer()
})

/** Sends all, message by message in turn over four connections. @returns the answers in the order of the messages */
async function sendAll(): Promise<readonly string[]> {
  const answers: string[] = []
  const connections = await Promise.all([1, 2, 3, 4].map(() => server.mllp()))
  await Promise.all(
    connections.map(async (connection, n) => {
      for (let at = n; at < messages.length; at += connections.length)
        answers[at] = await connection.send(messages[at] ?? new Uint8Array())
    }),
  )
  return answers
}

const bodies = async (type: string): Promise<readonly string[]> =>
  (
    await server.sql<{ body: string }[]>`
      select v.body from resource r join resource_version v using (rid, pk)
       where not r.deleted and v.body like ${`%"resourceType":"${type}"%`}`
  )
    .map(({ body }) => body)
    .filter((body) => (JSON.parse(body) as { resourceType: string }).resourceType === type)

const sizes = async () =>
  (
    await server.sql`
      select (select count(*)::int from message) as messages, (select count(*)::int from resource) as resources,
             (select count(*)::int from resource_version) as versions, (select count(*)::int from resource_code) as codes,
             (select count(*)::int from person) as persons, (select count(*)::int from person_link) as links,
             (select count(*)::int from message_translation) as translations, (select sum(ver)::int from resource) as numbers`
  )[0]

const distinct = (values: readonly string[]): number => new Set(values.filter((value) => value !== '')).size
const sorted = (values: readonly string[]): readonly string[] => values.toSorted()
const pidKey = (message: readonly Line[]): string => field(message, 'PID', 3).split('~')[0] ?? ''

describe.skipIf(folder === undefined)('the simulated hospital over four connections', () => {
  test('every message is answered AA under its own control id', async () => {
    expect(messages).toHaveLength(215)
    const answers = await sendAll()
    expect(answers.map((answer) => [ackField(answer, 'MSA', 1), ackField(answer, 'MSA', 2)])).toEqual(
      lines.map((message) => ['AA', field(message, 'MSH', 10)]),
    )
    const [kept] = await server.sql<{ all: number; applied: number }[]>`
      select count(*)::int as all, count(*) filter (where status = 'applied')::int as applied from message`
    expect(kept).toEqual({ all: messages.length, applied: messages.length })
  })

  test('what the messages count, the facts count', async () => {
    const rows = (name: string) => clinical.reduce((sum, message) => sum + named(message, name).length, 0)
    const visits = lines.map((message) => {
      const number = field(message, 'PV1', 19)
      if (number !== '') return number
      const admitted = field(message, 'PV1', 44)
      return admitted === '' ? '' : `${pidKey(message)}|${admitted}`
    })
    const allergies = lines.flatMap((message) =>
      named(message, 'AL1').map((al1) => `${pidKey(message)}|${al1[3]?.split('^').slice(0, 3).join('^')}`),
    )
    expect({
      patients: (await bodies('Patient')).length,
      observations: (await bodies('Observation')).length,
      reports: (await bodies('DiagnosticReport')).length,
      allergies: (await bodies('AllergyIntolerance')).length,
      encounters: (await bodies('Encounter')).length,
      documents: (await bodies('DocumentReference')).length,
    }).toEqual({
      patients: distinct(lines.map(pidKey)),
      observations: rows('OBX'),
      reports: rows('OBR'),
      allergies: distinct(allergies),
      encounters: distinct(visits),
      documents: lines.length - clinical.length,
    })
    const persons = await server.sql`select distinct person from person_link where until is null`
    const nhsNumbers = lines.map((message) => field(message, 'PID', 3).split('~')[1]?.split('^')[0] ?? '')
    expect(persons).toHaveLength(distinct(nhsNumbers))
  })

  test('every number a laboratory sent is there as it was written', async () => {
    const sent = clinical.flatMap((message) =>
      named(message, 'OBX')
        .filter(([, , type, , , value]) => type === 'NM' || (type === '' && /^[<>]?[\d.]+$/.test(value ?? '')))
        .map((obx) => `${obx[3]?.split('^')[0]} ${obx[5]}`),
    )
    const held = (await bodies('Observation')).flatMap((body) => {
      const quantity = /"valueQuantity":\{[^}]*\}/.exec(body)?.[0]
      if (quantity === undefined) return []
      const number = /"value":([-+.eE\d]+)/.exec(quantity)?.[1]
      const sign = /"comparator":"([<>=]+)"/.exec(quantity)?.[1] ?? ''
      const { code } = JSON.parse(body) as { code: { coding: readonly { code: string }[] } }
      return [`${code.coding.map((one) => one.code).find((one) => one.startsWith('tt-'))} ${sign}${number}`]
    })
    expect(sent.length).toBeGreaterThan(500)
    expect(sorted(held)).toEqual(sorted(sent))
  })

  test('in every message content = mapped + left over, and nothing is broken', async () => {
    const rows = await server.sql<{ content: number; mapped: number; leftovers: string }[]>`
      select content, mapped, leftovers from message_translation`
    expect(rows).toHaveLength(messages.length)
    for (const { content, mapped, leftovers } of rows) {
      expect(content).toBe(mapped + (JSON.parse(leftovers) as string[]).length)
      expect(mapped).toBeGreaterThan(20)
    }
    expect(await server.broken()).toEqual([])
  })

  test('sent once more, everything is answered AA once more and nothing changes', async () => {
    const before = await sizes()
    const answers = await sendAll()
    expect(answers.map((answer) => [ackField(answer, 'MSA', 1), ackField(answer, 'MSA', 2)])).toEqual(
      lines.map((message) => ['AA', field(message, 'MSH', 10)]),
    )
    expect(await sizes()).toEqual(before)
    const receipts = await server.sql<{ receipts: number }[]>`select distinct receipts from message`
    expect([...receipts]).toEqual([{ receipts: 2 }])
    expect(await server.broken()).toEqual([])
  })
})

/** Invented, in the simulator's style: every broken one below is made of these. */
const header = (type: string, id: string) =>
  `MSH|^~\\&|SIMHOSP|SFAC|RAPP|RFAC|20200509101500||${type}|${id}|T|2.3|||AL||44|ASCII`
const whole = (id: string, type = 'ORU^R01') =>
  Buffer.from(
    [
      header(type, id),
      ...(type.startsWith('ADT') ? ['EVN|A01|20200509101500|||C001^Forster^Richard^^^Dr|'] : []),
      'PID|1|7700000001^^^SIMULATOR MRN^MRN|7700000001^^^SIMULATOR MRN^MRN~9990000018^^^NHSNBR^NHSNMBR||Invented^Person^^^Ms^^CURRENT||19700101000000|F|||1 Made Up Lane^^Westerham^^ZZ99 1ZZ^GBR^HOME||020 7946 0000^HOME|||||||||A^White - British^^^||||||||',
      'PV1|1|I|RenalWard^MainRoom^Bed 4^Simulated Hospital^^BED^Main Building^5|28b|||C001^Forster^Richard^^^Dr^^^DRNBR^PRSNL^^^ORGDR|||MED|||||||||7700000099^^^^visitid||||||||||||||||||||||ARRIVED|||20200509101500||',
      ...(type === 'ORU^R01'
        ? [
            `ORC|RE|77001${id}|77002${id}||CM||||20200509101500`,
            `OBR|1|77001${id}|77002${id}|us-0003^UREA AND ELECTROLYTES^WinPath^^||20200509101500|20200509101500|||||||20200509101500||||||||20200509101500|||F||1`,
            'OBX|1|NM|tt-0003-02^Potassium^WinPath^^||4.43|MMOLL|3.5 - 5.3||||F|||20200509101500||',
          ]
        : []),
      '',
    ].join('\r'),
  )
const without = (message: Uint8Array, name: string): Uint8Array =>
  Buffer.from(
    Buffer.from(message)
      .toString()
      .split('\r')
      .filter((line) => !line.startsWith(name))
      .join('\r'),
  )
const cutAt = (message: Uint8Array, text: string): Uint8Array => message.subarray(0, Buffer.from(message).indexOf(text))

type Broken = readonly [what: string, message: Uint8Array, answer: 'AE' | 'AR', place: RegExp, reason: RegExp]

const refused: readonly Broken[] = [
  ['without PID', without(whole('B1'), 'PID'), 'AE', /^PID\[1\]/, /without a PID/],
  [
    'with nobody in PID-3 and PID-2',
    withField(withField(whole('B2'), ['PID', 1, 3], ''), ['PID', 1, 2], ''),
    'AE',
    /^PID\[1\]-3/,
    /No patient identifier/,
  ],
  [
    'with two NHS numbers',
    withField(whole('B3'), ['PID', 1, 3], '7700000001^^^SIMULATOR MRN^MRN~9990000018^^^NHSNBR~9990000026^^^NHSNBR'),
    'AE',
    /^PID\[1\]-3/,
    /2 different NHS numbers/,
  ],
  ['of a type nobody knows', whole('B4', 'ADT^Z99'), 'AE', /^MSH\[1\]-9/, /ADT.{1,3}Z99 is not translated/],
  ['cut off inside its PID', cutAt(whole('B5'), '7700000001^^^SIM'), 'AE', /^PID\[1\]-3/, /No patient identifier/],
  ['cut off after its header', cutAt(whole('B6'), 'PID|'), 'AE', /^PID\[1\]/, /without a PID/],
  [
    'with one sign for two separators',
    Buffer.from(Buffer.from(whole('B7')).toString().replace('|^~\\&|', '|^^\\&|')),
    'AE',
    /^MSH\[1\]-2/,
    /used for two purposes/,
  ],
  [
    'with a letter as separator',
    Buffer.from(Buffer.from(whole('B8')).toString().replaceAll('|', 'x')),
    'AR',
    /^MSH/,
    /header/,
  ],
  ['without header', without(whole('B9'), 'MSH'), 'AR', /^MSH/, /header/],
  [
    'of two people in one admission',
    Buffer.concat([whole('B10', 'ADT^A01'), Buffer.from('PID|2|7700000002^^^SIMULATOR MRN^MRN|7700000002\r')]),
    'AE',
    /^PID\[2\]/,
    /2 PID segments/,
  ],
  ['merging without MRG', whole('B11', 'ADT^A40'), 'AE', /^MRG\[1\]/, /No MRG/],
  ['with a document of which TXA says nothing', whole('B12', 'MDM^T02'), 'AE', /^TXA\[1\]/, /without a TXA/],
]

describe('broken messages in the same style', () => {
  test.each(refused)(
    'one %s waits with its place, reason and remedy; the next is served',
    async (_what, message, code, place, reason) => {
      const connection = await server.mllp()
      const answer = await connection.send(message)
      expect(ackField(answer, 'MSA', 1)).toBe(code)
      expect(ackField(answer, 'MSA', 3)).toMatch(reason)
      const [row] = await server.sql<
        { status: string; body: Uint8Array; issues: { place: string; message: string; remedy?: string }[] }[]
      >`select status, body, issues from message order by id desc limit 1`
      expect(row?.status).toBe('failed')
      expect(Buffer.from(row?.body ?? []).equals(Buffer.from(message))).toBe(true)
      expect(row?.issues[0]?.place).toMatch(place)
      expect(row?.issues[0]?.message).toMatch(reason)
      expect(row?.issues[0]?.remedy).toMatch(/\w{3}/)
      const next = `N${refused.findIndex(([, one]) => one === message)}`
      const good = await connection.send(whole(next))
      expect([ackField(good, 'MSA', 1), ackField(good, 'MSA', 2)]).toEqual(['AA', next])
      expect(await server.broken()).toEqual([])
    },
  )

  test('an NHS number that fails its check is no NHS number: kept as sent, and it finds nobody', async () => {
    const connection = await server.mllp()
    const sent = withField(
      withField(whole('C1'), ['PID', 1, 2], ''),
      ['PID', 1, 3],
      '7700000555^^^SIMULATOR MRN^MRN~9990000019^^^NHSNBR^NHSNMBR',
    )
    expect(ackField(await connection.send(sent), 'MSA', 1)).toBe('AA')
    const [patient] = (await bodies('Patient')).filter((body) => body.includes('7700000555'))
    expect(patient).toContain('NHS number that fails its check')
    expect(patient).not.toMatch(/Id\/nhs-number","value":"9990000019"/)
    // A person alone: nobody else's record was joined by it.
    const links = await server.sql`
      select l.pk from person_link l where l.until is null and l.person in (
        select o.person from person_identifier i join person_link o using (pk) where i.value = '7700000555' and o.until is null)`
    expect(links).toHaveLength(1)
  })

  test('a result without filler number is taken, and the note says what it costs', async () => {
    const connection = await server.mllp()
    const sent = withField(withField(whole('C2'), ['OBR', 1, 3], ''), ['ORC', 1, 3], '')
    expect(ackField(await connection.send(sent), 'MSA', 1)).toBe('AA')
    expect(await notesOf('C2')).toContainEqual(
      expect.objectContaining({ place: expect.stringMatching(/^OBR\[1\]-3/), remedy: expect.any(String) }),
    )
  })

  test('a result that is no number stays the words it is; a status that is none is told as unknown, with a note', async () => {
    const connection = await server.mllp()
    const sent = withField(withField(whole('C3'), ['OBX', 1, 5], 'four point four'), ['OBX', 1, 11], '?')
    expect(ackField(await connection.send(sent), 'MSA', 1)).toBe('AA')
    expect((await notesOf('C3')).map(({ place }) => place)).toContain('OBX[1]-11')
    const held = (await bodies('Observation')).filter((body) => body.includes('four point four'))
    expect(held).toHaveLength(1)
    expect(held[0]).toContain('"status":"unknown"')
    expect(held[0]).toMatch(/"valueString":"four point four\b/)
    expect(await server.broken()).toEqual([])
  })

  test('a date of birth that is none is not guessed', async () => {
    const connection = await server.mllp()
    const sent = withField(
      withField(withField(whole('C4'), ['PID', 1, 7], '19701399'), ['PID', 1, 2], ''),
      ['PID', 1, 3],
      '7700000666^^^SIMULATOR MRN^MRN',
    )
    expect(ackField(await connection.send(sent), 'MSA', 1)).toBe('AA')
    const [patient] = (await bodies('Patient')).filter((body) => body.includes('7700000666'))
    expect(patient).not.toContain('birthDate')
    expect((await notesOf('C4')).map(({ place }) => place).join(' ')).toMatch(/PID\[1\]-7/)
  })
})

async function notesOf(controlId: string): Promise<readonly { readonly place: string; readonly message: string }[]> {
  const [row] = await server.sql<{ notes: string }[]>`
    select t.notes from message m join message_translation t on t.message_id = m.id where m.control_id = ${controlId}`
  return JSON.parse(row?.notes ?? '[]')
}
