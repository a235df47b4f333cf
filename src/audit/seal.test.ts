/** The seal of the trail: every line once, in any order of commits, through kills and restores; and what a superuser does is found. */
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { pastGuards } from '../../test/support/forget-trail.ts'
import type { Pool, Tx } from '../base/index.ts'
import { divideNotes } from './checkpoint.ts'
import { parseSealKeys, rotateKeys, type SealKeys } from './keys.ts'
import { rangeHashes, unpackLeaves } from './leaves.ts'
import type { AuditLine } from './line.ts'
import { type LineFields, leafHashSql, leafOf, lineFields } from './line-text.ts'
import { consistencyPath, isConsistent, leafHash, rootByInclusion } from './merkle.ts'
import { makeMonths } from './months.ts'
import { newestCheckpoint, proveLine } from './prove.ts'
import { recordAudit } from './record.ts'
import { sealOnce } from './seal.ts'
import { verifyTrail } from './verify.ts'

const now = new Date('2026-11-22T10:20:00Z')
const clock = () => now
const keysOf = (pem: string): SealKeys => {
  const keys = parseSealKeys(pem, 'trail.example')
  if (!keys.ok) throw new Error(keys.issues[0]?.message)
  return keys.value
}
const pem = rotateKeys('')
const keys = keysOf(pem)

let written = 0
const line = (over: Partial<AuditLine> = {}): AuditLine => ({
  at: new Date(now.getTime() - 5_000 + written++),
  action: 'R',
  what: 'record-page',
  actor: { kind: 'staff', id: 'patel', name: 'Dr Patel', role: 'clinician', organisation: 'Invented Practice' },
  purpose: 'TREAT',
  outcome: 0,
  person: `person-${written % 7}`,
  detail: { section: 'medicines', n: written },
  ...over,
})
const write = (sql: Pool, many = 1) =>
  sql.begin((tx) =>
    recordAudit(
      tx,
      Array.from({ length: many }, () => line()),
    ),
  )
const sealedIds = async (sql: Pool) =>
  (await sql<{ leaves: Buffer }[]>`select leaves from audit_leaf order by first`).flatMap(({ leaves }) =>
    unpackLeaves(leaves).map(({ id }) => id),
  )
const allIds = async (sql: Pool) =>
  (await sql<{ id: string }[]>`select id from audit_event order by id`).map(({ id }) => id)
const sorted = (ids: readonly string[]) => ids.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))

describe('sealing', () => {
  test('what the database hashes is what the written rule hashes, whatever a line says', async () => {
    const { sql } = await testDatabase()
    const text = fc.string({ unit: 'grapheme' }).map((said) => said.replaceAll('\0', ''))
    const some = fc.sample(fc.record({ name: text, organisation: text, value: text, key: text }), {
      numRuns: 200,
      seed: 7,
    })
    await sql.begin((tx) =>
      recordAudit(
        tx,
        some.map(({ name, organisation, value, key }) =>
          line({
            actor: { kind: 'staff', id: 'x', name, organisation },
            detail: { [key]: value, n: 1.5e300, list: [null, true] },
          }),
        ),
      ),
    )
    const rows = await sql<
      (LineFields & { hash: Buffer })[]
    >`select ${lineFields(sql)}, ${leafHashSql(sql)} as hash from audit_event`
    expect(rows).toHaveLength(200)
    expect(rows.filter((row) => !leafOf(row).equals(row.hash))).toEqual([])
  })

  test('every line is sealed once, also one whose transaction ends long after later ones were sealed', async () => {
    const { sql } = await testDatabase()
    await write(sql, 3)
    let lateLineIsIn = (): void => {}
    let end = (): void => {}
    const inside = new Promise<void>((done) => {
      lateLineIsIn = done
    })
    const mayEnd = new Promise<void>((done) => {
      end = done
    })
    const slow = sql.begin(async (tx: Tx) => {
      await recordAudit(tx, [line({ what: 'slow' })])
      lateLineIsIn()
      await mayEnd
    })
    await inside
    await write(sql, 2)
    expect((await sealOnce(sql, { keys, clock }))?.lines).toBe(5)
    await write(sql, 2)
    // The long transaction keeps nobody waiting.
    expect((await sealOnce(sql, { keys, clock }))?.lines).toBe(2)
    expect(await sealOnce(sql, { keys, clock })).toBeUndefined()
    end()
    await slow
    expect((await sealOnce(sql, { keys, clock }))?.lines).toBe(1)
    expect(sorted(await sealedIds(sql))).toEqual(await allIds(sql))
    expect((await verifyTrail(sql, { keys: keys.all })).findings).toEqual([])
  })

  test('many writers, rolled back ones among them, and two sealers at once: each kept line exactly once', async () => {
    const { sql } = await testDatabase()
    let writing = true
    const writers = Array.from({ length: 4 }, async (_, n) => {
      for (let round = 0; round < 40; round += 1)
        await sql
          .begin(async (tx) => {
            await recordAudit(tx, [line(), line()])
            if ((round + n) % 5 === 0) throw new Error('undone')
          })
          .catch(() => {})
    })
    const sealers = Array.from({ length: 2 }, async () => {
      while (writing)
        await sealOnce(sql, { keys, clock }).catch((fault: { code?: string }) =>
          expect(fault.code).toMatch(/^(40001|23505)$/),
        )
    })
    await Promise.all(writers)
    writing = false
    await Promise.all(sealers)
    await sealOnce(sql, { keys, clock })
    expect(await allIds(sql)).toHaveLength(4 * 32 * 2)
    expect(sorted(await sealedIds(sql))).toEqual(await allIds(sql))
    expect(await verifyTrail(sql, { keys: keys.all })).toMatchObject({ findings: [], lines: 256, waiting: 0 })
  })

  test('a large backlog is sealed in parts, and what comes meanwhile afterwards', async () => {
    const { sql } = await testDatabase()
    await write(sql, 25)
    expect(await sealOnce(sql, { keys, clock, most: 10 })).toMatchObject({ lines: 10, more: true })
    await sql.begin((tx) => recordAudit(tx, [line({ at: new Date(now.getTime() - 60_000) })]))
    expect(await sealOnce(sql, { keys, clock, most: 10 })).toMatchObject({ lines: 10, more: true })
    expect(await sealOnce(sql, { keys, clock, most: 10 })).toMatchObject({ lines: 5, more: false })
    expect(await sealOnce(sql, { keys, clock, most: 10 })).toMatchObject({ lines: 1, more: false })
    expect(sorted(await sealedIds(sql))).toEqual(await allIds(sql))
    // Dated back by a minute: sealed, and not unnoticed.
    expect(await verifyTrail(sql, { keys: keys.all })).toMatchObject({ findings: [], late: 1, lines: 26 })
  })

  test('after a restore into a cluster that counts its transactions from a smaller number, nothing is passed over or sealed twice', async () => {
    const { sql } = await testDatabase()
    await write(sql, 4)
    await sealOnce(sql, { keys, clock })
    await write(sql, 2)
    await sql`update audit_sealer set seen = '900000000:900000000:'`
    expect((await sealOnce(sql, { keys, clock }))?.lines).toBe(2)
    await write(sql, 1)
    expect((await sealOnce(sql, { keys, clock }))?.lines).toBe(1)
    expect(sorted(await sealedIds(sql))).toEqual(await allIds(sql))
  })

  test('a key is changed without a break: both are believed, and a stranger’s is not', async () => {
    const { sql } = await testDatabase()
    await write(sql, 2)
    await sealOnce(sql, { keys, clock })
    const newer = keysOf(rotateKeys(pem))
    await write(sql, 2)
    await sealOnce(sql, { keys: newer, clock })
    expect(newer.all.map(({ id }) => id)).toContain(keys.current.id)
    expect((await verifyTrail(sql, { keys: newer.all })).findings).toEqual([])
    expect((await verifyTrail(sql, { keys: keys.all })).findings).toMatchObject([
      { kind: 'checkpoint', place: 4, message: /unknown key/ },
    ])
    const stranger = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect((await verifyTrail(sql, { keys: keysOf(stranger).all })).findings).toHaveLength(2)
  })
})

describe('proofs', () => {
  test('each line of a trail of many checkpoints proves itself, and each checkpoint the next', async () => {
    const { sql } = await testDatabase()
    const sizes: number[] = []
    for (const many of [1, 2, 4_500, 3, 4_000]) {
      await write(sql, many)
      sizes.push((await sealOnce(sql, { keys, clock }))?.size ?? 0)
    }
    const ids = await sealedIds(sql)
    const last = await newestCheckpoint(sql)
    const [stored] = await sql<{ root: Buffer }[]>`select root from audit_checkpoint order by size desc limit 1`
    const root = stored?.root ?? Buffer.alloc(0)
    for (const index of [0, 1, 2, 3, 4_095, 4_096, 4_502, 4_506, 8_191, 8_192, 8_505]) {
      const proof = await proveLine(sql, ids[index] ?? '')
      expect(proof.index).toBe(index)
      expect(proof.checkpoint).toBe(last?.note)
      const path = proof.path.map((hash) => Buffer.from(hash, 'hex'))
      expect(rootByInclusion(leafHash(Buffer.from(proof.line)), { index, size: 8_506, path })?.equals(root)).toBe(true)
    }
    const roots = await sql<{ size: string; root: Buffer }[]>`select size, root from audit_checkpoint order by size`
    for (const { size, root: early } of roots.slice(0, -1)) {
      const path = await consistencyPath(Number(size), 8_506, rangeHashes(sql))
      expect(isConsistent({ size: Number(size), root: early }, { size: 8_506, root }, path)).toBe(true)
    }
    expect(sizes).toEqual([1, 3, 4_503, 4_506, 8_506])
  })

  test('a line that is not sealed yet says so, and one that never was is not found', async () => {
    const { sql } = await testDatabase()
    await write(sql)
    const [id = ''] = await allIds(sql)
    await expect(proveLine(sql, id)).rejects.toThrow('not sealed yet')
    await expect(proveLine(sql, '7')).rejects.toThrow('no such line')
  })
})

describe('the tables of the trail', () => {
  test('no line, leaf or checkpoint is changed, removed or truncated, in any month, not even by the superuser', async () => {
    const { sql } = await testDatabase()
    await write(sql, 3)
    await sealOnce(sql, { keys, clock })
    for (const table of [
      'audit_event',
      'audit_event_2026_11',
      'audit_event_other',
      'audit_leaf',
      'audit_checkpoint',
      'audit_node',
      'audit_retired',
    ]) {
      await expect(sql.unsafe(`delete from ${table}`), table).rejects.toThrow('append only')
      await expect(sql.unsafe(`truncate ${table}`), table).rejects.toThrow('append only')
      const [column] = await sql<{ name: string }[]>`
        select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum = 1`
      await expect(sql.unsafe(`update ${table} set ${column?.name} = ${column?.name}`), table).rejects.toThrow(
        'append only',
      )
    }
    expect(await allIds(sql)).toHaveLength(3)
  })

  test('months are made ahead, and a line of a month without a table is kept all the same', async () => {
    const { sql } = await testDatabase()
    expect(await makeMonths(sql, new Date('2027-12-31T23:59:59Z'))).toBe(4)
    expect(await makeMonths(sql, new Date('2027-12-31T23:59:59Z'))).toBe(0)
    await sql.begin((tx) =>
      recordAudit(tx, [line({ at: new Date('2028-01-01T00:00:00Z') }), line({ at: new Date('2031-01-01T00:00:00Z') })]),
    )
    const where = await sql<{ part: string }[]>`select tableoid::regclass::text as part from audit_event order by id`
    expect(where.map(({ part }) => part)).toEqual(['audit_event_2028_01', 'audit_event_other'])
  })
})

describe('a superuser who gets past the guards', () => {
  let sql: Pool
  beforeAll(async () => {
    sql = (await testDatabase()).sql
    for (let batch = 0; batch < 30; batch += 1) {
      await write(sql, 50)
      await sealOnce(sql, { keys, clock })
    }
  })

  const tables = ['audit_event', 'audit_event_2026_11', 'audit_leaf', 'audit_checkpoint']
  /** Does it on the trail as it is, verifies, and puts everything back. */
  async function afterwards(statements: readonly string[], witnessed: readonly string[] = []) {
    await sql.unsafe(
      'create table if not exists keep_event as select * from audit_event; create table if not exists keep_leaf as select * from audit_leaf; create table if not exists keep_checkpoint as select * from audit_checkpoint',
    )
    await pastGuards(sql, tables, statements)
    const verified = await verifyTrail(sql, { keys: keys.all, witnessed })
    await pastGuards(sql, tables, [
      ...['event', 'leaf', 'checkpoint'].flatMap((name) => [
        `truncate audit_${name}`,
        `insert into audit_${name} select * from keep_${name}`,
      ]),
    ])
    return verified.findings
  }

  test('changes, removes, inserts and swaps a thousand lines at random: every one is found, by its number', async () => {
    const random = fc.sample(fc.tuple(fc.nat(3), fc.nat(), fc.nat(), fc.nat(5)), { numRuns: 1_000, seed: 42 })
    const free = [...(await allIds(sql))]
    const every = new Set(free)
    const take = (n: number): string => free.splice(n % free.length, 1)[0] ?? ''
    const statements: string[] = []
    const expected: string[] = []
    const changes = [
      `person = 'nobody'`,
      `actor_name = actor_name || ' '`,
      `at = at + interval '1 microsecond'`,
      `outcome = 4`,
      `detail = '{"section": "medicines"}'`,
      `address = '10.0.0.1'`,
    ]
    // So that swaps and removals do not use up the 1,500 lines of the trail.
    for (const [kind, a, b, change] of random) {
      if (free.length < 3) break
      if (kind === 0) {
        const id = take(a)
        statements.push(`update audit_event set ${changes[change]} where id = ${id}`)
        expected.push(`altered ${id}`)
      } else if (kind === 1) {
        const id = take(a)
        statements.push(`delete from audit_event where id = ${id}`)
        expected.push(`removed ${id}`)
      } else if (kind === 2) {
        // Between lines that were sealed, and told as old as they are.
        const id = `${BigInt(free[a % (free.length - 1)] ?? '0') + 1n}`
        if (every.has(id) || expected.includes(`inserted ${id}`)) continue
        statements.push(
          `insert into audit_event select ${id}, at, action, what, actor_kind, actor_id, actor_name, role, organisation, purpose, outcome, person, detail, address, request_id, xid from audit_event order by id limit 1`,
        )
        expected.push(`inserted ${id}`)
      } else {
        const [one, other] = [take(a), take(b)]
        statements.push(
          `update audit_event set id = 5 where id = ${one}`,
          `update audit_event set id = ${one} where id = ${other}`,
          `update audit_event set id = ${other} where id = 5`,
        )
        expected.push(`altered ${one}`, `altered ${other}`)
      }
    }
    expect(expected.length).toBeGreaterThan(1_000)
    const findings = await afterwards(statements)
    expect(findings.map(({ kind, line: id }) => `${kind} ${id}`).toSorted()).toEqual(expected.toSorted())
  })

  test('changes a line and its leaf: the signed root is another', async () => {
    const findings = await afterwards([
      `update audit_event set person = 'nobody' where id = (select min(id) from audit_event)`,
      `update audit_leaf set leaves = set_byte(leaves, 20, get_byte(leaves, 20) # 255) where first = 0`,
    ])
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'order', place: 0 }))
  })

  test('swaps two places of the sealed order, or leaves some out', async () => {
    const swapped = await afterwards([
      `update audit_leaf set leaves = substr(leaves, 41, 40) || substr(leaves, 1, 40) || substr(leaves, 81) where first = 100`,
    ])
    expect(swapped).toEqual([expect.objectContaining({ kind: 'order', place: 100 })])
    const leftOut = await afterwards(['delete from audit_leaf where first = 100'])
    expect(leftOut.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['order', 'inserted']))
  })

  test('changes or leaves out a checkpoint, or signs the trail anew with a key of their own', async () => {
    const places = (findings: Awaited<ReturnType<typeof afterwards>>) =>
      findings.map(({ kind, place }) => `${kind} ${place}`)
    expect(places(await afterwards(['delete from audit_checkpoint where size = 500']))).toEqual(['checkpoint 550'])
    expect(
      places(
        await afterwards([
          `update audit_checkpoint set note = replace(note, '2026-11-22', '2026-11-21') where size = 500`,
        ]),
      ),
    ).toContain('checkpoint 500')
    expect(places(await afterwards([`update audit_checkpoint set root = sha256('x') where size = 500`]))).toContain(
      'checkpoint 500',
    )
  })

  test('cuts off the end of everything: the trail agrees with itself, and not with a witness', async () => {
    const witness = (await sql<{ note: string }[]>`select note from audit_checkpoint order by size`).map(
      ({ note }) => note,
    )
    const cut = [
      'delete from audit_event where id in (select id from audit_event order by id desc limit 50)',
      'delete from audit_leaf where first >= 1450',
      'delete from audit_checkpoint where size > 1450',
    ]
    expect(await afterwards(cut)).toEqual([])
    const found = await afterwards(cut, divideNotes(witness.join('')).slice(-1))
    expect(found).toEqual([expect.objectContaining({ kind: 'cut-off', place: 1_450 })])
    expect(await afterwards([], divideNotes(witness.join('\n')))).toEqual([])
    expect(await afterwards([], [(witness[3] ?? '').replace('trail', 'train')])).toMatchObject([{ kind: 'checkpoint' }])
  })
})
