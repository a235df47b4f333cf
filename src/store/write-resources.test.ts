/** What is written is what is read, version by version, whoever else writes. @see FHIR R4 http.html#versions, hazard log: a fact lost or told twice */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type Pool, timeOrderedIds } from '../base/index.ts'
import { parseJson } from '../fhir/index.ts'
import {
  makeScope,
  patientKey,
  readByKeys,
  readCompartments,
  readCompartmentsAt,
  readHistory,
  readResource,
  readVersion,
  type Write,
  writeResources,
} from './index.ts'

let sql: Pool
beforeAll(async () => {
  sql = (await testDatabase()).sql
})

const nextId = timeOrderedIds(() => new Date())
const everyone = makeScope('everyone', [])
const pk = patientKey('ada')
const observation = (id: string, content: object = {}): Write['resource'] =>
  ({ resourceType: 'Observation', id, status: 'final', code: { text: 'Pulse' }, ...content }) as Write['resource']
const put = (id: string, content: object = {}, more: Partial<Write> = {}): Write => ({
  pk,
  resource: observation(id, content),
  op: 'put',
  source: 'hospital',
  messageId: '7',
  ...more,
})
const withdraw = (id: string, more: Partial<Write> = {}): Write => ({ ...put(id, {}, more), op: 'delete' })
const save = (writes: readonly Write[], now = new Date()) =>
  sql.begin((tx) => writeResources(tx, writes, { now, nextId }))
const outcomes = async (writes: readonly Write[], now?: Date) =>
  (await save(writes, now)).map(({ outcome, version }) => `${outcome} ${version}`)
const at = (id: string) => ({ type: 'Observation', id })

describe('versions', () => {
  test('a resource is read back as it was written, with its version, time, source and message', async () => {
    const now = new Date('2024-03-01T10:00:00Z')
    expect(await save([put('whole', { valueString: 'β "quoted" \\ \n 🙂' })], now)).toEqual([
      { type: 'Observation', id: 'whole', version: 1, outcome: 'created' },
    ])
    const read = await readResource(sql, everyone, at('whole'))
    expect(read).toMatchObject({ version: 1, savedAt: now, source: 'hospital', messageId: '7', pk })
    expect(read.body).toBe(
      '{"resourceType":"Observation","id":"whole","meta":{"versionId":"1","lastUpdated":"2024-03-01T10:00:00.000Z","source":"urn:throughline:source:hospital"},' +
        '"status":"final","code":{"text":"Pulse"},"valueString":"β \\"quoted\\" \\\\ \\n 🙂"}',
    )
  })

  test('a number keeps the text it came with', async () => {
    const parsed = parseJson('{"resourceType":"Observation","id":"exact","valueQuantity":{"value":1.50}}')
    expect.assert(parsed.ok)
    await save([{ ...put('exact'), resource: parsed.value as Write['resource'] }])
    expect((await readResource(sql, everyone, at('exact'))).body).toContain('"value":1.50}')
  })

  test('a source that the resource names itself is kept', async () => {
    await save([
      put('sourced', { meta: { source: 'https://example.nhs.uk/lab', tag: [{ code: 't' }], versionId: '99' } }),
    ])
    const { body } = await readResource(sql, everyone, at('sourced'))
    expect(JSON.parse(body)).toMatchObject({
      meta: { source: 'https://example.nhs.uk/lab', tag: [{ code: 't' }], versionId: '1' },
    })
  })

  test('the same said again makes no version; something else does; a deletion leaves a tombstone, from which it may come back', async () => {
    expect(await outcomes([put('life')])).toEqual(['created 1'])
    expect(await outcomes([put('life')])).toEqual(['unchanged 1'])
    expect(await outcomes([put('life', { status: 'amended' })])).toEqual(['updated 2'])
    expect(await outcomes([withdraw('life')])).toEqual(['deleted 3'])
    expect(await outcomes([withdraw('life')])).toEqual(['unchanged 3'])
    await expect(readResource(sql, everyone, at('life'))).rejects.toMatchObject({ kind: 'gone' })
    await expect(readVersion(sql, everyone, at('life'), 3)).rejects.toMatchObject({ kind: 'gone' })
    expect(await outcomes([put('life')])).toEqual(['created 4'])
    expect((await readHistory(sql, everyone, at('life'))).map(({ op, version }) => `${op} ${version}`)).toEqual([
      'created 4',
      'deleted 3',
      'updated 2',
      'created 1',
    ])
    expect(JSON.parse((await readVersion(sql, everyone, at('life'), 2)).body)).toMatchObject({ status: 'amended' })
    await expect(readVersion(sql, everyone, at('life'), 9)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('to withdraw what never was changes nothing', async () => {
    expect(await outcomes([withdraw('never')])).toEqual(['unchanged 0'])
    await expect(readResource(sql, everyone, at('never'))).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('two writes of one resource in a batch make two versions, of which the last is current and found', async () => {
    expect(
      await outcomes([
        put('twice', { status: 'preliminary' }),
        put('other'),
        put('twice'),
        put('twice'),
        withdraw('other'),
      ]),
    ).toEqual(['created 1', 'created 1', 'updated 2', 'unchanged 2', 'deleted 2'])
    expect((await readHistory(sql, everyone, at('twice'))).map(({ version }) => version)).toEqual([2, 1])
    const [rows] = await sql`select count(*)::int as n from resource where id = 'twice'`
    expect(rows).toEqual({ n: 1 })
  })

  test('an id promised to be new that is not makes the next version all the same', async () => {
    await save([put('stale', {}, { fresh: true })])
    expect(await outcomes([put('stale', { status: 'amended' }, { fresh: true })])).toEqual(['updated 2'])
  })

  test('a message about an earlier time than what is held is not applied', async () => {
    await save([put('order', { status: 'final' }, { asOf: '2024-05-02T10:00:00+01:00' })])
    expect(await outcomes([put('order', { status: 'registered' }, { asOf: '2024-05-01T10:00:00+01:00' })])).toEqual([
      'superseded 1',
    ])
    expect(await outcomes([withdraw('order', { asOf: '2024-05-01T10:00:00+01:00' })])).toEqual(['superseded 1'])
    expect(await outcomes([put('order', { status: 'amended' }, { asOf: '2024-05-02T10:00:00+01:00' })])).toEqual([
      'updated 2',
    ])
  })

  test('a source whose clock runs ahead cannot freeze its facts', async () => {
    await save([put('ahead', {}, { asOf: '2999-01-01T00:00:00Z' })], new Date('2024-01-01T00:00:00Z'))
    expect(await outcomes([put('ahead', { status: 'amended' })], new Date('2024-01-02T00:00:00Z'))).toEqual([
      'updated 2',
    ])
  })

  test('the index rows of former versions are gone', async () => {
    const coded = (code: string, value: number) => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      valueQuantity: { value },
    })
    await save([put('indexed', coded('1-1', 5))])
    await save([put('indexed', coded('2-2', 6))])
    expect([...(await sql`select v from resource_code where id = 'indexed'`)]).toEqual([{ v: 6 }])
    await save([withdraw('indexed')])
    expect([...(await sql`select v from resource_code where id = 'indexed'`)]).toEqual([])
    expect([
      ...(await sql`select deleted, cardinality(tokens) as n, d::text from resource where id = 'indexed'`),
    ]).toMatchObject([{ deleted: true, n: 0, d: '-infinity' }])
  })

  test('a version that is not the one expected is a conflict, and nothing of the batch is written', async () => {
    await save([put('guarded')])
    await expect(save([put('beside'), put('guarded', { status: 'amended' }, { expected: 2 })])).rejects.toMatchObject({
      kind: 'conflict',
    })
    await expect(readResource(sql, everyone, at('beside'))).rejects.toMatchObject({ kind: 'not-found' })
    expect(
      await outcomes([put('guarded', { status: 'amended' }, { expected: 1 }), put('first', {}, { expected: 0 })]),
    ).toEqual(['updated 2', 'created 1'])
  })
})

describe('what cannot be stored', () => {
  test.each([
    ['NUL', { valueString: 'a\u0000b' }],
    ['half of a surrogate pair', { valueString: 'a\ud800' }],
    ['NUL in a name', { 'a\u0000': 1 }],
  ])('%s is refused by name, without what it stood in', async (_, content) => {
    await expect(save([put('bad', content)])).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/^Observation\/bad holds/),
    })
  })

  test('text that only speaks of an escape is stored', async () => {
    await save([put('escape', { valueString: String.raw`\u0000 and \\ud800` })])
    expect(JSON.parse((await readResource(sql, everyone, at('escape'))).body)).toMatchObject({
      valueString: String.raw`\u0000 and \\ud800`,
    })
  })

  test.each(['', 'a b', 'x'.repeat(65), 'a/b', "o'", 'a\u0001b'])('the id "%s" is refused', async (id) => {
    await expect(save([put(id)])).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('a type that R4 does not have is refused', async () => {
    await expect(
      save([{ ...put('x'), resource: { resourceType: 'Nonsense', id: 'x' } as unknown as Write['resource'] }]),
    ).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('scope', () => {
  test('what lies outside a scope answers as if it were not there, and resources about nobody are seen by all', async () => {
    const mine = makeScope('persons', [patientKey('bob')])
    const { resourceKey } = await import('./index.ts')
    await save([put('hers'), put('his', {}, { pk: patientKey('bob') })])
    await save([
      {
        ...put('org'),
        pk: resourceKey('Organization', 'org'),
        resource: { resourceType: 'Organization', id: 'org', name: 'Trust' },
      },
    ])
    await save([{ ...put('ada'), resource: { resourceType: 'Patient', id: 'ada' } }])
    expect(await readResource(sql, mine, at('his'))).toMatchObject({ id: 'his' })
    expect(await readResource(sql, mine, { type: 'Organization', id: 'org' })).toMatchObject({ id: 'org' })
    for (const hidden of [at('hers'), { type: 'Patient', id: 'ada' }]) {
      await expect(readResource(sql, mine, hidden)).rejects.toMatchObject({ kind: 'not-found' })
      await expect(readHistory(sql, mine, hidden)).rejects.toMatchObject({ kind: 'not-found' })
      await expect(readVersion(sql, mine, hidden, 1)).rejects.toMatchObject({ kind: 'not-found' })
      expect(await readByKeys(sql, mine, [{ ...hidden, pk }])).toEqual([])
    }
    expect((await readCompartments(sql, mine)).map(({ id }) => id)).toEqual(['his'])
    await save([withdraw('hers')])
    await expect(readResource(sql, mine, at('hers'))).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('a person as known at an instant is what had come by then', async () => {
    const own = patientKey('eve')
    const scope = makeScope('persons', [own])
    const day = (n: number) => new Date(`2024-06-0${n}T12:00:00Z`)
    await save([put('e1', { effectiveDateTime: '2024-05-01' }, { pk: own })], day(1))
    await save([put('e1', { status: 'amended' }, { pk: own }), put('e2', {}, { pk: own })], day(2))
    await save([withdraw('e2', { pk: own })], day(3))
    const known = async (n: number) =>
      (await readCompartmentsAt(sql, scope, day(n).toISOString())).resources
        .map(({ id, version }) => `${id} ${version}`)
        .sort()
    expect(await readCompartmentsAt(sql, scope, '2024-05-31T12:00:00Z')).toEqual({ resources: [], ended: [] })
    expect(await known(1)).toEqual(['e1 1'])
    expect(await known(2)).toEqual(['e1 2', 'e2 1'])
    expect(await known(3)).toEqual(['e1 2'])
    expect(await readCompartments(sql, scope)).toMatchObject([{ id: 'e1', version: 2 }])
  })
})

test('any JSON content is read back with the same text', async () => {
  const key = fc.stringMatching(/^[a-z]{3,8}$/)
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => !s.includes('\u0000'))
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  const content = fc.dictionary(fc.stringMatching(/^x[a-z]{3,8}$/), tree, { maxKeys: 6 })
  let n = 0
  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 8 }), async (contents) => {
      const writes = contents.map((one) => put(`any-${++n}`, one))
      await save(writes)
      const read = await readByKeys(
        sql,
        everyone,
        writes.map(({ resource }) => ({ ...at(resource.id), pk })),
      )
      for (const { id, body } of read) {
        const { resource } = writes.find((write) => write.resource.id === id) ?? put('')
        const { meta: _, ...rest } = JSON.parse(body) as Record<string, unknown>
        expect(JSON.stringify(rest)).toBe(JSON.stringify({ resourceType: 'Observation', id, ...without(resource) }))
      }
      expect(read).toHaveLength(writes.length)
    }),
    { numRuns: 40 },
  )
})
const without = ({ resourceType: _t, id: _i, ...rest }: Write['resource']) => rest

test('writers of the same resources neither wait for ever nor lose a version', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `shared-${n}`)
  const shuffled = (seed: number) =>
    ids
      .map((id, n) => ({ id, by: (n * 7 + seed * 5) % 12 }))
      .sort((a, b) => a.by - b.by)
      .map(({ id }) => id)
  const rounds = Array.from({ length: 6 }, (_, writer) =>
    (async () => {
      const answers = []
      for (let round = 0; round < 5; round++) {
        const writes = shuffled(writer + round).map((id) => put(id, { valueString: `${writer} ${round}` }))
        answers.push(...(await save(writes)))
      }
      return answers
    })(),
  )
  const answers = (await Promise.all(rounds)).flat()
  expect(answers).toHaveLength(6 * 5 * 12)
  for (const id of ids) {
    const history = await readHistory(sql, everyone, at(id))
    const made = answers.filter(
      (answer) => answer.id === id && (answer.outcome === 'created' || answer.outcome === 'updated'),
    )
    // Every version that a writer was told of is there, under the number it was told, and no number is there twice.
    expect(history.map(({ version }) => version)).toEqual(made.map(({ version }) => version).sort((a, b) => b - a))
    expect(new Set(history.map(({ version }) => version)).size).toBe(history.length)
    const superseded = answers.filter((answer) => answer.id === id && answer.outcome === 'superseded')
    expect(made.length + superseded.length).toBe(30)
    const [current] = await sql`select ver from resource where id = ${id}`
    expect(current).toEqual({ ver: history[0]?.version })
  }
})

test('who builds on the current version builds on whatever is current when it is written, so nobody’s part is lost', async () => {
  await save([put('built', { valueString: '' })])
  const append = (letter: string) =>
    save([
      {
        ...put('built'),
        complete: (held) =>
          observation('built', { valueString: `${(held as { valueString?: string })?.valueString ?? ''}${letter}` }),
      },
    ])
  await Promise.all([...'abcdef'].map(append))
  const { body, version } = await readResource(sql, everyone, at('built'))
  expect([...(JSON.parse(body) as { valueString: string }).valueString].sort().join('')).toBe('abcdef')
  expect(version).toBe(7)
})
