import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { testSecrets } from '../../test/support/secrets.ts'
import { keepDraft, lookAtSession, type Staff, signIn } from '../access/index.ts'
import { readConfig } from '../config.ts'
import { withNewKey } from '../secrets/index.ts'
import { refuseDemoData, weakSettings } from './production.ts'
import { purge } from './purge.ts'
import { writeNewKey } from './seal-keys.ts'
import { writeKeys } from './secret-keys.ts'
import { serve } from './serve.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-production-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}
const pem = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const weak = pem(1024)
const auditKey = join(folder, 'audit.pem')
writeNewKey(auditKey)
const ring = join(folder, 'secrets.keys')
writeKeys(ring, withNewKey('', new Date()))
const sound = {
  THROUGHLINE_MODE: 'production',
  DATA_DIR: folder,
  AUDIT_KEY_FILE: auditKey,
  SECRETS_KEY_FILE: ring,
  PUBLIC_URL: 'https://record.example.nhs.uk',
  DATABASE_URL: 'postgres://record:Vb7qLx2mTzR9@db.record.nhs.uk/record?sslmode=verify-full',
}
const cis2 = {
  CIS2_ISSUER: 'https://am.nhsidentity.spineservices.nhs.uk/openam/oauth2/realms/root',
  CIS2_CLIENT_ID: 'us',
  CIS2_KEY_FILE: file('cis2.pem', pem(2048)),
  STAFF_ROLES_FILE: file(
    'roles.json',
    JSON.stringify({ organisations: ['X26001'], rules: [{ codes: ['R8000'], role: 'clinician' }] }),
  ),
}
function configOf(env: Readonly<Record<string, string>>) {
  const read = readConfig({ ...sound, ...env })
  if (!read.ok) throw new Error(JSON.stringify(read.issues))
  return read.value
}
const client = (more: object) =>
  JSON.stringify([{ id: 'pas', name: 'PAS', source: 'pas', scopes: 'system/*.rs', keys: { keys: [] }, ...more }])
const { publicKey: weakPublic } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const weakClient = file(
  'clients.json',
  client({ id: 'demo-pas', keys: { keys: [{ ...weakPublic.export({ format: 'jwk' }), kid: '1' }] } }),
)

describe('production', () => {
  test('starts with sound settings, and the demo with any', () => {
    expect(weakSettings(configOf(cis2))).toEqual([])
    expect(weakSettings(configOf({ THROUGHLINE_MODE: 'demo', ESTATE_KEY: 'change-me-change-me' }))).toEqual([])
  })

  test.each([
    ['a secret of a manual', { ESTATE_KEY: 'changeme-changeme' }, ['ESTATE_KEY'], 'openssl rand'],
    [
      'a passphrase of one letter',
      { DOWNTIME_PASSPHRASE: 'aaaaaaaaaaaaaaaaaa' },
      ['DOWNTIME_PASSPHRASE'],
      'openssl rand',
    ],
    ['a key that others can read', { OUTBOUND_KEY: file('open.pem', pem(2048), 0o644) }, ['OUTBOUND_KEY'], 'chmod 600'],
    [
      'keys that a group can change',
      { SECRETS_KEY_FILE: file('ring', withNewKey('', new Date()), 0o660) },
      ['SECRETS_KEY_FILE'],
      'chmod 600',
    ],
    ['no keys at all', { SECRETS_KEY_FILE: '' }, ['SECRETS_KEY_FILE'], 'throughline keys new'],
    [
      'a short key of ours',
      { ...cis2, CIS2_KEY_FILE: file('weak.pem', weak) },
      ['CIS2_KEY_FILE'],
      'rsa_keygen_bits:3072',
    ],
    ['a short key and a demo name of a client', { CLIENTS_FILE: weakClient }, ['CLIENTS_FILE', 'CLIENTS_FILE'], '2048'],
    [
      'a database over the network in the clear',
      { DATABASE_URL: 'postgres://record:Vb7qLx2mTzR9@db.nhs.uk/record' },
      ['DATABASE_URL'],
      'sslmode=verify-full',
    ],
    [
      'a database whose name is not proven',
      { DATABASE_URL: 'postgres://r:Vb7qLx2mTzR9@db.nhs.uk/r?sslmode=no-verify' },
      ['DATABASE_URL'],
      'sslmode=verify-full',
    ],
    [
      'a database with a default password',
      { DATABASE_URL: 'postgres://r:postgres@db.nhs.uk/r?sslmode=verify-full' },
      ['DATABASE_URL'],
      'openssl rand',
    ],
    ['every proxy believed', { TRUSTED_PROXIES: '10.0.0.1, 0.0.0.0/0' }, ['TRUSTED_PROXIES'], 'alone'],
    [
      'a provider for testing',
      { ...cis2, CIS2_ISSUER: 'https://am.nhsint.auth-ptl.cis2.spineservices.nhs.uk:443/openam' },
      ['CIS2_ISSUER'],
      '',
    ],
    [
      'NHS login’s sandpit',
      {
        NHS_LOGIN_ISSUER: 'https://auth.sandpit.signin.nhs.uk/',
        NHS_LOGIN_CLIENT_ID: 'us',
        NHS_LOGIN_KEY_FILE: cis2.CIS2_KEY_FILE,
      },
      ['NHS_LOGIN_ISSUER'],
      'live provider',
    ],
    ['a password alone', { CIS2_ACR_ADMITTED: 'AAL3_ANY AAL1_USERPASS' }, ['CIS2_ACR_ADMITTED'], 'AAL2'],
    ['staff of everywhere', { ...cis2, STAFF_ROLES_FILE: '' }, ['STAFF_ROLES_FILE'], 'organisations'],
  ] as const)('refuses %s, with the remedy', (_what, env, places, remedy) => {
    const issues = weakSettings(configOf(env))
    expect(issues.map(({ place }) => place)).toEqual(places)
    expect(issues.map((one) => one.remedy).join()).toContain(remedy)
  })

  test('needs no seal for a database on this machine', () => {
    for (const url of [
      'postgres://r@localhost/r',
      'postgres://r@127.0.0.1/r',
      'postgres://r@[::1]/r',
      'postgres://r@%2Frun%2Fpostgresql/r',
    ])
      expect(weakSettings(configOf({ DATABASE_URL: url }))).toEqual([])
  })

  test('refuses a folder and a database of the demo', async () => {
    const demo = mkdtempSync(join(folder, 'demo-'))
    writeFileSync(join(demo, 'demo.json'), '{}')
    expect(weakSettings(configOf({ DATA_DIR: demo })).map(({ place }) => place)).toEqual(['DATA_DIR'])
    const { sql } = await testDatabase()
    await refuseDemoData(sql, configOf({}))
    await sql`insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
              values ('demo-system', 'Demo', 'acute', 'X', 'X', '{hl7v2}', 'n', now(), now())`
    await expect(refuseDemoData(sql, configOf({}))).rejects.toThrow('invented people')
    await refuseDemoData(sql, configOf({ THROUGHLINE_MODE: 'demo' }))
  })

  test('throughline serve tells all of them at once, and touches nothing', async () => {
    const config = configOf({
      ESTATE_KEY: 'changeme-changeme',
      DATABASE_URL: 'postgres://r:postgres@db.nhs.uk/r',
      TRUSTED_PROXIES: '::/0',
    })
    const started = serve.run({ config, args: [], json: false, clock: () => new Date() })
    await expect(started).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/ESTATE_KEY: .*\n- DATABASE_URL: .*\n- DATABASE_URL: .*\n- TRUSTED_PROXIES: /),
    })
    await expect(started).rejects.not.toThrow('changeme')
  })

  test.each([
    ['plain HTTP on a public address', { PUBLIC_URL: 'http://record.example.nhs.uk' }, 'PUBLIC_URL'],
    ['no public address on all addresses', { PUBLIC_URL: '', HOST: '0.0.0.0' }, 'PUBLIC_URL'],
    ['a provider by plain HTTP', { CIS2_ISSUER: 'http://am.example' }, 'CIS2_ISSUER'],
  ])('cannot be set to %s at all', (_what, env, place) => {
    const read = readConfig({ ...sound, ...env })
    expect(read.ok ? [] : read.issues.map((one) => one.place)).toContain(place)
  })
})

test('what nobody can use any more is deleted by the clock, and nothing else', async () => {
  const { sql } = await testDatabase()
  const now = new Date('2026-11-22T10:00:00Z')
  const hours = (n: number) => new Date(now.getTime() + n * 3_600_000)
  const actor: Staff = { kind: 'staff', id: 'p', name: 'P', role: 'nurse', organisation: { code: 'X', name: 'X' } }
  await sql.begin((tx) => signIn(tx, actor, { now }))
  const fresh = await sql.begin((tx) => signIn(tx, actor, { now: hours(24) }))
  for (const at of [now, hours(24)])
    await sql.begin((tx) =>
      keepDraft(
        tx,
        actor,
        { address: '/staff', fields: {} },
        { secrets: testSecrets, ask: { what: 'draft-kept', now: at } },
      ),
    )
  await sql`insert into sign_in_attempt (secret_digest, app, started_at) values ('\\x01', 'staff', ${now}), ('\\x02', 'staff', ${hours(24)})`
  await sql`insert into used_assertion (id_digest, expires_at) values ('\\x01', ${hours(1)}), ('\\x02', ${hours(30)})`
  await sql`insert into app_artifact (kind, id_digest, sealed, expires_at)
            values ('Grant', '\\x01', '', ${hours(1)}), ('Grant', '\\x02', '', ${hours(30)}), ('Grant', '\\x03', '', null)`
  expect(await purge(sql, hours(24))).toEqual({ sessions: 1, attempts: 2, drafts: 1, artifacts: 1 })
  expect(await purge(sql, hours(24))).toEqual({ sessions: 0, attempts: 0, drafts: 0, artifacts: 0 })
  expect(await lookAtSession(sql, fresh, hours(24))).toBeDefined()
})
