/**
 * No data leaves without its line, whatever is killed: the server, and its database, are killed with SIGKILL while a page, FHIR reads, searches
 * and the export of the trail are being read and the trail is being sealed. Afterwards every answer of which a byte arrived has its line, each
 * line is sealed once, and `throughline audit verify` says so; and says where, when somebody changes one. Issue 4, "Shown by" 2 and 3.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test, vi } from 'vitest'
import { demoToken, staffCookie } from '../../bench/http-client.ts'
import type { Pool } from '../../src/base/index.ts'
import { openPool } from '../../src/store/index.ts'
import { openPolicy } from '../support/database.ts'
import { pastGuards } from '../support/forget-trail.ts'
import { aProgram, type Program } from '../support/program.ts'

const rounds = 3
let program: Program
/** Of each answer of which anything arrived: its number, and the kind of line that must be there. */
const answered = new Map<string, string>()
let patient = ''

beforeAll(async () => {
  program = await aProgram()
  await program.start()
  const made = await fetch(`${program.url}/fhir/Patient`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await demoToken(program.url)}`,
      'content-type': 'application/fhir+json',
    },
    body: JSON.stringify({
      resourceType: 'Patient',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
      name: [{ family: 'Quibberton', given: ['Zelda'] }],
      birthDate: '1958-05-14',
    }),
  })
  patient = ((await made.json()) as { id: string }).id
  await withDatabase(async (sql) => {
    await sql`
      insert into policy_version (id, policy, made_at, by_id, by_name, why)
      values (1, ${JSON.stringify(openPolicy)}::text::jsonb, now(), 'test', 'Test', 'Tests of other things')`
  })
}, 120_000)

/** Asks until the server is gone, and notes every answer whose head arrived: bytes of it may have. */
async function reader(path: string, kind: string, headers: Readonly<Record<string, string>>): Promise<void> {
  for (;;) {
    const answer = await fetch(program.url + path, { headers, redirect: 'manual' }).catch(() => undefined)
    if (!answer) return
    const number = answer.headers.get('x-request-id')
    if (answer.status === 200 && number) answered.set(number, kind)
    await answer.arrayBuffer().catch(() => undefined)
  }
}

async function withDatabase<T>(work: (sql: Pool) => Promise<T>): Promise<T> {
  const host = join(program.folder, 'postgres', 'run')
  const sql = openPool({ host, port: 5432, user: 'throughline', database: 'postgres', max: 2 })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

test('of every answer that anything arrived of there is a line, however the server and its database are killed', {
  timeout: 240_000,
}, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const bearer = { authorization: `Bearer ${await demoToken(program.url)}` }
    const gp = { cookie: await staffCookie(program.url, 'gp-rao') }
    const privacy = { cookie: await staffCookie(program.url, 'privacy-osman') }
    const before = answered.size
    const { person } = await withDatabase(async (sql) => {
      const [link] = await sql<{ person: string }[]>`select person from person_link where until is null limit 1`
      return { person: link?.person ?? '' }
    })
    const reading = Promise.all([
      reader(`/fhir/Patient/${patient}`, 'fhir-read', bearer),
      reader(`/fhir/Patient/${patient}`, 'fhir-read', bearer),
      reader('/fhir/Patient?family=quibberton', 'fhir-search', bearer),
      reader(`/fhir/Patient/${patient}/$everything`, 'fhir-everything', bearer),
      reader(`/staff/patients/${person}/medicines`, 'record-page', gp),
      reader(`/staff/patients/${person}/summary.json`, 'summary-export', gp),
      reader('/staff/assurance/trail/export?form=csv', 'trail-export', privacy),
    ])
    // Under way: something of each kind of work has arrived in this round.
    await vi.waitFor(() => expect(answered.size).toBeGreaterThan(before + 20), { timeout: 60_000, interval: 7 })
    if (round === rounds - 1) program.killDatabase()
    await program.kill()
    await reading
    await program.start()
  }
  const kinds = new Set(answered.values())
  expect([...kinds].toSorted()).toEqual(
    ['fhir-everything', 'fhir-read', 'fhir-search', 'record-page', 'summary-export', 'trail-export'].toSorted(),
  )
  const without = await withDatabase(async (sql) => {
    const rows = await sql<{ request: string; what: string }[]>`
      select request_id as request, what from audit_event where request_id = any (${[...answered.keys()]}::text[])`
    const lines = new Set(rows.map(({ request, what }) => `${request} ${what}`))
    return [...answered].filter(([number, kind]) => !lines.has(`${number} ${kind}`))
  })
  expect(without).toEqual([])
})

type Said = { readonly code: number; readonly out: string; readonly err: string }

/** The command as an operator runs it, beside the running server. */
async function throughline(...args: readonly string[]): Promise<Said> {
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
  return await new Promise((done) => {
    execFile(
      process.execPath,
      [main, ...args],
      { env: { ...process.env, DATA_DIR: program.folder, DEMO_PEOPLE: '0' }, encoding: 'utf8' },
      (fault, out, err) => done({ code: fault ? Number(fault.code) : 0, out, err }),
    )
  })
}

test('after the kills every line is sealed once, and `throughline audit verify` says that nothing was changed', {
  timeout: 120_000,
}, async () => {
  await vi.waitFor(
    async () => {
      const { sealed, lines } = await withDatabase(async (sql) => {
        const [row] = await sql<{ sealed: number; lines: number }[]>`
          select (select max(size)::int from audit_checkpoint) as sealed, (select count(*)::int from audit_event) as lines`
        return row ?? { sealed: 0, lines: 1 }
      })
      expect(sealed).toBe(lines)
    },
    { timeout: 60_000, interval: 100 },
  )
  const { code, out } = await throughline('audit', 'verify')
  expect(out).toMatch(
    /^\d+ sealed lines, \d+ signed checkpoints, 0 from witnesses\.\n(?:.*\n)*The trail is what was sealed\./,
  )
  expect(out).toContain('Whether its end was cut off only a witness can say')
  expect(code).toBe(0)
  const twice = await withDatabase(async (sql) => {
    const rows = await sql<{ id: string }[]>`
      select ('x' || encode(substr(leaves, n * 40 + 1, 8), 'hex'))::bit(64)::bigint as id
        from audit_leaf, generate_series(0, length(leaves) / 40 - 1) n group by 1 having count(*) > 1`
    return rows.length
  })
  expect(twice).toBe(0)
})

test('the command says where the trail was changed, and that a witness’s checkpoint is none of ours', {
  timeout: 120_000,
}, async () => {
  const first = await throughline('audit', 'checkpoint')
  const witness = join(program.folder, 'witness.txt')
  writeFileSync(witness, first.out)
  const [altered = '', removed = ''] = await withDatabase(async (sql) => {
    const rows = await sql<{ id: string }[]>`select id from audit_event order by id limit 2 offset 40`
    const ids = rows.map(({ id }) => id)
    const [part] = await sql<{ part: string }[]>`
      select tableoid::regclass::text as part from audit_event where id = ${ids[0] ?? ''}`
    await pastGuards(
      sql,
      ['audit_event', part?.part ?? ''],
      [
        `update audit_event set person = 'somebody-else' where id = ${ids[0]}`,
        `delete from audit_event where id = ${ids[1]}`,
      ],
    )
    return ids
  })
  const changed = await throughline('audit', 'verify')
  expect(changed.code).toBe(1)
  expect(changed.out).toMatch(new RegExp(`^altered +line ${altered} place \\d+: `, 'm'))
  expect(changed.out).toMatch(new RegExp(`^removed +line ${removed} place \\d+: `, 'm'))
  expect(changed.out).toContain('THE TRAIL WAS CHANGED: 2 places.')
  // What a witness kept is not ours: it was changed on its way, and says so.
  writeFileSync(witness, readFileSync(witness, 'utf8').replace(/^\d+$/m, '9999999'))
  const machine = await throughline('audit', 'verify', '--json', '--checkpoint', witness)
  expect(machine.code).toBe(1)
  const { findings } = JSON.parse(machine.out) as { findings: readonly { kind: string; line?: string }[] }
  expect(findings.map(({ kind, line }) => `${kind} ${line ?? ''}`).toSorted()).toEqual(
    [`altered ${altered}`, 'checkpoint ', `removed ${removed}`].toSorted(),
  )
})

test('the command names what it does, and what was misused', { timeout: 120_000 }, async () => {
  const [wrong, missing] = await Promise.all([
    throughline('audit', 'burn'),
    throughline('audit', 'verify', '--checkpoint', '/nowhere/at/all'),
  ])
  expect([wrong.code, missing.code]).toEqual([2, 1])
  expect(wrong.err).toContain('audit does one of: verify, proof, consistency, checkpoint, new-key, retire')
  expect(missing.err).toContain('/nowhere/at/all cannot be read')
})
