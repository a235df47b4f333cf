import { parseArgs } from 'node:util'
import { Problem } from '../base/index.ts'
import { listMessages, type Receipt } from '../feeds/index.ts'
import { recordCommand } from './audit.ts'
import type { Command } from './command.ts'
import { progressLine, withWorkbench } from './workbench.ts'

export const replay: Command = {
  usage: '[<message>] [--source <id>] [--all]',
  about: 'Apply messages that wait, with the rules and sources of today.',
  async run(call) {
    const { values, positionals } = parseArgs({
      args: [...call.args],
      allowPositionals: true,
      options: { source: { type: 'string' }, all: { type: 'boolean' }, json: { type: 'boolean' } },
    })
    const [message] = positionals
    if (!message && !values.source && !values.all)
      throw new Problem(
        'invalid',
        'replay needs a message number, --source or --all',
        'For example: throughline replay --source riverton-lab',
      )
    if (message && !/^\d{1,19}$/.test(message))
      throw new Problem('invalid', 'A message number has digits only', 'Copy it from the feed page.')
    return await withWorkbench(call, async ({ database, pipeline }) => {
      const ids = message ? [message] : await waitingIds()
      await recordCommand(call, database.pool, 'messages-replayed', {
        messages: ids.length,
        ...(message ? { message } : {}),
        ...(values.source ? { source: values.source } : {}),
      })
      const count: Record<string, number> = { messages: ids.length }
      const progress = progressLine()
      for (const [n, id] of ids.entries()) {
        const receipt: Receipt = await pipeline.replay(id)
        count[receipt.status] = (count[receipt.status] ?? 0) + 1
        progress.show(`${n + 1} of ${ids.length} messages`)
      }
      progress.end()
      console.log(
        call.json
          ? JSON.stringify(count)
          : Object.entries(count)
              .map(([name, n]) => `${n} ${name}`)
              .join(', '),
      )
      return (count.failed ?? 0) > 0 ? 1 : 0

      /** Failed ones only: a held message waits for a decision, not for a rule. In the order they came. */
      async function waitingIds(): Promise<readonly string[]> {
        const found: string[] = []
        for (let before: string | undefined; ; ) {
          const page = await listMessages(database.pool, {
            status: 'failed',
            ...(values.source ? { source: values.source } : {}),
            ...(before ? { before } : {}),
          })
          found.push(...page.map((line) => line.id))
          before = page.at(-1)?.id
          if (before === undefined) return found.reverse()
        }
      }
    })
  },
}
