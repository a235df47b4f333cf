import { Agent, request } from 'node:http'
import { inParallel, percentiles, rounded } from './figures.ts'
import { demoToken, postBundle } from './http-client.ts'
import { personBundle } from './invented-fhir.ts'
import { aProgram } from './program.ts'

const people = 20
const seconds = 8
const connections = 32

/** Reads by id, authenticated and audited, each with its line of the trail sealed. Floor: `/live`, the same server saying one word. */
export async function fhirRead(): Promise<object> {
  const program = await aProgram()
  try {
    await program.start()
    const token = await demoToken(program.url)
    for (let n = 0; n < people; n += 1)
      await postBundle(program.url, token, JSON.stringify(personBundle(n + 1, { visits: 4, perVisit: 3 })))
    const ids = await observationIds(program.url, token)
    const agent = new Agent({ keepAlive: true, maxSockets: connections })
    const read = (path: string) => ask(agent, program.url + path, token)
    await inParallel(2_000, connections, async (n) => await read(`/fhir/Observation/${ids[n % ids.length]}`))
    const live = await inParallel(5_000, connections, async () => await read('/live'))
    const before = program.processorTime()
    let count = 0
    const began = performance.now()
    const times: number[] = []
    await Promise.all(
      Array.from({ length: connections }, async (_, worker) => {
        for (let n = worker; performance.now() - began < seconds * 1_000; n += connections) {
          const start = performance.now()
          await read(`/fhir/Observation/${ids[n % ids.length]}`)
          times.push(performance.now() - start)
          count += 1
        }
      }),
    )
    const took = (performance.now() - began) / 1_000
    const after = program.processorTime()
    agent.destroy()
    return {
      readsPerSecond: rounded(count / took),
      readMs: percentiles(times),
      serverMicroseconds: rounded((after.server - before.server) / count),
      databaseMicroseconds: rounded((after.database - before.database) / count),
      floorLivePerSecond: rounded(5_000 / (live.allMs / 1_000)),
    }
  } finally {
    await program.remove()
  }
}

async function observationIds(url: string, token: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/fhir/Observation?_count=200`, { headers: { authorization: `Bearer ${token}` } })
  const bundle = (await answer.json()) as {
    readonly entry?: readonly { readonly resource: { readonly resourceType: string; readonly id: string } }[]
  }
  // What the server has to say of the search is an entry too.
  return (bundle.entry ?? []).flatMap(({ resource }) => (resource.resourceType === 'Observation' ? resource.id : []))
}

/** The least a client can do, so that it takes little of the two cores. */
function ask(agent: Agent, url: string, token: string): Promise<void> {
  return new Promise((done, failed) => {
    request(
      url,
      { agent, headers: { authorization: `Bearer ${token}`, accept: 'application/fhir+json' } },
      (answer) => {
        if (answer.statusCode !== 200) failed(new Error(`${answer.statusCode}`))
        answer.resume().on('end', done)
      },
    )
      .on('error', failed)
      .end()
  })
}
