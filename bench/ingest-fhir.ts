import { inParallel, percentiles, rounded } from './figures.ts'
import { demoToken, postBundle } from './http-client.ts'
import { personBundle } from './invented-fhir.ts'
import { aProgram } from './program.ts'
import { copyFloor } from './store-floor.ts'

const clients = 4
const shape = { visits: 12, perVisit: 6 }
const warmUp = 40
const measured = 240

/**
 * FHIR R4 transaction bundles of about 100 resources over HTTP: checked, filed under a person, indexed, durable before the answer.
 * Floor: COPY of the same resources' bytes into one column.
 */
export async function ingestFhir(): Promise<object> {
  const program = await aProgram()
  try {
    await program.start()
    const token = await demoToken(program.url)
    const bundles = Array.from(
      { length: warmUp + measured },
      (_, n) => personBundle(n, shape) as { readonly entry: readonly { readonly resource: object }[] },
    )
    const bodies = bundles.map((bundle) => JSON.stringify(bundle))
    await inParallel(warmUp, clients, (n) => postBundle(program.url, token, bodies[n] ?? ''))
    const before = program.processorTime()
    const { each, allMs } = await inParallel(measured, clients, (n) =>
      postBundle(program.url, token, bodies[warmUp + n] ?? ''),
    )
    const after = program.processorTime()
    const resources = bundles
      .slice(warmUp)
      .flatMap(({ entry }) => entry.map(({ resource }) => JSON.stringify(resource)))
    const perSecond = resources.length / (allMs / 1_000)
    const copy = await copyFloor(
      { host: `${program.folder}/postgres/run`, port: 5432, user: 'throughline', database: 'postgres' },
      resources,
    )
    return {
      clients,
      bundles: measured,
      resources: resources.length,
      bytesPerResource: rounded(resources.join('').length / resources.length),
      resourcesPerSecond: rounded(perSecond),
      bundleMs: percentiles(each),
      databaseMicrosecondsPerResource: rounded((after.database - before.database) / resources.length),
      serverMicrosecondsPerResource: rounded((after.server - before.server) / resources.length),
      floorCopyPerSecond: copy.perSecond,
      ratioToCopy: rounded(perSecond / copy.perSecond, 3),
    }
  } finally {
    await program.remove()
  }
}
