/** Months of the trail that may go: exported as they were sealed, told in the trail, and known to whoever verifies. */
import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool } from '../base/index.ts'
import { parseSealKeys, rotateKeys, type SealKeys } from './keys.ts'
import { type LineFields, leafOf } from './line-text.ts'
import { recordAudit } from './record.ts'
import { retireMonth, type TrailMonth, trailMonths } from './retire.ts'
import { sealOnce } from './seal.ts'
import { verifyTrail } from './verify.ts'

const past = new Date('2020-03-10T10:00:00Z')
const now = new Date('2026-11-22T10:20:00Z')
const clock = () => now
const parsed = parseSealKeys(rotateKeys(''), 'trail.example')
const keys: SealKeys = parsed.ok ? parsed.value : (undefined as never)
let sql: Pool

beforeAll(async () => {
  sql = (await testDatabase()).sql
  await sql`select audit_make_month('2020-03-01'::date)`
  await sql.begin((tx) =>
    recordAudit(
      tx,
      Array.from({ length: 40 }, (_, n) => ({
        at: new Date(past.getTime() + n),
        action: 'R' as const,
        what: n % 2 ? 'record-page' : 'sign-in',
        actor: { kind: 'staff' as const, id: 'patel', name: 'Dr Patel' },
        purpose: 'TREAT' as const,
        outcome: 0 as const,
        person: `person-${n % 3}`,
        detail: { n, said: '"ü\n' },
      })),
    ),
  )
  // Before anything of now: numbers only grow.
  await sql`select audit_make_month('2020-04-01'::date)`
  await sql.begin((tx) =>
    recordAudit(tx, [
      {
        at: new Date('2020-04-02T10:00:00Z'),
        action: 'R',
        what: 'record-page',
        actor: { kind: 'staff', id: 'x', name: 'X' },
        purpose: 'TREAT',
        outcome: 0,
      },
    ]),
  )
  await sealOnce(sql, { keys, clock })
})

const monthOf = async (terms: Readonly<Record<string, number>>): Promise<TrailMonth> => {
  const month = (await trailMonths(sql, terms, now)).find(({ name }) => name === '2020_03')
  if (!month) throw new Error('the month is not told')
  return month
}

test('without terms every month stays; and a month stays while one of its kinds must', async () => {
  expect((await monthOf({})).stays).toMatch(/record-page/)
  expect((await monthOf({ 'sign-in': 30 })).stays).toMatch(/record-page/)
  expect((await monthOf({ '*': 30, 'record-page': 36_500 })).stays).toMatch(/record-page/)
  expect(await monthOf({ '*': 30 })).toMatchObject({ lines: 40 })
  expect((await monthOf({ '*': 30 })).stays).toBeUndefined()
  await expect(
    retireMonth(sql, await monthOf({}), { keys, clock, keep: async () => (async function* () {})() }),
  ).rejects.toThrow(/stays/)
})

test('a file that is not what was written drops nothing', async () => {
  const keep = async (lines: AsyncIterable<string>) => {
    for await (const _ of lines);
    return (async function* () {
      yield Buffer.from('cut off')
    })()
  }
  await expect(retireMonth(sql, await monthOf({ '*': 30 }), { keys, clock, keep })).rejects.toThrow(
    /not what was written/,
  )
  expect((await monthOf({ '*': 30 })).lines).toBe(40)
})

test('a retired month is gone, its file gives every sealed leaf again, and the trail verifies; other lines do not go with it', async () => {
  let file = ''
  const keep = async (lines: AsyncIterable<string>) => {
    for await (const line of lines) file += line
    return (async function* () {
      yield Buffer.from(file)
    })()
  }
  const { digest, lines } = await retireMonth(sql, await monthOf({ '*': 30 }), { keys, clock, keep })
  expect([lines, digest]).toEqual([40, createHash('sha256').update(file).digest('hex')])
  expect(
    file
      .trim()
      .split('\n')
      .map((line) => leafOf(JSON.parse(line) as LineFields).length),
  ).toEqual(Array.from({ length: 40 }, () => 32))
  expect(
    (
      await sql<
        { n: number }[]
      >`select count(*)::int as n from audit_event where id < ${(BigInt(Date.UTC(2020, 3, 1)) << 20n).toString()}::bigint`
    )[0]?.n,
  ).toBe(0)
  expect((await trailMonths(sql, { '*': 30 }, now)).some(({ name }) => name === '2020_03')).toBe(false)
  const verified = await verifyTrail(sql, { keys: keys.all })
  expect(verified.findings).toEqual([])
  expect(verified.retired).toMatchObject([{ lines: 40, digest, sealed: true }])
})

test('a month that was simply dropped is found', async () => {
  await sql`drop table audit_event_2020_04`
  const { findings } = await verifyTrail(sql, { keys: keys.all })
  expect(findings.map(({ kind }) => kind)).toEqual(['removed'])
})
