import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Problem } from '../base/index.ts'
import { formatNamed, type Receipt, recogniseFormat, type Source } from '../feeds/index.ts'
import { recordCommand } from './audit.ts'
import type { Command } from './command.ts'
import { progressLine, withWorkbench } from './workbench.ts'

export const ingest: Command = {
  usage: '<path> --source <id>',
  about: 'Take in a file, or every file of a folder, as messages of a source.',
  help: 'Stopped half-way, run it again: what was applied is found to be the same and changes nothing.',
  async run(call) {
    const { values, positionals } = parseArgs({
      args: [...call.args],
      allowPositionals: true,
      options: { source: { type: 'string' }, json: { type: 'boolean' } },
    })
    const [path] = positionals
    if (!path || !values.source)
      throw new Problem(
        'invalid',
        'ingest needs a path and --source',
        'For example: throughline ingest letters/ --source riverton-pas',
      )
    const id = values.source
    return await withWorkbench(call, async ({ database, sources, pipeline }) => {
      const source = sources.get(id)
      if (!source)
        throw new Problem(
          'not-found',
          `No source "${id}" is declared`,
          `Declared are: ${sources
            .all()
            .map((one) => one.id)
            .join(', ')}.`,
        )
      const files = filesOf(path)
      await recordCommand(call, database.pool, 'files-ingested', { source: id, files: files.length })
      const count: Record<string, number> = {
        files: files.length,
        applied: 0,
        duplicate: 0,
        divided: 0,
        failed: 0,
        held: 0,
      }
      const progress = progressLine()
      // A few at a time: enough to fill batches, not so many that memory fills.
      for (let at = 0; at < files.length; at += 16) {
        const receipts = await Promise.all(
          files.slice(at, at + 16).map(async (file) => ({ file, receipt: await takeIn(file, source) })),
        )
        for (const { file, receipt } of receipts) {
          count[receipt.status] = (count[receipt.status] ?? 0) + 1
          for (const issue of receipt.status === 'failed' || receipt.status === 'held' ? receipt.issues : []) {
            if (!call.json)
              console.error(
                `${file}: ${issue.place ? `${issue.place}: ` : ''}${issue.message}. ${issue.remedy ?? ''}`.trim(),
              )
          }
        }
        progress.show(`${Math.min(at + 16, files.length)} of ${files.length} files`)
      }
      progress.end()
      console.log(
        call.json
          ? JSON.stringify(count)
          : Object.entries(count)
              .map(([name, n]) => `${n} ${name}`)
              .join(', '),
      )
      return (count.failed ?? 0) + (count.held ?? 0) > 0 ? 1 : 0

      async function takeIn(file: string, from: Source): Promise<Receipt> {
        const body = readFileSync(file)
        const format = recogniseFormat(body, from.formats, file)
        const language = format && formatNamed(format)
        if (!format || !language)
          return {
            messageId: '',
            status: 'failed',
            written: [],
            issues: [
              {
                place: '',
                message: `In none of the formats that ${from.id} declares (${from.formats.join(', ')})`,
                remedy: 'It was not taken in.',
              },
            ],
          }
        return await pipeline.receive({
          ...language.envelope(body, from),
          source: from.id,
          format,
          body,
          receivedAt: call.clock(),
        })
      }
    })
  },
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false }))
    throw new Problem('not-found', `There is no file or folder ${path}`, 'Check the path.')
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
