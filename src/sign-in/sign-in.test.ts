import { createHmac, generateKeyPairSync } from 'node:crypto'
import { decodeJwt, importPKCS8, SignJWT } from 'jose'
import type { CustomFetch } from 'openid-client'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { testSecrets } from '../../test/support/secrets.ts'
import { demoSettings, shippedRules } from '../../test/support/sign-in.ts'
import { readSession } from '../access/index.ts'
import { readAudit } from '../audit/index.ts'
import type { Pool } from '../base/index.ts'
import { endByProvider } from './back-channel.ts'
import type { Door, Outcome } from './door.ts'
import { makeDoors, patientDoor, staffDoor } from './doors.ts'
import { type Claims, makeProvider, type Provider } from './provider.ts'
import { readRoleRules } from './role-rules.ts'
import { demoKey, makeStandIn } from './stand-in.ts'
import { makeAgent } from './stand-in-agent.ts'
import { patientClaims, staffClaims } from './stand-in-claims.ts'

const now = new Date()
const clock = () => now
const from = { address: '192.0.2.1', requestId: 'r1' }
const host = 'https://record.example'
const organisation = { code: 'Z99999', name: 'Invented Practice' }
const drPatel = { id: 'patel', name: 'Dr Patel', role: 'clinician' as const, organisation }
const sarah = { id: 'sarah', name: 'Sarah Ward', nhsNumber: '9992000015', birthDate: '1980-05-04' }

let sql: Pool
let pem: string
beforeAll(async () => {
  ;({ sql } = await testDatabase())
  pem = (await demoKey()).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
})

/** What the provider says of people; each test may say otherwise. */
let claims: Readonly<Record<string, Claims>> = {}
/** Stands between our client and the provider. */
let between: (answer: Response, url: string) => Response | Promise<Response> = (answer) => answer
beforeEach(() => {
  claims = { patel: staffClaims(drPatel), sarah: patientClaims(sarah, `${host}/demo/nhs-login`) }
  between = (answer) => answer
})

async function provider(like: 'cis2' | 'nhs-login', path = `/demo/${like}`) {
  const { privateKey, publicKey } = await demoKey()
  const redirectUri = `${host}/${like}/back`
  const idp = makeStandIn({
    mode: 'demo',
    issuer: host + path,
    like,
    client: {
      clientId: 'us',
      publicKey: { ...publicKey.export({ format: 'jwk' }), kid: 'k' },
      redirectUri,
      signedOutUri: host,
    },
    claimsOf: (id) => claims[id],
  })
  const agent = makeAgent(path, () => idp)
  const fetch: CustomFetch = async (url, options) => await between(await agent.fetch(url, options), url)
  const made: Provider = makeProvider({
    issuer: host + path,
    clientId: 'us',
    key: {
      privateKey: await importPKCS8(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'RS512'),
      id: 'k',
    },
    idTokenAlgorithm: like === 'cis2' ? 'RS256' : 'RS512',
    scope:
      like === 'cis2'
        ? 'openid profile nationalrbacaccess associatedorgs selectedrole'
        : 'openid profile profile_extended',
    asked: like === 'cis2' ? { acr_values: 'AAL2_OR_AAL3_ANY' } : { vtr: '["P9.Cp.Cd"]' },
    redirectUri: () => redirectUri,
    signedOutUri: () => host,
    fetch,
  })
  return { provider: made, authorise: agent.authorise }
}

type Opened = Awaited<ReturnType<typeof open>>
async function open(like: 'cis2' | 'nhs-login', settings = demoSettings) {
  const outside = await provider(like)
  const door = (like === 'cis2' ? staffDoor : patientDoor)(
    { sql, clock, settings, secrets: testSecrets },
    outside.provider,
  ) as Door<never>
  const through = async (person: string): Promise<Outcome<never>> => {
    const { url, secret } = await door.begin('/staff/worklist')
    return await door.finish(secret, await outside.authorise(url, person), from)
  }
  return { ...outside, door, through }
}
const whyOf = (outcome: Outcome<never>) => (outcome.kind === 'refused' ? outcome.refused : outcome.kind)

/** Changes the ID token on its way and signs it again: with the provider's own key, unless told otherwise. */
function forged(
  change: (claims: Record<string, unknown>) => Record<string, unknown>,
  sign?: (claims: Record<string, unknown>) => Promise<string> | string,
): void {
  between = async (answer, url) => {
    if (!url.endsWith('/token')) return answer
    const body = (await answer.json()) as Record<string, unknown>
    const payload = change({ ...decodeJwt(String(body.id_token)) })
    const byThem = async () =>
      await new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: 'stand-in' })
        .sign(await importPKCS8(pem, 'RS256'))
    return Response.json({ ...body, id_token: await (sign ? sign(payload) : byThem()) })
  }
}
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('staff by CIS2', () => {
  test('code flow with PKCE, state and nonce: a member of staff in their role, and a line of the trail', async () => {
    const { door, through, provider: theirs } = await open('cis2')
    const { url } = await door.begin(undefined)
    const asked = new URL(url).searchParams
    expect(asked.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/)
    const outcome = await through('patel')
    expect(outcome).toMatchObject({ kind: 'in', next: '/staff/worklist', actor: { kind: 'staff', ...drPatel } })
    if (outcome.kind !== 'in') return
    const token = await door.enter(outcome, from)
    expect(await readSession(sql, String(token), now)).toMatchObject({ id: 'patel', role: 'clinician' })
    const [line] = (await readAudit(sql, { what: ['sign-in'] })).lines
    expect(line).toMatchObject({
      actor: { id: 'patel', organisation: 'Invented Practice' },
      detail: { issuer: theirs.issuer, assurance: 'AAL3_ANY' },
    })
  })

  const role = (id: string, code: string, org = 'Z99999', activities = ['B0380']) => ({
    person_orgid: '1',
    person_roleid: id,
    org_code: org,
    role_code: `S8000:G8000:${code}`,
    activity_codes: activities,
  })
  const patelWith = (more: Claims) => {
    claims = { patel: { ...staffClaims(drPatel), selected_roleid: undefined, ...more } }
  }

  test('several roles and none chosen: they choose, and only one of their own', async () => {
    patelWith({ nhsid_nrbac_roles: [role('1', 'R8000'), role('2', 'R8001')] })
    const { door, through } = await open('cis2')
    const outcome = await through('patel')
    expect(outcome).toMatchObject({
      kind: 'choose',
      choices: [{ staff: { role: 'clinician' } }, { staff: { role: 'nurse' } }],
    })
    if (outcome.kind !== 'choose') return
    expect(whyOf(await door.choose(outcome.secret, '3', from))).toBe('not-their-role')
    expect(whyOf(await door.choose(outcome.secret, '1', from))).toBe('expired')
    const again = await through('patel')
    if (again.kind === 'choose')
      expect(await door.choose(again.secret, '2', from)).toMatchObject({ kind: 'in', actor: { role: 'nurse' } })
    expect(again.kind).toBe('choose')
  })

  test.each([
    [
      'the role chosen at CIS2 is theirs, not the first in the list',
      { nhsid_nrbac_roles: [role('1', 'R8000'), role('2', 'R8001')], selected_roleid: '2' },
      'in',
    ],
    [
      'a role chosen that is none of theirs',
      { nhsid_nrbac_roles: [role('1', 'R8000')], selected_roleid: '9' },
      'not-their-role',
    ],
    ['no roles at all', { nhsid_nrbac_roles: [] }, 'no-role'],
    ['roles absent', { nhsid_nrbac_roles: undefined }, 'no-role'],
    ['a role that no rule knows', { nhsid_nrbac_roles: [role('1', 'R9999')] }, 'no-role'],
    ['a code that only looks like one', { nhsid_nrbac_roles: [role('1', 'XR8000')] }, 'no-role'],
    [
      'a role without the activity that its rule asks for',
      { nhsid_nrbac_roles: [role('1', 'R8000', 'Z99999', [])] },
      'no-role',
    ],
    [
      'a role of an organisation that does not share this record',
      { nhsid_nrbac_roles: [role('1', 'R8000', 'Q0000')] },
      'other-organisation',
    ],
  ] as const)('%s: %s', async (_name, more, expected) => {
    patelWith(more)
    const { through } = await open('cis2', {
      ...demoSettings,
      staffRules: { ...shippedRules, organisations: ['Z99999'] },
    })
    const outcome = await through('patel')
    expect(whyOf(outcome)).toBe(expected)
    if (outcome.kind === 'in') expect(outcome.actor).toMatchObject({ role: 'nurse' })
  })

  test('an assurance that we do not admit is refused, whatever was asked for', async () => {
    const { through } = await open('cis2', { ...demoSettings, acrs: ['AAL2_ANY'] })
    expect(whyOf(await through('patel'))).toBe('too-weak')
  })

  describe('somebody who is signed in confirms that it is they', () => {
    const of = (issuer: string, subject = 'patel') => ({ session: 's'.repeat(43), issuer, subject })
    const through = async (settings = demoSettings, subject = 'patel', person = 'patel') => {
      const { door, authorise, provider: theirs } = await open('cis2', settings)
      const { url, secret } = await door.beginConfirm('/staff/assurance/policy', of(theirs.issuer, subject))
      return { door, secret, outcome: await door.finish(secret, await authorise(url, person), from) }
    }

    test('by a strong level, proven now: for the session that asked, once', async () => {
      const { door, secret, outcome } = await through()
      expect(outcome).toEqual({
        kind: 'confirmed',
        session: 's'.repeat(43),
        assurance: 'AAL3_ANY',
        next: '/staff/assurance/policy',
      })
      expect(whyOf(await door.finish(secret, new URL(`${host}/x`), from))).toBe('expired')
    })

    test('and nobody does so for another, or by a weaker level', async () => {
      expect(whyOf((await through(demoSettings, 'somebody-else')).outcome)).toBe('other-person')
      expect(whyOf((await through({ ...demoSettings, strongAcrs: ['AAL3_FIDO2'] })).outcome)).toBe('too-weak')
    })

    test.each([
      ['long ago', Math.floor(now.getTime() / 1_000) - 3_600],
      ['at no time that is told', undefined],
    ])('and not by a proof made %s', async (_when, at) => {
      forged((told) => ({ ...told, auth_time: at }))
      expect(whyOf((await through()).outcome)).toBe('too-weak')
    })
  })

  test('every refusal is in the trail with its reason, and opens no session', async () => {
    const before = (await sql`select 1 from session`).length
    patelWith({ nhsid_nrbac_roles: [] })
    const { through } = await open('cis2')
    await through('patel')
    const [line] = (await readAudit(sql, { what: ['sign-in-refused'] })).lines
    expect(line).toMatchObject({
      outcome: 4,
      actor: { kind: 'staff', id: 'patel', name: 'Not known' },
      detail: { refused: 'no-role' },
    })
    expect((await sql`select 1 from session`).length).toBe(before)
  })
})

describe('attacks on the sign-in', () => {
  let at: Opened
  beforeAll(async () => {
    at = await open('cis2')
  })
  const begun = async (person = 'patel') => {
    const { url, secret } = await at.door.begin(undefined)
    return { secret, answer: await at.authorise(url, person) }
  }

  test.each([
    ['the state of another sign-in', (answer: URL) => answer.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (answer: URL) => answer.searchParams.delete('state')],
    [
      'the answer of another provider (mix-up)',
      (answer: URL) => answer.searchParams.set('iss', 'https://evil.example'),
    ],
    ['an answer that does not say who gives it', (answer: URL) => answer.searchParams.delete('iss')],
    ['a code that is made up', (answer: URL) => answer.searchParams.set('code', 'x'.repeat(43))],
  ] as const)('%s is refused', async (_name, change) => {
    const { secret, answer } = await begun()
    change(answer)
    expect((await at.door.finish(secret, answer, from)).kind).toBe('refused')
  })

  test('an answer sent to another browser opens nothing there: it belongs to the cookie that began it', async () => {
    const [victim, attacker] = [await begun(), await begun()]
    expect(whyOf(await at.door.finish(victim.secret, attacker.answer, from))).toBe('not-trusted')
    expect(whyOf(await at.door.finish('', attacker.answer, from))).toBe('expired')
  })

  test('an answer counts once, and for ten minutes', async () => {
    const { secret, answer } = await begun()
    expect((await at.door.finish(secret, answer, from)).kind).toBe('in')
    expect(whyOf(await at.door.finish(secret, answer, from))).toBe('expired')
    const late = await begun()
    await sql`update sign_in_attempt set started_at = ${new Date(now.getTime() - 10 * 60_000)}`
    expect(whyOf(await at.door.finish(late.secret, late.answer, from))).toBe('expired')
  })

  test('a code that was redeemed is worth nothing in another sign-in', async () => {
    const first = await begun()
    await at.door.finish(first.secret, first.answer, from)
    const second = await begun()
    second.answer.searchParams.set('code', first.answer.searchParams.get('code') ?? '')
    expect((await at.door.finish(second.secret, second.answer, from)).kind).toBe('refused')
  })

  test('the attempt of one app does not open the other', async () => {
    const { secret, answer } = await begun()
    const patients = await open('nhs-login')
    expect(whyOf(await patients.door.finish(secret, answer, from))).toBe('expired')
  })

  const seconds = (n: number) => Math.floor(Date.now() / 1_000) + n
  test.each([
    ['another nonce', { nonce: 'x' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'them' }],
    ['an end that is past', { exp: seconds(-60) }],
    ['a beginning that is to come', { nbf: seconds(600) }],
    ['another subject than the user info', { sub: 'someone-else' }],
  ] as const)('an ID token with %s is refused, though the provider signed it', async (_name, change) => {
    const { secret, answer } = await begun()
    forged((before) => ({ ...before, ...change }))
    expect(whyOf(await at.door.finish(secret, answer, from))).toBe('not-trusted')
  })

  test('the forging itself works: unchanged and signed again, the token is taken', async () => {
    const { secret, answer } = await begun()
    forged((before) => before)
    expect((await at.door.finish(secret, answer, from)).kind).toBe('in')
  })

  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  test.each([
    ['unsigned', (claimed: unknown) => `${encoded({ alg: 'none' })}.${encoded(claimed)}.`],
    [
      'signed with the public key as if it were a shared secret',
      (claimed: unknown) => {
        const head = `${encoded({ alg: 'HS256', kid: 'stand-in' })}.${encoded(claimed)}`
        return `${head}.${createHmac('sha256', publicKey.export({ format: 'pem', type: 'spki' }))
          .update(head)
          .digest('base64url')}`
      },
    ],
    [
      'signed by somebody else under the provider’s name of its key',
      async (claimed: Record<string, unknown>) =>
        await new SignJWT(claimed).setProtectedHeader({ alg: 'RS256', kid: 'stand-in' }).sign(privateKey),
    ],
    [
      'signed by the right key with another algorithm than was agreed',
      async (claimed: Record<string, unknown>) =>
        await new SignJWT(claimed)
          .setProtectedHeader({ alg: 'RS512', kid: 'stand-in' })
          .sign(await importPKCS8(pem, 'RS512')),
    ],
  ] as const)('an ID token %s is refused', async (_name, sign) => {
    const { secret, answer } = await begun()
    forged((before) => before, sign)
    expect(whyOf(await at.door.finish(secret, answer, from))).toBe('not-trusted')
  })

  test('session fixation: a cookie that somebody brought along opens nothing after sign-in, and its session ends', async () => {
    const first = await begun()
    const outcome = await at.door.finish(first.secret, first.answer, from)
    if (outcome.kind !== 'in') throw new Error('not in')
    const planted = String(await at.door.enter(outcome, from))
    claims = { ...claims, other: staffClaims({ ...drPatel, id: 'other', name: 'Other' }) }
    const next = await begun('other')
    const theirs = await at.door.finish(next.secret, next.answer, from)
    if (theirs.kind !== 'in') throw new Error('not in')
    const token = String(await at.door.enter(theirs, from, planted))
    expect(token).not.toBe(planted)
    expect(await readSession(sql, planted, now)).toBeUndefined()
    expect(await readSession(sql, token, now)).toMatchObject({ id: 'other' })
    expect((await readAudit(sql, { what: ['switch-user'] })).lines[0]).toMatchObject({ actor: { id: 'patel' } })
  })
})

describe('patients by NHS login', () => {
  const sarahWith = (more: Claims) => {
    claims = { sarah: { ...patientClaims(sarah, `${host}/demo/nhs-login`), ...more } }
  }

  test('P9 opens, with the NHS number and birth date that were proven', async () => {
    const { through } = await open('nhs-login')
    expect(await through('sarah')).toMatchObject({
      kind: 'in',
      actor: { kind: 'patient', ...sarah },
      proof: { assurance: 'P9.Cp.Cd' },
    })
  })

  test.each([
    ['P5', { vot: 'P5.Cp.Cd', identity_proofing_level: 'P5' }, 'needs-proof'],
    ['a token of P9 over an account of P5', { identity_proofing_level: 'P5' }, 'needs-proof'],
    ['a token of P5 over an account of P9', { vot: 'P5.Cp.Cd' }, 'needs-proof'],
    ['no vot', { vot: undefined }, 'not-trusted'],
    ['no level', { identity_proofing_level: undefined }, 'needs-proof'],
    ['P9 by password alone', { vot: 'P9.Cp' }, 'too-weak'],
    ['P9 by passkey', { vot: 'P9.Cm' }, 'in'],
    ['the trust mark of another', { vtm: 'https://evil.example/trustmark' }, 'not-trusted'],
    ['an NHS number that is none', { nhs_number: '9992000014' }, 'not-trusted'],
    ['no birth date', { birthdate: undefined }, 'not-trusted'],
    ['a birth date that is none', { birthdate: '1980-02-31' }, 'not-trusted'],
    ['a child of 12', { birthdate: `${now.getUTCFullYear() - 12}-01-01` }, 'too-young'],
  ] as const)('%s: %s', async (_name, more, expected) => {
    sarahWith(more)
    const { through } = await open('nhs-login')
    expect(whyOf(await through('sarah'))).toBe(expected)
  })

  test('an account that was linked to one person is refused as another; nobody is guessed', async () => {
    await sql`insert into login_link (issuer, subject, person, nhs_number, birth_date, linked_at, seen_at)
              values (${`${host}/demo/nhs-login`}, 'sarah', 'p', '9992000023', '1980-05-04', ${now}, ${now})`
    const { door, through } = await open('nhs-login')
    const outcome = await through('sarah')
    if (outcome.kind !== 'in') throw new Error('not in')
    expect(await door.enter(outcome, from)).toMatchObject({ kind: 'refused', refused: 'other-person' })
    await sql`delete from login_link`
    expect(typeof (await door.enter(outcome, from))).toBe('string')
    // Nobody in this database has the number: no link is made.
    expect(await sql`select 1 from login_link`).toHaveLength(0)
  })

  test('somebody who does not agree to share is told so', async () => {
    const { door } = await open('nhs-login')
    const { url, secret } = await door.begin(undefined)
    const answer = new URL(`${host}/back`)
    answer.search = new URLSearchParams({
      state: new URL(url).searchParams.get('state') ?? '',
      iss: `${host}/demo/nhs-login`,
      error: 'access_denied',
      error_description: 'ConsentNotGiven',
    }).toString()
    expect(whyOf(await door.finish(secret, answer, from))).toBe('consent-not-given')
  })
})

describe('sign-out by the provider', () => {
  const statement = async (more: Record<string, unknown> = {}) =>
    await new SignJWT({
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      jti: crypto.randomUUID(),
      sub: 'patel',
      ...more,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'stand-in', typ: 'logout+jwt' })
      .setIssuer(`${host}/demo/cis2`)
      .setAudience('us')
      .setIssuedAt()
      .setExpirationTime('2m')
      .sign(await importPKCS8(pem, 'RS256'))
  const signedIn = async () => {
    const at = await open('cis2')
    const outcome = await at.through('patel')
    if (outcome.kind !== 'in') throw new Error('not in')
    return { at, token: String(await at.door.enter(outcome, from)), sid: outcome.proof.sid }
  }
  const end = async (at: Opened, token: string) =>
    await endByProvider({ sql, clock: () => new Date(), provider: at.provider }, token, from)

  test('ends the sessions of that subject, once; the line says who asked', async () => {
    const { at, token } = await signedIn()
    const told = await statement()
    expect(await end(at, told)).toBeGreaterThan(0)
    expect(await readSession(sql, token, now)).toBeUndefined()
    expect(await end(at, told)).toBeUndefined()
    expect((await readAudit(sql, { what: ['sign-out'] })).lines[0]).toMatchObject({
      actor: { id: 'patel' },
      detail: { by: 'provider' },
    })
  })

  test.each([
    ['for another client', { aud: 'them' }],
    ['with a nonce, as an ID token has', { nonce: 'n' }],
    ['of no such event', { events: {} }],
    ['about nobody', { sub: undefined }],
  ] as const)('a statement %s ends nothing', async (_name, more) => {
    const { at, token } = await signedIn()
    const payload = decodeJwt(await statement(more))
    const again = await new SignJWT({ ...payload, ...('aud' in more ? { aud: more.aud } : {}) })
      .setProtectedHeader({ alg: 'RS256', kid: 'stand-in' })
      .sign(await importPKCS8(pem, 'RS256'))
    expect(await end(at, again)).toBeUndefined()
    expect(await readSession(sql, token, now)).toBeDefined()
  })
})

describe('the stand-in', () => {
  test('cannot be made in production', async () => {
    const standIn = { people: () => ({ staff: [], patients: [] }), actorFor: () => undefined }
    const settings = {
      sql,
      clock,
      secrets: testSecrets,
      settings: demoSettings,
      publicUrl: () => host,
      mode: 'production' as const,
    }
    await expect(makeDoors({ ...settings, standIn })).rejects.toMatchObject({ kind: 'invalid' })
    expect(await makeDoors({ ...settings, standIn: undefined })).toEqual({ standIns: [] })
    const client = { clientId: 'us', publicKey: { kid: 'k' }, redirectUri: host, signedOutUri: host }
    await expect(
      makeStandIn({ mode: 'production', issuer: host, like: 'cis2', client, claimsOf: () => undefined }),
    ).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('a file of role rules that cannot be read names its place', () => {
    expect(() => readRoleRules('/no/such/file.json')).toThrow('STAFF_ROLES_FILE')
  })
})
