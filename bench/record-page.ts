import { brotliCompressSync, constants } from 'node:zlib'
import { inParallel, percentiles, rounded } from './figures.ts'
import { formKey } from './form-key.ts'
import { demoToken, postBundle, staffCookie } from './http-client.ts'
import { nhsNumberOf, personBundle } from './invented-fhir.ts'
import { aProgram, type Program } from './program.ts'

const looks = 40

/** About so many facts: visits of an encounter, a report and so many observations each. The second has 5,000 facts, of which 2,000 are encounters. */
const sizes = {
  facts500: { visits: 62, perVisit: 6 },
  facts5000: { visits: 715, perVisit: 3, encounters: 2_000 },
} as const

/** Looks that warm a server that has just started, and those that are measured, each at another person. */
const people = { facts500: { warm: 80, measured: 20 }, facts5000: { warm: 8, measured: 12 } } as const

const pages = { summary: '', timeline: '/timeline', medicines: '/medicines', tests: '/tests' } as const

/**
 * Record pages as a browser asks for them: session, decision, audit line and all reads included. `again`: the reader goes from page to page
 * of one record. `first`: a record that nobody has looked at of late (another person each time). Floor: `/live`, the same server saying one word.
 */
export async function recordPage(): Promise<object> {
  const program = await aProgram({ BODY_MAX: '64000000' })
  try {
    await program.start()
    const token = await demoToken(program.url)
    const cookie = await staffCookie(program.url, 'gp-rao')
    const results: Record<string, object> = {}
    for (const [n, [name, shape]] of Object.entries(sizes).entries()) {
      const { warm, measured } = people[name as keyof typeof sizes]
      const paths: string[] = []
      let facts = 0
      for (let person = 9_000 + n * 100; paths.length < warm + measured; person += 1) {
        const bundle = personBundle(person, shape) as { readonly entry: readonly object[] }
        facts = bundle.entry.length
        await postBundle(program.url, token, JSON.stringify(bundle))
        paths.push(await pathOf(program, cookie, nhsNumberOf(person)))
      }
      for (const path of paths.slice(0, warm)) await look(program, cookie, path)
      await rested(program)
      const first: number[] = []
      const before = program.processorTime()
      for (const path of paths.slice(warm)) first.push((await look(program, cookie, path)).ms)
      const spent = spentOf(before, program.processorTime(), measured)
      const again: Record<string, object> = {}
      for (const [page, rest] of Object.entries(pages))
        again[page] = await measurePage(program, cookie, (paths[0] ?? '') + rest)
      results[name] = {
        facts,
        first: { pageMs: percentiles(first), leastMs: rounded(Math.min(...first), 1), ...spent },
        again,
      }
    }
    const live = await inParallel(500, 1, async () => void (await (await fetch(`${program.url}/live`)).text()))
    return { ...results, floorLiveMs: percentiles(live.each) }
  } finally {
    await program.remove()
  }
}

async function look(
  program: Program,
  cookie: string,
  path: string,
): Promise<{ readonly html: string; readonly ms: number }> {
  const began = performance.now()
  const answer = await fetch(program.url + path, { headers: { cookie, 'accept-encoding': 'identity' } })
  const html = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} at a record page`)
  return { html, ms: performance.now() - began }
}

async function pathOf(program: Program, cookie: string, nhsNumber: string): Promise<string> {
  const found = await fetch(`${program.url}/staff/find`, {
    method: 'POST',
    headers: { cookie },
    redirect: 'manual',
    body: new URLSearchParams({ q: nhsNumber, ...formKey(cookie) }),
  })
  const list = await (
    await fetch(new URL(found.headers.get('location') ?? '', program.url), { headers: { cookie } })
  ).text()
  const path = /href="(\/staff\/patients\/[^"/?#]+)"/.exec(list)?.[1]
  if (!path) throw new Error('the invented person was not found')
  return path
}

async function measurePage(program: Program, cookie: string, path: string): Promise<object> {
  let html = ''
  const ask = async () => {
    html = (await look(program, cookie, path)).html
  }
  await inParallel(5, 1, ask)
  const before = program.processorTime()
  const { each } = await inParallel(looks, 1, ask)
  const after = program.processorTime()
  return {
    pageMs: percentiles(each),
    leastMs: rounded(Math.min(...each), 1),
    ...spentOf(before, after, looks),
    htmlBytes: html.length,
    brotliBytes: brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length,
  }
}

/** Waits until what follows from the posts is done: results taken in, tables analysed, the trail sealed. A minute at most. */
async function rested(program: Program): Promise<void> {
  for (let seconds = 0; seconds < 60; seconds += 1) {
    const before = program.processorTime()
    await new Promise((done) => setTimeout(done, 1_000))
    const { serverMs, databaseMs } = spentOf(before, program.processorTime(), 1)
    if (serverMs + databaseMs < 60) return
  }
}

type Spent = ReturnType<Program['processorTime']>

/** Processor time of one look: of the server and of the database, background work of both included. */
function spentOf(
  before: Spent,
  after: Spent,
  many: number,
): { readonly serverMs: number; readonly databaseMs: number } {
  return {
    serverMs: rounded((after.server - before.server) / many / 1_000, 1),
    databaseMs: rounded((after.database - before.database) / many / 1_000, 1),
  }
}
