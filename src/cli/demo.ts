import { join } from 'node:path'
import { openHospital, openPractice, sendArea } from '../../demo/index.ts'
import type { Command } from './command.ts'
import { areaOf, type DemoState, readDemoState, writeDemoState } from './demo-area.ts'
import { progressLine } from './workbench.ts'

export const demo: Command = {
  usage: '',
  about: 'Send the invented area to a running server, through its real doors.',
  help: 'serve does this by itself in demo mode. Stopped half-way, run it again: what was taken in changes nothing.',
  async run({ config, clock, json }) {
    const state = readDemoState(config, clock)
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
    // Started by serve, it also is the two systems that take what staff write, for as long as the server runs.
    const receivers = process.env.THROUGHLINE_SERVER === undefined ? undefined : await openReceivers(state)
    const until = async () => {
      if (!receivers) return
      if (!stop.signal.aborted) await new Promise((done) => stop.signal.addEventListener('abort', done, { once: true }))
      await receivers.close()
    }
    if (state.sent) {
      if (json) console.log(JSON.stringify({ alreadySent: true }))
      await until()
      return 0
    }
    writeDemoState(config, state)
    const http = process.env.THROUGHLINE_SERVER ?? `http://${config.HOST}:${config.PORT}`
    const progress = progressLine()
    const began = performance.now()
    try {
      const done = await sendArea({
        area: areaOf(state),
        http,
        mllp: { host: config.MLLP_HOST ?? config.HOST, port: config.MLLP_PORT },
        inboxDir: join(config.DATA_DIR, 'inbox'),
        signal: stop.signal,
        onProgress: ({ sent, bySource }) => {
          if (sent % 25 === 0)
            progress.show(
              `  the invented area is sending: ${sent} messages from ${Object.keys(bySource).length} systems …`,
            )
        },
      })
      writeDemoState(config, { ...state, sent: true })
      progress.end()
      const seconds = ((performance.now() - began) / 1_000).toFixed(1)
      console.log(
        json
          ? JSON.stringify(done)
          : `The invented area is loaded: ${done.sent} messages from ${Object.keys(done.bySource).length} systems in ${seconds} s; ${done.notApplied} wait to be looked at (they are broken on purpose).`,
      )
      await until()
      return 0
    } catch (fault) {
      progress.end()
      await receivers?.close()
      if (stop.signal.aborted) return 0
      throw fault
    }
  },
}

/** The hospital and the practice; without them, when their ports were taken meanwhile, what is written waits for them. */
async function openReceivers({ receivers }: DemoState): Promise<{ close(): Promise<void> } | undefined> {
  if (!receivers) return undefined
  try {
    const hospital = await openHospital({ port: receivers.hospital })
    const practice = await openPractice({ port: receivers.practice })
    // Its parent is gone without a word: nobody sends any more.
    const alone = () => process.kill(process.pid, 'SIGTERM')
    process.once('disconnect', alone)
    return {
      async close() {
        // While somebody listens to it the channel keeps both processes alive, each waiting for the other to end.
        process.off('disconnect', alone)
        await Promise.all([hospital.close(), practice.close()])
      },
    }
  } catch {
    console.error('The systems that take what staff write could not listen: entries wait for them.')
    return undefined
  }
}
