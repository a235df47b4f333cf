import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type ListKind, listColumns, listKinds, parseList, takeInList, takeInOptOuts } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { recordCommand } from './audit.ts'
import type { Command } from './command.ts'
import { withWorkbench } from './workbench.ts'

const shownMax = 20

export const accessList: Command = {
  usage: `<${listKinds.join('|')}> <file.csv>`,
  about: 'Take in a list: which staff are which patients, families, who acts for whom, opt-outs.',
  help: `The first line names the columns:\n${listKinds.map((kind) => `  ${kind.padEnd(10)} ${listColumns[kind].join(',')}`).join('\n')}\nA list with a mistake changes nothing. See docs/configuration.md.`,
  async run(call) {
    const { positionals } = parseArgs({
      args: [...call.args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    })
    const [name, path] = positionals
    const kind = listKinds.find((one) => one === name)
    if (kind === undefined || path === undefined)
      throw new Problem('invalid', `Say which list, and its file: ${listKinds.join(', ')}`, 'See --help.')
    const rows = rowsOf(kind, path)
    return await withWorkbench(call, async ({ database }) => {
      const now = call.clock()
      const taken = await database.pool.begin(async (tx) =>
        kind === 'opt-outs'
          ? await takeInOptOuts(
              tx,
              rows.map((row) => row.nhs_number ?? ''),
              now,
            )
          : await takeInList(tx, kind, rows, now),
      )
      await recordCommand(call, database.pool, 'access-list', { list: kind, rows: rows.length, taken })
      if (call.json) console.log(JSON.stringify({ list: kind, rows: rows.length, taken }))
      else console.log(`${taken} of ${rows.length} lines are in force now.`)
      if (kind === 'proxies' && taken < rows.length)
        console.error('Some were ended by the person, or name somebody else under the same id: they stay as they are.')
      return 0
    })
  },
}

function rowsOf(kind: ListKind, path: string) {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (fault) {
    throw new Problem('not-found', `${path} cannot be read`, 'Check the path.', fault)
  }
  const read = parseList(kind, text)
  if (read.ok) return read.value
  const told = read.issues.slice(0, shownMax).map(({ place, message }) => `  ${place || 'the whole'}: ${message}`)
  const more = read.issues.length - told.length
  throw new Problem(
    'invalid',
    `${path} was not taken in:\n${told.join('\n')}${more > 0 ? `\n  and ${more} more` : ''}`,
    read.issues[0]?.remedy ?? 'Correct the file.',
  )
}
