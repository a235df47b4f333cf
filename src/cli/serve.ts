import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Problem } from '../base/index.ts'
import { startServer } from '../server.ts'
import type { Command, CommandCall } from './command.ts'
import { openDatabase } from './database.ts'
import type { PackNeeds } from './downtime-make.ts'
import { startNightly } from './downtime-nightly.ts'
import { needPassphrase, packFolder } from './downtime-pack.ts'
import { ingestThreads } from './ingest-threads.ts'
import { openLog } from './log.ts'
import { assetsFolder, migrationsFolder } from './places.ts'
import { refuseWeakSettings } from './production.ts'

export const serve: Command = {
  usage: '',
  about: 'Run everything: pages, FHIR, HL7 v2 and drop folders; in demo mode also the invented area.',
  help: 'Ctrl-C stops all of it. npm start is the same as npx throughline serve.',
  async run(call) {
    const { config, clock } = call
    refuseWeakSettings(config)
    const began = performance.now()
    const say = (text: string) => console.log(text)
    say('Throughline is starting …')
    const passphrase = config.DOWNTIME_HOUR === undefined ? undefined : await needPassphrase(config)
    const { log, about: logPlace } = openLog(config)
    const database = await openDatabase(config, log, { exclusive: true })
    say(`  database   ${database.about}`)
    let stopping: (() => void) | undefined
    const stopped = new Promise<void>((done) => {
      stopping = done
    })
    // Asked twice, it stops at once.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping?.())
    const threads = ingestThreads(config.INGEST_THREADS ?? Math.min(1, availableParallelism() - 1), {
      connection: database.connection,
      live: config.THROUGHLINE_MODE === 'production',
      log,
    })
    const server = await startServer({
      config,
      clock,
      log,
      helpers: threads.start,
      pool: database.pool,
      migrationsFolder,
      assetsFolder,
    }).catch(async (fault) => {
      await threads.close()
      await database.close()
      throw fault
    })
    threads.run()
    say(`  log        ${logPlace}`)
    say(`  HL7 v2     mllp://${config.MLLP_HOST ?? config.HOST}:${server.mllpPort}`)
    say(`  folders    ${join(config.DATA_DIR, 'inbox')}/<source>/`)
    say(`Ready in ${((performance.now() - began) / 1000).toFixed(1)} s.\n`)
    say(welcome(call, server.url))
    const demo = config.THROUGHLINE_MODE === 'demo' && config.DEMO_PEOPLE > 0 ? sendDemo(call, server) : undefined
    const nightly = passphrase && nightlyPacks(call, { log, pool: database.pool, passphrase })
    await stopped
    say('\nStopping …')
    demo?.kill('SIGTERM')
    if (nightly) await nightly.stop()
    await server.close()
    await threads.close()
    await database.close()
    say('Stopped. Everything received is kept.')
    return 0
  },
}

/** Downtime packs each night, where an hour is set. */
function nightlyPacks({ config, clock }: CommandCall, given: Pick<PackNeeds, 'log' | 'pool' | 'passphrase'>) {
  if (config.DOWNTIME_HOUR === undefined) return undefined
  const needs = {
    ...given,
    clock,
    folder: packFolder(config),
    keepHours: config.DOWNTIME_KEEP_HOURS,
    demo: config.THROUGHLINE_MODE === 'demo',
  }
  return startNightly(needs, config.DOWNTIME_HOUR)
}

function welcome({ config }: CommandCall, url: string): string {
  if (config.THROUGHLINE_MODE === 'production') return `  ${url}`
  return [
    'This is a demo with invented people: everything in it is synthetic.',
    `  staff      ${url}/staff   choose who you are, then find a person`,
    `  patients   ${url}/app     choose who you are`,
    `  FHIR       ${url}/fhir    client demo-system, secret demo-secret`,
    'Ctrl-C stops it; npm start goes on with the same data.',
  ].join('\n')
}

/** The demo's senders run as a process of their own and speak to us through the same doors as anyone. */
function sendDemo({ config }: CommandCall, server: { readonly url: string; readonly mllpPort: number }) {
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), ['demo'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      THROUGHLINE_SERVER: server.url,
      MLLP_PORT: String(server.mllpPort),
      PORT: new URL(server.url).port,
      DATA_DIR: config.DATA_DIR,
    },
  })
  child.on('exit', (code, signal) => {
    if (code !== 0 && signal === null)
      console.error(new Problem('fault', 'The demo area was not loaded completely', '').message)
  })
  return child
}
