import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { migrationsFolder } from '../src/cli/places.ts'
import { findPeople, parsePeopleQuery } from '../src/identity/index.ts'
import { migrate, openPool, startEmbeddedPostgres } from '../src/store/index.ts'
import { inParallel, percentiles, rounded } from './figures.ts'
import { fillPeople } from './fill-people.ts'
import { formKey } from './form-key.ts'
import { staffCookie } from './http-client.ts'
import { inventedPerson } from './invented-people.ts'
import { aProgram } from './program.ts'

const times = 20

/**
 * Searching among many people: `npm run bench -- find [--people 1000000] [--folder where-it-is-kept]`. With a folder the database stays,
 * and a filling that was interrupted goes on; without one it is thrown away. Floor: the same connection answering `select 1`.
 */
export async function find(args: readonly string[]): Promise<object> {
  const people = Number(option(args, '--people') ?? 200_000)
  const kept = option(args, '--folder')
  const folder = kept === undefined ? mkdtempSync(join(tmpdir(), 'throughline-find-')) : resolve(kept)
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
  const pool = openPool({ ...postgres.connection, max: 1 })
  try {
    await migrate(pool, migrationsFolder)
    const began = performance.now()
    const added = await fillPeople(postgres.connection, people, (done) => console.error(`${done} of ${people} people`))
    const fillSeconds = rounded((performance.now() - began) / 1_000)
    const floor = await inParallel(300, 1, async () => void (await pool`select 1`))
    const [session] = await pool<{ pid: number }[]>`select pg_backend_pid() as pid`
    const backend = session?.pid ?? 0
    const searches: Record<string, object> = {}
    for (const [name, typed] of Object.entries(searchesFor(people))) {
      const query = parsePeopleQuery(typed)
      if (!query.ok) throw new Error(`${name} cannot be searched for`)
      let answer = await findPeople(pool, query.value)
      for (let n = 0; n < 6; n += 1) await findPeople(pool, query.value)
      const before = processorMs(backend)
      const { each } = await inParallel(times, 1, async () => {
        answer = await findPeople(pool, query.value)
      })
      const { p50, p95 } = percentiles(each)
      const cpuMs = rounded((processorMs(backend) - before) / times, 1)
      searches[name] = { typed, found: answer.people.length, more: answer.more, p50, p95, cpuMs }
      console.error(name, JSON.stringify(searches[name]))
    }
    const http = await overHttp(postgres.connection)
    return { people, added, fillSeconds, searches, http, floorSelect1Ms: percentiles(floor.each) }
  } finally {
    await pool.end({ timeout: 5 })
    await postgres.stop()
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** One of each kind; those for one person are of somebody who is there. */
function searchesFor(people: number): Readonly<Record<string, string>> {
  // Born on a day that could be a month.
  let n = Math.floor(people / 2)
  while (Number(inventedPerson(n).birthDate?.slice(8)) > 12) n += 1
  const someone = inventedPerson(n)
  const { family = '', given = [], birthDate = '', postcode = '', nhsNumber = '' } = someone
  const [year, month, day] = birthDate.split('-')
  return {
    'common full name': 'john smith',
    'common surname only': 'smith',
    'common given name only': 'david',
    'three names': 'john paul smith',
    'four common names': 'mary ann elizabeth jones',
    'order swapped': 'SMITH, John',
    misspelt: 'jhon smiht',
    'misspelt long': 'cristopher robbinson',
    'sounds alike': 'kathryn smyth',
    nickname: 'bob jones',
    'first letters': 'jo smi',
    'three letters': 'wil',
    'two letters': 'jo',
    'name and year': 'smith 1958',
    'full name and year': 'john smith 1958',
    'name and month': 'smith 5/1958',
    'short year': 'john smith 14/5/58',
    'name and date': `${family} ${day}/${month}/${year}`,
    'common name and date': 'david 14/5/1958',
    'day and month exchanged': `${family} ${month}/${day}/${year}`,
    'date alone': `${day}/${month}/${year}`,
    'NHS number': nhsNumber,
    'postcode alone': postcode,
    'name and postcode': `${family} ${postcode}`,
    'common name and postcode area': 'smith ZE1',
    'full name and postcode area': 'john smith ZE1',
    'whole postcode and common name': `smith ${postcode}`,
    'exact person': `${given[0]} ${family} ${day}/${month}/${year}`,
    rare: 'zanventwistle',
    none: 'xyzzyqq plughhh',
  }
}

/** Typed, redirected, shown: the result page with its audit lines, as a browser asks for it. */
async function overHttp(connection: {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}): Promise<object> {
  const { host, port, user, database } = connection
  const program = await aProgram({
    DATABASE_URL: `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
  })
  try {
    await program.start()
    const cookie = await staffCookie(program.url, 'gp-rao')
    const search = async () => {
      const typed = await fetch(`${program.url}/staff/find`, {
        method: 'POST',
        headers: { cookie },
        redirect: 'manual',
        body: new URLSearchParams({ q: 'john smith', ...formKey(cookie) }),
      })
      await typed.arrayBuffer()
      const page = await fetch(new URL(typed.headers.get('location') ?? '', program.url), { headers: { cookie } })
      await page.arrayBuffer()
    }
    await inParallel(10, 1, search)
    const { each } = await inParallel(times, 1, search)
    return { typed: 'john smith', twoRequestsMs: percentiles(each) }
  } finally {
    await program.remove()
  }
}

/** Processor time so far of this process and of its database's one: what a search costs, however busy the machine is. Linux only. */
function processorMs(backend: number): number {
  const fields = readFileSync(`/proc/${backend}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const { user, system } = process.cpuUsage()
  return (Number(fields[11]) + Number(fields[12])) * 10 + (user + system) / 1_000
}

function option(args: readonly string[], name: string): string | undefined {
  const place = args.indexOf(name)
  return place < 0 ? undefined : args[place + 1]
}
