import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { rounded } from './figures.ts'
import { formKey, noSession } from './form-key.ts'
import { aProgram, type Program } from './program.ts'

/** The slow kit of ui.md §6: a processor six times slower, 1.6 Mbit/s down, 300 ms there and back. */
const slower = 6
const line = { offline: false, latency: 300, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }
const times = 3

type Views = { readonly first: number; readonly repeat: number }

/**
 * The staff summary of the demo's richest person in Chromium on slow kit: milliseconds to the largest contentful paint, at the first view with
 * nothing cached and at the next. Floor: a fixed page of one heading and 40 paragraphs with one small stylesheet, from memory, on the same kit.
 */
export async function slowKit(): Promise<object> {
  const { chromium } = await import('playwright-core')
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  )
  const program = await aProgram({ DEMO_PEOPLE: '30' })
  const fixed = await fixedPage()
  let browser: Browser | undefined
  try {
    await program.start()
    await loaded(program)
    browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    })
    const { cookie, record } = await summaryOf(program.url)
    const ours: Views[] = []
    const floor: Views[] = []
    // In turns, so that whatever else the machine does is met by both.
    for (let n = 0; n < times; n += 1) {
      floor.push(await views(browser, fixed.url))
      ours.push(await views(browser, program.url + record, { url: program.url, cookie }))
    }
    const lcpMs = medians(ours)
    const floorLcpMs = medians(floor)
    return {
      slower,
      megabitsPerSecond: 1.6,
      latencyMs: line.latency,
      medianOf: times,
      lcpMs,
      floorLcpMs,
      ratioToFixedPage: {
        first: rounded(lcpMs.first / floorLcpMs.first, 2),
        repeat: rounded(lcpMs.repeat / floorLcpMs.repeat, 2),
      },
    }
  } finally {
    await browser?.close()
    fixed.close()
    await program.remove()
  }
}

type SignedIn = { readonly url: string; readonly cookie: string }

async function views(browser: Browser, address: string, signedIn?: SignedIn): Promise<Views> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } })
  try {
    if (signedIn) {
      const [name = '', value = ''] = signedIn.cookie.split('=')
      await context.addCookies([{ name, value, url: signedIn.url }])
    }
    return { first: await painted(context, address), repeat: await painted(context, address) }
  } finally {
    await context.close()
  }
}

/** Opens the address in a new tab on slow kit. @returns milliseconds from asking to the largest contentful paint */
async function painted(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage()
  const kit = await context.newCDPSession(page)
  await kit.send('Network.enable')
  await kit.send('Network.emulateNetworkConditions', line)
  await kit.send('Emulation.setCPUThrottlingRate', { rate: slower })
  const answer = await page.goto(address, { waitUntil: 'load', timeout: 120_000 })
  if (!answer?.ok()) throw new Error(`the page answered ${answer?.status()}`)
  const ms = await page.evaluate<number>(largestPaint)
  await page.close()
  return ms
}

// Run in the page, as text: this project's own code knows no browser.
const largestPaint = `new Promise((done) => {
  const told = (list) => done(list.getEntries().at(-1).startTime)
  new PerformanceObserver(told).observe({ type: 'largest-contentful-paint', buffered: true })
})`

const median = (all: readonly number[]): number =>
  rounded(all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0)
const medians = (all: readonly Views[]): Views => ({
  first: median(all.map(({ first }) => first)),
  repeat: median(all.map(({ repeat }) => repeat)),
})

/** The demo's senders are done. */
async function loaded({ folder }: Program): Promise<void> {
  for (;;) {
    const state = JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as { readonly sent: boolean }
    if (state.sent) return
    await new Promise((done) => setTimeout(done, 500))
  }
}

async function summaryOf(url: string): Promise<{ readonly cookie: string; readonly record: string }> {
  const post = (path: string, form: Readonly<Record<string, string>>, cookie: string) =>
    fetch(url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie },
      body: new URLSearchParams({ ...formKey(cookie), ...form }),
    })
  const entered = await post('/staff/sign-in', { person: 'gp-rao' }, noSession)
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const found = (await post('/staff/find', { q: '9992000015' }, cookie)).headers.get('location') ?? ''
  const html = await (await fetch(url + found, { headers: { cookie } })).text()
  const record = /href="(\/staff\/patients\/[^"/?#]+)"/.exec(html)?.[1]
  if (!record) throw new Error('the richest person of the demo was not found')
  return { cookie, record }
}

async function fixedPage(): Promise<{ readonly url: string; readonly close: () => void }> {
  const words = 'This page never changes, so that other pages can be held against it on the same machine.'
  const paragraphs = Array.from({ length: 40 }, (_, n) => `<p>${n + 1}. ${words}</p>`).join('\n')
  const html = `<!doctype html><html lang="en-GB"><title>Fixed</title><link rel="stylesheet" href="/fixed.css"><h1>Fixed</h1>${paragraphs}`
  const css = 'body{font:1rem/1.5 arial,sans-serif;margin:2rem;max-width:60rem}h1{font-size:2rem}'
  const server = createServer(({ url }, answer) => {
    const isCss = url === '/fixed.css'
    answer.setHeader('content-type', isCss ? 'text/css' : 'text/html; charset=utf-8')
    answer.setHeader('cache-control', isCss ? 'max-age=31536000, immutable' : 'no-store')
    answer.end(isCss ? css : html)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
