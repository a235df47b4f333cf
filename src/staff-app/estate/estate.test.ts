/** From the script's report to the page for those who can replace kit: over real HTTP, on a real database. */

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formKey, noSession } from '../../../test/support/form-key.ts'
import { readPage } from '../../../test/support/page.ts'
import { type RunningTestServer, runningServer } from '../../../test/support/server.ts'
import { parsePageTimes, parseStartReport } from '../../estate/index.ts'
import { makeRateLimit } from './rate-limit.ts'
import { lasting } from './view.tsx'

const key = 'a-key-of-this-place'
const scripts = join(import.meta.dirname, '../../../deploy/start-up')
let server: RunningTestServer

beforeAll(async () => {
  server = await runningServer({ env: { ESTATE_KEY: key } })
})

const report = (over: object = {}) => ({
  device: 'a1b2c3d4e5f6a7b8',
  site: 'ward 4',
  sincePowerOn: 240_000,
  signedIn: 200_000,
  ...over,
})
const tell = (body: unknown, authorization = `Bearer ${key}`) =>
  fetch(`${server.url}/staff/estate/starts`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const cookiesOf = (answer: Response) => answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')

describe('one start, from the script to the first page', () => {
  test('is counted from power-on, once, and the browser adds its own times', async () => {
    const told = await tell(report())
    expect(told.status).toBe(201)
    const { open } = (await told.json()) as { readonly open: string }
    const opened = await fetch(server.url + open, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/staff'])
    const start = cookiesOf(opened)[0] ?? ''
    expect(start).toMatch(/^throughline_start=a1b2c3d4e5f6a7b8\./)
    // The address is good once: who finds it later is sent on without it.
    const again = await fetch(server.url + open, { redirect: 'manual' })
    expect([again.status, cookiesOf(again)]).toEqual([303, []])

    // Pages before sign-in are not what somebody waits for.
    await fetch(`${server.url}/staff/sign-in`, { headers: { cookie: start } })
    const signedIn = await fetch(`${server.url}/staff/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `${start}; ${noSession}` },
      body: new URLSearchParams({ person: 'gp-rao', ...formKey(noSession) }),
    })
    const kinds = async () =>
      (
        await server.sql<
          { kind: string; ms: number }[]
        >`select kind, ms from device_event where device = 'a1b2c3d4e5f6a7b8' order by kind`
      ).map(({ kind }) => kind)
    expect(await kinds()).toEqual(['browser', 'sign-in'])
    const page = await fetch(`${server.url}/staff`, { headers: { cookie: `${start}; ${cookiesOf(signedIn)[0]}` } })
    const [gone, after = ''] = cookiesOf(page)
    expect(gone).toBe('throughline_start=')
    expect(page.headers.getSetCookie()[1]).toMatch(/Path=\/staff\/estate; HttpOnly/)
    await expect.poll(kinds).toEqual(['browser', 'first-page', 'sign-in'])

    const times = (body: object) =>
      fetch(`${server.url}/staff/estate/page-times`, {
        method: 'POST',
        headers: { cookie: after, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await times({ firstByte: 40, readable: 90, loaded: 120, url: '/staff/patients/x' })).status).toBe(204)
    expect((await times({ firstByte: 40, readable: 90, loaded: 120 })).status).toBe(204)
    expect(await kinds()).toEqual([
      'browser',
      'first-page',
      'page-first-byte',
      'page-loaded',
      'page-readable',
      'sign-in',
    ])
    const [first] = await server.sql<{ ms: number }[]>`select ms from device_event where kind = 'first-page'`
    expect(first?.ms).toBeGreaterThanOrEqual(240_000)
  })

  test('nothing is kept that tells who, where or what', async () => {
    const rows = await server.sql<{ all: string }[]>`
      select string_agg(row_to_json(s)::text, ' ') || string_agg(row_to_json(e)::text, ' ') as all
        from device_start s join device_event e using (device, start)`
    expect(rows[0]?.all).not.toMatch(/rao|127\.0\.0\.1|patients|Lindqvist/i)
    const columns = await server.sql<{ name: string }[]>`
      select column_name as name from information_schema.columns where table_name in ('device_start', 'device_event') order by 1`
    expect([...new Set(columns.map(({ name }) => name))]).toEqual([
      'at',
      'device',
      'heard_at',
      'kind',
      'ms',
      'opened_at',
      'powered_on_at',
      'site',
      'start',
    ])
  })
})

describe('what is refused', () => {
  test.each<[string, unknown, string]>([
    ['without the key', report(), ''],
    ['with another key', report(), 'Bearer another-key-of-place'],
  ])('a report %s', async (_name, body, authorization) => expect((await tell(body, authorization)).status).toBe(403))

  test.each<[string, object]>([
    ['more than is asked for', report({ user: 'somebody' })],
    ['a device that is no number of ours', report({ device: 'WARD-PC-07' })],
    ['a site that could hold anything', report({ site: '<b>ward</b>' })],
    ['a time below nothing', report({ sincePowerOn: -1 })],
    ['a time of days', report({ sincePowerOn: 90_000_000 })],
    ['words for a time', report({ sincePowerOn: 'long' })],
    ['nothing', {}],
  ])('%s', async (_name, body) => expect((await tell(body)).status).toBe(400))

  test('a report larger than 1 kB', async () =>
    expect((await tell(report({ site: 'w'.repeat(2_000) }))).status).toBe(400))

  test('a form of another site', async () => {
    const answer = await fetch(`${server.url}/staff/estate/page-times`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.invalid', 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(403)
  })

  test('a hospital that starts behind one address is no guesser: every device is heard, and every browser is led on', async () => {
    for (let n = 10; n < 50; n += 1) {
      const answer = await tell(report({ device: `hospital0000000000${n}` }))
      expect(answer.status).toBe(201)
      const { open } = (await answer.json()) as { open: string }
      const led = await fetch(`${server.url}${open}`, { redirect: 'manual' })
      expect([led.status, led.headers.get('location')]).toEqual([303, '/staff'])
    }
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async () => (await tell(report(), 'Bearer a-guess')).status),
    )
    expect(new Set(statuses)).toEqual(new Set([403, 503]))
  })

  test('more than so many from one address in a minute; another address is heard', () => {
    const may = makeRateLimit({ most: 2, windowMs: 60_000, addressesMax: 2 })
    const at = (ms: number) => new Date(1_000_000 + ms)
    expect([may('a', at(0)), may('a', at(1)), may('a', at(2)), may('b', at(3)), may('c', at(4))]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    expect([may('a', at(60_000)), may('c', at(60_001))]).toEqual([true, true])
  })

  test('whatever is posted, it is refused or is just what was asked for', () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        const start = parseStartReport(body)
        if (start.ok)
          expect(
            Object.keys(start.value).every((name) => ['device', 'site', 'sincePowerOn', 'signedIn'].includes(name)),
          ).toBe(true)
        expect(typeof parsePageTimes(body).ok).toBe('boolean')
      }),
    )
  })
})

describe('the page', () => {
  test('shows distribution, sites and slow devices to who can replace kit, and to nobody else', async () => {
    const at = new Date()
    const starts = [30, 90, 200, 400, 700, 1_000].map((seconds, n) => ({
      device: `slowdevice00000${n}`,
      start: `start0000000000${n}`,
      seconds,
    }))
    for (const { device, start, seconds } of starts) {
      await server.sql`insert into device_start (device, start, site, powered_on_at, heard_at) values (${device}, ${start}, 'clinic 9', ${at}, ${at})`
      await server.sql`insert into device_event (device, start, kind, ms, at) values (${device}, ${start}, 'first-page', ${seconds * 1_000}, ${at})`
    }
    const analyst = await server.staff('analyst-pryce')
    const { status, html } = await analyst.get('/staff/estate')
    const page = readPage(html)
    expect(status).toBe(200)
    expect(page.rows).toContain('Site clinic 9 Devices 6 Starts 6 Median 3 min 20 s Nine of ten within 16 min 40 s')
    expect(page.rows).toContain('Time 15 minutes or more Starts 1')
    expect(page.rows).toContain('Time Less than 1 minute Starts 1')
    expect(page.main).toContain('2 starts of 7 took 10 minutes or more')
    expect(page.rows.find((row) => row.includes('slowdevi'))).toBe(
      'Device slowdevi Site clinic 9 Starts 1 Median 16 min 40 s',
    )
    const gp = await server.staff('gp-rao')
    expect((await gp.get('/staff/estate')).status).toBe(403)
    expect((await gp.get('/staff')).html).not.toContain('/staff/estate')
    const [line] = await server.sql<
      { many: number }[]
    >`select count(*)::int as many from audit_event where what = 'estate-page' and outcome = 0`
    expect(line?.many).toBe(1)
  })

  test.each([
    [null, 'Not measured'],
    [840, '840 ms'],
    [12_000, '12 s'],
    [250_000, '4 min 10 s'],
    [120_000, '2 min'],
  ])('%s ms reads "%s"', (ms, words) => expect(lasting(ms)).toBe(words))
})

describe('the scripts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-start-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (settings: string, ...args: readonly string[]) => {
    const file = join(folder, 'start.conf')
    writeFileSync(file, settings)
    return promisify(execFile)('sh', [join(scripts, 'throughline-start.sh'), ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: folder, THROUGHLINE_START: file },
    })
  }

  test('the shell script reports one start, opens its page, and names the device as the page does', async () => {
    const opened = join(folder, 'opened')
    const opener = join(folder, 'open.sh')
    writeFileSync(opener, `#!/bin/sh\nprintf '%s' "$1" >${opened}\n`, { mode: 0o755 })
    await run(`URL=${server.url}\nSITE=bench 1\nKEY=${key}\nOPEN=${opener}\nDEVICE=this one\n`)
    const [row] = await server.sql<{ device: string; start: string; whole: boolean }[]>`
      select device, start, powered_on_at < heard_at as whole from device_start where site = 'bench 1'`
    expect(row?.whole).toBe(true)
    await expect
      .poll(() => readFileSync(opened, 'utf8'))
      .toBe(`${server.url}/staff/estate/starts/${row?.device}/${row?.start}`)
    const { stdout } = await run('SITE=bench 1\nDEVICE=this one\n', 'show')
    expect(stdout).toBe(`This device is ${row?.device.slice(0, 8)} at bench 1.\n`)
  })

  test('the shell script opens the staff page all the same when nobody answers', async () => {
    const opened = join(folder, 'opened-anyway')
    const opener = join(folder, 'open-anyway.sh')
    writeFileSync(opener, `#!/bin/sh\nprintf '%s' "$1" >${opened}\n`, { mode: 0o755 })
    await run(`URL=http://127.0.0.1:9\nSITE=bench 2\nKEY=${key}\nOPEN=${opener}\nDEVICE=this one\n`)
    await expect.poll(() => readFileSync(opened, 'utf8')).toBe('http://127.0.0.1:9/staff')
  })

  // It cannot be run where these tests run.
  test('the PowerShell script reads nothing of a person, runs nothing that it fetched, and never fails a sign-in', () => {
    const text = readFileSync(join(scripts, 'throughline-start.ps1'), 'utf8')
    const code = text.replaceAll(/^\s*#.*$/gm, '')
    expect(code).not.toMatch(
      /USERNAME|USERPROFILE|COMPUTERNAME|UserName|whoami|Get-ADUser|MacAddress|IPAddress|Get-Credential|Get-ChildItem/i,
    )
    expect(code).not.toMatch(
      /Invoke-Expression|\biex\b|DownloadString|DownloadFile|Add-Type|Set-ExecutionPolicy|ServerCertificateValidationCallback|SkipCertificateCheck/i,
    )
    expect(code).not.toMatch(/Set-ItemProperty|New-ItemProperty|Remove-Item|Set-Content|Out-File/i)
    expect(code.match(/Invoke-RestMethod|Invoke-WebRequest/g)).toEqual(['Invoke-RestMethod'])
    expect(code).toContain('-TimeoutSec')
    expect(code.trimEnd().endsWith('exit 0')).toBe(true)
    // What it sends is what is taken, and no more.
    expect(
      [...code.matchAll(/\$report\.(\w+) =|[@{;] (\w+) = (?=\$device|\[string\]|\[int\])/g)].flatMap(
        (m) => m[1] ?? m[2],
      ),
    ).toEqual(['device', 'site', 'sincePowerOn', 'signedIn'])
    // What the server answers opens a page of the server only.
    expect(code).toMatch(/-match '\^\/staff\/estate\/starts\/\[a-z0-9\]\+\/\[a-z0-9\]\+\$'/)
  })
})
