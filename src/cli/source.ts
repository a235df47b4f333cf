import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Problem } from '../base/index.ts'
import { parseSettings, readSources, saveSource } from '../feeds/index.ts'
import { recordCommand } from './audit.ts'
import type { Command } from './command.ts'
import { withWorkbench } from './workbench.ts'

const declaration = z.strictObject({
  id: z.string(),
  name: z.string().trim().min(1).max(200),
  kind: z.enum(['gp', 'acute', 'laboratory', 'community', 'mental-health', 'pharmacy', 'social-care', 'other']),
  organisation: z.strictObject({ code: z.string().trim().min(1).max(20), name: z.string().trim().min(1).max(200) }),
  formats: z.array(z.enum(['hl7v2', 'fhir', 'gp-connect', 'cda', 'csv'])).min(1),
  settings: z.unknown().optional(),
})

export const source: Command = {
  usage: '[<file>]',
  about: 'List who may speak to us; with a JSON file, declare a source or change what is declared of it.',
  help: 'The file: {"id", "name", "kind", "organisation": {"code", "name"}, "formats": [], "settings": {}}. See docs/configuration.md.\nA running server knows of it within five seconds.',
  async run(call) {
    const { positionals } = parseArgs({
      args: [...call.args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    })
    const [path] = positionals
    const declared = path === undefined ? undefined : readDeclaration(path)
    return await withWorkbench(call, async ({ database }) => {
      if (declared) {
        await saveSource(database.pool, declared, call.clock)
        await recordCommand(call, database.pool, 'source-declared', { source: declared.id })
      }
      const sources = (await readSources(database.pool)).filter(({ id }) => !declared || id === declared.id)
      if (call.json) console.log(JSON.stringify(sources.map(({ namespace: _, ...told }) => told)))
      else
        for (const { id, name, formats } of sources)
          console.log(`${id.padEnd(24)} ${formats.join(', ').padEnd(16)} ${name}`)
      return 0
    })
  },
}

function readDeclaration(path: string) {
  const read = declaration.safeParse(readJson(path))
  const settings = parseSettings((read.success ? read.data.settings : undefined) ?? {})
  const issues = [
    ...(read.success ? [] : read.error.issues.map(({ path: place, message }) => ({ place: place.join('.'), message }))),
    ...(settings.ok ? [] : settings.issues.map((issue) => ({ ...issue, place: `settings.${issue.place}` }))),
  ]
  if (!read.success || !settings.ok)
    throw new Problem(
      'invalid',
      `${path} does not declare a source:\n${issues.map(({ place, message }) => `  ${place || 'the whole'}: ${message}`).join('\n')}`,
      'Correct the file; docs/configuration.md says what each part is for.',
    )
  return { ...read.data, settings: settings.value }
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (fault) {
    throw new Problem('not-found', `${path} cannot be read`, 'Check the path.', fault)
  }
  try {
    return JSON.parse(text)
  } catch (fault) {
    throw new Problem('invalid', `${path} is not JSON`, 'Correct the file.', fault)
  }
}
