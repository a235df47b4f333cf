import { brotliCompressSync, constants } from 'node:zlib'
import { inParallel, percentiles, rounded } from './figures.ts'
import { demoToken, postBundle, staffCookie } from './http-client.ts'
import { nhsNumberOf, personBundle } from './invented-fhir.ts'
import { aProgram, type Program } from './program.ts'

const looks = 60

/** About so many facts: visits of six observations, an encounter and a report each. The last has 2,000 encounters. */
const sizes = {
  facts500: { visits: 62, perVisit: 6 },
  facts5000: { visits: 620, perVisit: 6 },
  encounters2000: { visits: 2_000, perVisit: 1 },
} as const

/** The record page as a browser asks for it, decision, audit line and all reads included. Floor: `/live`, the same server saying one word. */
export async function recordPage(): Promise<object> {
  const program = await aProgram({ BODY_MAX: '64000000' })
  try {
    await program.start()
    const token = await demoToken(program.url)
    const cookie = await staffCookie(program.url, 'gp-rao')
    const results: Record<string, object> = {}
    for (const [n, [name, shape]] of Object.entries(sizes).entries()) {
      const bundle = personBundle(9_000 + n, shape) as { readonly entry: readonly object[] }
      await postBundle(program.url, token, JSON.stringify(bundle))
      results[name] = { facts: bundle.entry.length, ...(await measurePage(program, cookie, nhsNumberOf(9_000 + n))) }
    }
    const live = await inParallel(500, 1, async () => void (await (await fetch(`${program.url}/live`)).text()))
    return { ...results, floorLiveMs: percentiles(live.each) }
  } finally {
    await program.remove()
  }
}

async function measurePage(program: Program, cookie: string, nhsNumber: string): Promise<object> {
  const found = await fetch(`${program.url}/staff/find`, {
    method: 'POST',
    headers: { cookie },
    redirect: 'manual',
    body: new URLSearchParams({ q: nhsNumber }),
  })
  const list = await (
    await fetch(new URL(found.headers.get('location') ?? '', program.url), { headers: { cookie } })
  ).text()
  const path = /href="(\/staff\/patients\/[^"/?#]+)"/.exec(list)?.[1]
  if (!path) throw new Error('the invented person was not found')
  let html = ''
  const ask = async () => {
    html = await (await fetch(program.url + path, { headers: { cookie, 'accept-encoding': 'identity' } })).text()
  }
  await inParallel(15, 1, ask)
  const before = program.processorTime()
  const { each } = await inParallel(looks, 1, ask)
  const after = program.processorTime()
  return {
    pageMs: percentiles(each),
    serverMs: rounded((after.server - before.server) / looks / 1_000, 1),
    databaseMs: rounded((after.database - before.database) / looks / 1_000, 1),
    htmlBytes: html.length,
    brotliBytes: brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length,
  }
}
