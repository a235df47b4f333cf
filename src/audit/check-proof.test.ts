/** A proof is believed by nobody but the script that needs nothing of ours, run as a stranger would run it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool } from '../base/index.ts'
import { parseSealKeys, rotateKeys } from './keys.ts'
import { type LineProof, newestCheckpoint, proveConsistency, proveLine } from './prove.ts'
import { recordAudit } from './record.ts'
import { sealOnce } from './seal.ts'

const script = fileURLToPath(new URL('../../scripts/check-proof.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'throughline-proof-'))
const parsed = parseSealKeys(rotateKeys(''), 'trail.example')
if (!parsed.ok) throw new Error('no key')
const keys = parsed.value
const key = keys.current.bytes.toString('base64')
const now = new Date('2026-11-22T10:20:00Z')
let sql: Pool
let proof: LineProof
let early = ''

beforeAll(async () => {
  sql = (await testDatabase()).sql
  for (const section of ['medicines', 'allergies', 'Blutdruck – Größe', 'tests', 'letters']) {
    const actor = { kind: 'staff' as const, id: 'patel', name: 'Dr Patel' }
    await sql.begin((tx) =>
      recordAudit(tx, [
        { at: now, action: 'R', what: 'record-page', actor, purpose: 'TREAT', outcome: 0, detail: { section } },
      ]),
    )
    await sealOnce(sql, { keys, clock: () => now })
    early ||= (await newestCheckpoint(sql))?.note ?? ''
  }
  const [, , third] = await sql<{ id: string }[]>`select id from audit_event order by id`
  proof = await proveLine(sql, third?.id ?? '')
})
afterAll(() => rmSync(folder, { recursive: true }))

function check(what: object, { by = key, kept }: { readonly by?: string; readonly kept?: string } = {}): string {
  const file = join(folder, 'proof.json')
  writeFileSync(file, JSON.stringify(what))
  const args = [script, '--key', by, file]
  if (kept !== undefined) {
    writeFileSync(join(folder, 'kept.txt'), kept)
    args.push(join(folder, 'kept.txt'))
  }
  try {
    return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe', cwd: folder })
  } catch (fault) {
    return String((fault as { stderr?: unknown }).stderr)
  }
}

test('a line that is in the trail is proven, and told', () => {
  const said = check(proof)
  expect(said).toMatch(/PROVEN: place 2 of 5 sealed lines of trail\.example/)
  expect(said).toMatch(/^actor +Dr Patel$/m)
  expect(said).toContain('Blutdruck – Größe')
  expect(check(proof, { kept: proof.checkpoint })).toMatch(/^PROVEN/m)
})

test('a line that was changed by one letter, another place, another path, another key and another checkpoint are not', async () => {
  expect(check({ ...proof, line: proof.line.replace('Dr Patel', 'Dr Pater') })).toMatch(
    /^NOT PROVEN: the line is not in the tree/,
  )
  expect(check({ ...proof, line: `${proof.line}5:extra\n` })).toMatch(/^NOT PROVEN/)
  expect(check({ ...proof, index: 1 })).toMatch(/^NOT PROVEN/)
  expect(check({ ...proof, path: proof.path.slice(1) })).toMatch(/^NOT PROVEN/)
  const stranger = parseSealKeys(rotateKeys(''), 'trail.example')
  expect(check(proof, { by: stranger.ok ? stranger.value.current.bytes.toString('base64') : '' })).toMatch(
    /not signed by a key that you trust/,
  )
  expect(check({ ...proof, checkpoint: proof.checkpoint.replace('time 2026', 'time 2025') })).toMatch(/not signed/)
  expect(check(proof, { kept: early })).toMatch(/another than yours/)
})

test('a checkpoint that was kept is proven to be the beginning of the newest', async () => {
  const consistency = await proveConsistency(sql, 1)
  expect(check(consistency, { kept: early })).toMatch(/PROVEN: the trail of 5 lines begins with the trail of 1/)
  expect(check({ ...consistency, path: [...consistency.path].reverse() })).toMatch(/does not continue/)
  expect(check(consistency, { kept: proof.checkpoint })).toMatch(/does not begin with the checkpoint that you kept/)
  await expect(proveConsistency(sql, 99)).rejects.toThrow('No checkpoint was signed at this size')
})
