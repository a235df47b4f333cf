/**
 * Journeys of messages as networks and people really send them: twice, under a number that was used, corrected, late, merged by mistake,
 * about one person from several systems, the result before the admission. Promises 2 and 3 of the design: once, and the right person.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { syntheticNhsNumber } from '../../bench/invented-hl7.ts'
import { ackField, type MllpClient } from '../../bench/mllp-client.ts'
import { type RunningTestServer, runningServer, type Staff } from '../support/server.ts'

let server: RunningTestServer
let mllp: MllpClient
let gp: Staff
beforeAll(async () => {
  server = await runningServer()
  mllp = await server.mllp()
  gp = await server.staff('gp-rao')
})

type Person = {
  readonly number: string
  readonly nhsNumber: string
  readonly family: string
  readonly given: string
  readonly born: string
  readonly phone?: string
}

/** A person of the synthetic range; each test has its own. */
const person = (n: number, family: string, given: string): Person => ({
  number: `H${n}`,
  nhsNumber: syntheticNhsNumber(n * 3),
  family,
  given,
  born: '19600203',
})

const pid = ({ number, nhsNumber, family, given, born, phone = '01632960001' }: Person): string =>
  `PID|1||${number}^^^RIV^MR${nhsNumber === '' ? '' : `~${nhsNumber}^^^NHS^NH`}||${family}^${given}^^^Ms||${born}|F|||1 Invented Road^^Riverton^^ZZ9 9ZZ^GBR^H||${phone}^PRN|||||||||||||||||||NSTS01`

type Header = { readonly id: string; readonly type: string; readonly at: string; readonly from?: string }
const message = ({ id, type, at, from = 'PAS' }: Header, ...segments: readonly string[]): Uint8Array =>
  Buffer.from(
    [
      `MSH|^~\\&|${from}|RIV|TL|AREA|${at}||${type}|${id}|T|2.4`,
      ...(type.startsWith('ADT') ? [`EVN|${type.slice(4)}|${at}||||${at}`] : []),
      ...segments,
      '',
    ].join('\r'),
  )
const visit = (number: string, at: string): string =>
  `PV1|1|I|WARD1^BAY1^BED1||||C1234567^Example^Consultant|||300||||19|||||${number}|||||||||||||||||||||||||${at}`
const potassium = (filler: string, value: string, at: string, status = 'F'): readonly string[] => [
  `ORC|RE|P${filler}|${filler}||CM`,
  `OBR|1|P${filler}|${filler}|UE^Urea and electrolytes^LAB|||${at}|||||||||||||||${at}||CH|${status}`,
  `OBX|1|NM|K^Potassium^LAB||${value}|mmol/L|3.5-5.3|N|||${status}|||${at}`,
]

/** @returns MSA-1 */
async function send(body: Uint8Array, connection = mllp): Promise<string> {
  return ackField(await connection.send(body), 'MSA', 1) ?? ''
}

const kept = async (controlId: string) =>
  await server.sql<{ id: string; status: string; receipts: number; issues: { message: string; remedy?: string }[] }[]>`
    select id::text, status, receipts, coalesce(issues, '[]') as issues from message where control_id = ${controlId} order by id`

/** Current resources of a type that a test's own text stands in. */
async function held(
  type: string,
  containing: string,
): Promise<readonly { readonly ver: number; readonly body: string }[]> {
  const rows = await server.sql<{ ver: number; body: string }[]>`
    select r.ver, v.body from resource r join resource_version v using (rid, pk)
     where not r.deleted and v.body like ${`{"resourceType":"${type}"%`} and v.body like ${`%${containing}%`} order by r.id`
  return [...rows]
}

const sizes = async () =>
  (
    await server.sql`
      select (select count(*)::int from message) as messages, (select count(*)::int from resource) as resources,
             (select count(*)::int from resource_version) as versions, (select count(*)::int from person_link) as links,
             (select count(*)::int from message_translation) as translations`
  )[0]

const personsOf = async (nhsNumber: string): Promise<readonly string[]> =>
  (
    await server.sql<{ person: string }[]>`
      select distinct l.person from person_identifier i join person_link l using (pk)
       where i.value = ${nhsNumber} and l.until is null`
  ).map((row) => row.person)

const words = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')

describe('the same message again', () => {
  test('ten times over several connections at once, and again later: answered AA each time, applied once', async () => {
    const who = person(1, 'Ashdown', 'Ada')
    const admission = message(
      { id: 'D1', type: 'ADT^A01', at: '20260301100000' },
      pid(who),
      visit('V1', '20260301100000'),
    )
    const connections = await Promise.all(Array.from({ length: 5 }, () => server.mllp()))
    const first = await Promise.all(
      connections.flatMap((connection) => [send(admission, connection), send(admission, connection)]),
    )
    expect(first).toEqual(Array.from({ length: 10 }, () => 'AA'))
    const after = await sizes()
    expect(await send(admission)).toBe('AA')
    expect(await sizes()).toEqual(after)
    expect(await kept('D1')).toMatchObject([{ status: 'applied', receipts: 11 }])
    expect((await held('Encounter', '"V1"')).map(({ ver }) => ver)).toEqual([1])
    expect((await held('Patient', who.nhsNumber)).map(({ ver }) => ver)).toEqual([1])
  })

  test('the same bytes through another door by the same source are the same message', async () => {
    const body = message(
      { id: 'D2', type: 'ADT^A28', at: '20260301110000', from: 'PAS' },
      pid(person(2, 'Birch', 'Ben')),
    )
    expect(await send(body)).toBe('AA')
    const before = await sizes()
    const answer = await server.feed('mllp-pas-riv', body)
    expect([answer.http, answer.status]).toEqual([200, 'duplicate'])
    expect(await sizes()).toEqual(before)
  })
})

describe('a control id that was used', () => {
  const who = person(3, 'Calder', 'Cora')

  test('with other content is held, changes nothing, and is told to the sender', async () => {
    expect(await send(message({ id: 'R1', type: 'ADT^A28', at: '20260301100000' }, pid(who)))).toBe('AA')
    const other = message({ id: 'R1', type: 'ADT^A31', at: '20260302100000' }, pid({ ...who, phone: '01632960999' }))
    const before = await held('Patient', who.nhsNumber)
    const answer = await mllp.send(other)
    expect(ackField(answer, 'MSA', 1)).toBe('AE')
    expect(ackField(answer, 'MSA', 3)).toMatch(/control id .* came before with other content/)
    expect((await kept('R1')).map(({ status }) => status)).toEqual(['applied', 'held'])
    expect(await held('Patient', who.nhsNumber)).toEqual(before)
    // Asking again does not wear it down.
    expect(await send(other)).toBe('AE')
    expect(await held('Patient', who.nhsNumber)).toEqual(before)
  })

  test('is applied when the analyst says that it holds', async () => {
    const analyst = await server.staff('analyst-pryce')
    const waiting = (await kept('R1'))[1]
    const page = await analyst.get(`/staff/messages/${waiting?.id}`)
    expect(words(page.html)).toMatch(/control id .* came before with other content/)
    expect((await analyst.post(`/staff/messages/${waiting?.id}`, { do: 'replay' })).status).toBe(303)
    expect((await kept('R1')).map(({ status }) => status)).toEqual(['applied', 'applied'])
    expect((await held('Patient', who.nhsNumber))[0]?.body).toContain('01632960999')
  })
})

test('a message that failed and comes corrected under its number: applied, and the failed one is closed', async () => {
  const who = person(4, 'Denholm', 'Dan')
  const right = message({ id: 'F1', type: 'ADT^A28', at: '20260301100000' }, pid(who))
  const broken = Buffer.from(
    Buffer.from(right)
      .toString()
      .replace('^^^NHS^NH', `^^^NHS^NH~${syntheticNhsNumber(5_000)}^^^NHS^NH`),
  )
  expect(await send(broken)).toBe('AE')
  expect((await kept('F1')).map(({ status }) => status)).toEqual(['failed'])
  expect(await held('Patient', who.nhsNumber)).toEqual([])
  expect(await send(right)).toBe('AA')
  expect((await kept('F1')).map(({ status }) => status)).toEqual(['set-aside', 'applied'])
  expect(await held('Patient', who.nhsNumber)).toHaveLength(1)
  // The broken one again is still not true.
  expect(await send(broken)).toBe('AE')
  expect(await held('Patient', who.nhsNumber)).toHaveLength(1)
})

test('a late message tells of an earlier time: it is kept, and the page goes on showing what is newer', async () => {
  const who = person(6, 'Eastwood', 'Ella')
  const says = (id: string, at: string, phone: string) => message({ id, type: 'ADT^A31', at }, pid({ ...who, phone }))
  expect(await send(says('L1', '20260301100000', '01632960100'))).toBe('AA')
  expect(await send(says('L3', '20260320100000', '01632960300'))).toBe('AA')
  expect(await send(says('L2', '20260310100000', '01632960200'))).toBe('AA')
  const [patient] = await held('Patient', who.nhsNumber)
  expect(patient?.body).toContain('01632960300')
  expect(patient?.body).not.toContain('01632960200')
  const [late] = await kept('L2')
  const [translation] = await server.sql<{ notes: string }[]>`
    select notes from message_translation where message_id = ${late?.id ?? '0'}`
  expect(translation?.notes).toMatch(/came earlier tells of a later time/)
  const [record = ''] = await gp.find('Ella Eastwood 3/2/1960')
  const page = words((await gp.get(record)).html).replaceAll(' ', '')
  expect(page).toContain('01632960300')
  expect(page).not.toContain('01632960200')
})

describe('a merge', () => {
  const stays = person(7, 'Fenwick', 'Finn')
  const goes: Person = { ...person(8, 'Fenwick', 'Finn'), nhsNumber: '', born: '19600302' }
  let before: readonly string[] = []

  test('by A40 joins two records into one, under the address of the one that stays; the old address leads there', async () => {
    expect(await send(message({ id: 'M1', type: 'ADT^A28', at: '20260301100000' }, pid(stays)))).toBe('AA')
    expect(
      await send(
        message({ id: 'M2', type: 'ADT^A01', at: '20260302100000' }, pid(goes), visit('V7', '20260302100000')),
      ),
    ).toBe('AA')
    before = await gp.find('Finn Fenwick')
    expect(before).toHaveLength(2)
    expect(
      await send(
        message({ id: 'M3', type: 'ADT^A40^ADT_A39', at: '20260303100000' }, pid(stays), `MRG|${goes.number}^^^RIV^MR`),
      ),
    ).toBe('AA')
    const after = await gp.find('Finn Fenwick')
    expect(after).toHaveLength(1)
    const gone = before.find((path) => !after.includes(path)) ?? ''
    const led = await gp.get(gone)
    expect(led.status).toBeGreaterThanOrEqual(300)
    expect(led.status).toBeLessThan(400)
    expect(led.location).toContain(after[0])
    // What the other record held is there now.
    expect(words((await gp.get(`${after[0]}/contacts`)).html)).toMatch(/2 March 2026/)
  })

  test('said again changes nothing', async () => {
    const sizesBefore = await sizes()
    const again = message(
      { id: 'M3', type: 'ADT^A40^ADT_A39', at: '20260303100000' },
      pid(stays),
      `MRG|${goes.number}^^^RIV^MR`,
    )
    expect(await send(again)).toBe('AA')
    expect(await sizes()).toEqual(sizesBefore)
  })

  test('that was a mistake is undone by the identity officer: two people again, each with their own', async () => {
    const officer = await server.staff('identity-haddow')
    const [merge] = await server.sql<{ id: string; survivor: string }[]>`
      select id, survivor from person_merge where undone_at is null`
    const links = await officer.get(`/staff/identity/people/${merge?.survivor}`)
    expect(links.html).toContain(`/staff/identity/merges/${merge?.id}/undo`)
    expect((await officer.post(`/staff/identity/merges/${merge?.id}/undo`, {})).status).toBe(303)
    const after = await gp.find('Finn Fenwick')
    expect(after).toHaveLength(2)
    const contacts = await Promise.all(after.map(async (path) => words((await gp.get(`${path}/contacts`)).html)))
    expect(contacts.filter((text) => text.includes('2 March 2026'))).toHaveLength(1)
    // A new message about the one that had gone finds its own record, and does not join them anew.
    expect(
      await send(
        message({ id: 'M4', type: 'ADT^A03', at: '20260304100000' }, pid(goes), visit('V7', '20260302100000')),
      ),
    ).toBe('AA')
    expect(await gp.find('Finn Fenwick')).toHaveLength(2)
  })
})

describe('several systems', () => {
  test('that give the same NHS number and date of birth speak of one person, and the page says who said what', async () => {
    const who = person(10, 'Garside', 'Gwen')
    expect(await send(message({ id: 'S1', type: 'ADT^A28', at: '20260301100000' }, pid(who)))).toBe('AA')
    const lab = message(
      { id: 'S2', type: 'ORU^R01', at: '20260302100000', from: 'LAB' },
      pid({ ...who, number: 'L77' }),
      ...potassium('F77', '4.10', '20260302090000'),
    )
    expect(await send(lab)).toBe('AA')
    const practice = await server.feed(
      'practice',
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            fullUrl: 'urn:uuid:0b8f0d1e-6f2c-4a54-9c39-0d9f8a4b1c01',
            resource: {
              resourceType: 'Patient',
              identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: who.nhsNumber }],
              name: [{ family: who.family, given: [who.given] }],
              birthDate: '1960-02-03',
              gender: 'female',
            },
          },
          {
            resource: {
              resourceType: 'AllergyIntolerance',
              clinicalStatus: {
                coding: [
                  { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
                ],
              },
              code: {
                coding: [{ system: 'http://snomed.info/sct', code: '91936005', display: 'Allergy to penicillin' }],
              },
              patient: { reference: 'urn:uuid:0b8f0d1e-6f2c-4a54-9c39-0d9f8a4b1c01' },
            },
          },
        ],
      }),
      'application/fhir+json',
    )
    expect(practice.http, JSON.stringify(practice)).toBe(200)
    expect(await personsOf(who.nhsNumber)).toHaveLength(1)
    const found = await gp.find('Gwen Garside 3/2/1960')
    expect(found).toHaveLength(1)
    const page = words((await gp.get(found[0] ?? '')).html)
    expect(page).toMatch(/Known allergies\s+Allergy to penicillin/)
    expect(page).toContain('Potassium')
    expect(page).toContain('4.10')
    const sources = words((await gp.get(`${found[0]}/sources`)).html)
    for (const source of ['PAS RIV', 'LAB RIV', 'practice']) expect(sources).toContain(source)
  })

  test('that give the same NHS number and another date of birth are not joined: a human is asked', async () => {
    const who = person(12, 'Hollis', 'Hugh')
    expect(await send(message({ id: 'S3', type: 'ADT^A28', at: '20260301100000' }, pid(who)))).toBe('AA')
    const other = { ...who, number: 'L78', born: '19870911' }
    const lab = message(
      { id: 'S4', type: 'ORU^R01', at: '20260302100000', from: 'LAB' },
      pid(other),
      ...potassium('F78', '6.90', '20260302090000'),
    )
    expect(await send(lab)).toBe('AA')
    const persons = await personsOf(who.nhsNumber)
    expect(persons).toHaveLength(2)
    const [review] = await server.sql<{ id: string; persons: string[] }[]>`
      select id, persons from identity_review where settled_at is null and persons && ${[...persons]}::text[]`
    expect(review?.persons.toSorted()).toEqual(persons.toSorted())
    const officer = await server.staff('identity-haddow')
    expect((await officer.get('/staff/identity')).html).toContain(`/staff/identity/${review?.id}`)
    // Nobody's result stands in the other's record.
    const [hollis = ''] = await gp.find('Hugh Hollis 3/2/1960')
    expect(words((await gp.get(`${hollis}/tests`)).html)).not.toContain('6.90')
    const [namesake = ''] = await gp.find('Hugh Hollis 11/9/1987')
    expect(words((await gp.get(`${namesake}/tests`)).html)).toContain('6.90')
  })
})

describe('the laboratory and the ward', () => {
  test('a result comes before the admission that it belongs to: one visit, told whole by the admission', async () => {
    const who = person(14, 'Ingram', 'Iris')
    const result = message(
      { id: 'O1', type: 'ORU^R01', at: '20260301120000' },
      pid(who),
      visit('V14', '20260301090000'),
      ...potassium('F14', '5.20', '20260301110000'),
    )
    expect(await send(result)).toBe('AA')
    expect(
      await send(
        message({ id: 'O2', type: 'ADT^A01', at: '20260301090000' }, pid(who), visit('V14', '20260301090000')),
      ),
    ).toBe('AA')
    const encounters = await held('Encounter', '"V14"')
    expect(encounters).toHaveLength(1)
    expect(encounters[0]?.body).toContain('"status":"in-progress"')
    const { id } = JSON.parse(encounters[0]?.body ?? '{}') as { id: string }
    const [observation] = await held('Observation', 'F14')
    expect(observation?.body).toContain(`Encounter/${id}`)
    expect(await held('Patient', who.nhsNumber)).toHaveLength(1)
    const [record = ''] = await gp.find('Iris Ingram 3/2/1960')
    expect(words((await gp.get(`${record}/tests`)).html)).toContain('5.20')
    expect(words((await gp.get(`${record}/contacts`)).html)).toContain('1 March 2026')
  })

  test('a corrected result takes the place of the first, which stays in the history', async () => {
    const who = person(16, 'Jessop', 'Jack')
    const says = (id: string, at: string, value: string, status: string) =>
      message({ id, type: 'ORU^R01', at, from: 'LAB' }, pid(who), ...potassium('F16', value, '20260301110000', status))
    expect(await send(says('K1', '20260301120000', '6.80', 'F'))).toBe('AA')
    expect(await send(says('K2', '20260301150000', '4.80', 'C'))).toBe('AA')
    const observations = await held('Observation', 'F16')
    expect(observations.map(({ ver }) => ver)).toEqual([2])
    expect(observations[0]?.body).toMatch(/"status":"corrected"[\s\S]*4\.80/)
    // The first, late and under a new number, does not come back.
    expect(await send(says('K3', '20260301120000', '6.80', 'F'))).toBe('AA')
    expect((await held('Observation', 'F16'))[0]?.body).toContain('4.80')
    const [record = ''] = await gp.find('Jack Jessop 3/2/1960')
    const tests = words((await gp.get(`${record}/tests`)).html)
    expect(tests).toContain('4.80')
    expect(tests).not.toContain('6.80')
  })
})

test('after all of it nothing is broken and nothing waits unseen', async () => {
  expect(await server.broken()).toEqual([])
  const rows = await server.sql`select control_id from message where status = 'kept'`
  expect(rows).toHaveLength(0)
})
