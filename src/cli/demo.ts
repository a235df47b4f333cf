import { join } from 'node:path'
import { sendArea } from '../../demo/index.ts'
import type { Command } from './command.ts'
import { areaOf, readDemoState, writeDemoState } from './demo-area.ts'
import { progressLine } from './workbench.ts'

export const demo: Command = {
  usage: '',
  about: 'Send the invented area to a running server, through its real doors.',
  help: 'serve does this by itself in demo mode. Stopped half-way, run it again: what was taken in changes nothing.',
  async run({ config, clock, json }) {
    const state = readDemoState(config, clock)
    if (state.sent) {
      if (json) console.log(JSON.stringify({ alreadySent: true }))
      return 0
    }
    writeDemoState(config, state)
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
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
      return 0
    } catch (fault) {
      progress.end()
      if (stop.signal.aborted) return 0
      throw fault
    }
  },
}
