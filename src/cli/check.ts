import { checkFeeds } from '../feeds/index.ts'
import { checkStore } from '../store/index.ts'
import { checkWorklist } from '../worklist/index.ts'
import type { Command } from './command.ts'
import { withWorkbench } from './workbench.ts'

export const check: Command = {
  usage: '',
  about: 'Look whether what is stored keeps its promises.',
  async run(call) {
    return await withWorkbench(call, async ({ database }) => {
      const { pool } = database
      const findings = [...(await checkFeeds(pool)), ...(await checkStore(pool)), ...(await checkWorklist(pool))]
      if (call.json) console.log(JSON.stringify(findings))
      else
        for (const { promise, broken } of findings)
          console.log(`${broken === 0 ? 'holds  ' : `BROKEN ${broken} times:`} ${promise}`)
      return findings.some(({ broken }) => broken > 0) ? 1 : 0
    })
  },
}
