#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { Problem, setLimits, toProblem } from '../base/index.ts'
import { readConfig } from '../config.ts'
import { accessList } from './access-list.ts'
import { audit } from './audit.ts'
import { outliveReaders } from './broken-pipe.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { demo } from './demo.ts'
import { downtimePack } from './downtime-pack.ts'
import { ingest } from './ingest.ts'
import { keys } from './keys.ts'
import { takeAreaMedicines } from './medicine-settings.ts'
import { migrateCommand } from './migrate.ts'
import { replay } from './replay.ts'
import { serve } from './serve.ts'
import { source } from './source.ts'

const commands: Readonly<Record<string, Command>> = {
  serve,
  demo,
  migrate: migrateCommand,
  source,
  ingest,
  replay,
  check,
  'downtime-pack': downtimePack,
  audit,
  'access-list': accessList,
  keys,
}

outliveReaders(process.stdout, process.stderr)

const exits = { done: 0, problem: 1, usage: 2 } as const

function usage(): string {
  const lines = Object.entries(commands).map(
    ([name, command]) => `  ${`${name} ${command.usage}`.trimEnd().padEnd(44)} ${command.about}`,
  )
  return [
    'throughline: one record, from the systems an area already has',
    '',
    ...lines,
    '',
    'Every command: --help, --json. Settings come from the environment: docs/configuration.md.',
  ].join('\n')
}

/** What the rules need of Node is not in older ones: they would fail on message after message instead of at the start. */
const nodeWanted = 24

async function main(args: readonly string[]): Promise<number> {
  if (Number(process.versions.node.split('.', 1)[0]) < nodeWanted)
    throw new Problem(
      'fault',
      `This is Node ${process.versions.node}, expected ${nodeWanted} or later`,
      'Start it with npm start or npx throughline: they use the Node that the project brings.',
    )
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(usage())
    return name === undefined ? exits.usage : exits.done
  }
  const command = commands[name]
  if (!command) {
    console.error(`There is no command "${name}".\n\n${usage()}`)
    return exits.usage
  }
  if (rest.includes('--help')) {
    console.log(`throughline ${name} ${command.usage}\n${command.about}\n${command.help ?? ''}`.trimEnd())
    return exits.done
  }
  // A command without a usage of its own takes nothing but --json: anything else is a mistake, not to be passed over.
  if (command.usage === '') parseArgs({ args: rest, options: { json: { type: 'boolean' } } })
  const config = readConfig(process.env)
  if (!config.ok) {
    for (const issue of config.issues) console.error(`${issue.place}: ${issue.message}. ${issue.remedy ?? ''}`)
    return exits.usage
  }
  setLimits({
    dueHours: config.value.WORK_DUE_HOURS,
    historyDays: config.value.RESULT_HISTORY_DAYS,
    markedDays: config.value.MARKED_DAYS,
  })
  takeAreaMedicines(config.value.MEDICINES_FILE)
  return await command.run({ config: config.value, args: rest, json: rest.includes('--json'), clock: () => new Date() })
}

/** An option or argument that the command does not have. */
function misused(fault: unknown): Problem | undefined {
  if (!(fault instanceof Error && 'code' in fault && String(fault.code).startsWith('ERR_PARSE_ARGS'))) return undefined
  const [said = ''] = fault.message.split('. ', 1)
  return new Problem('invalid', said, 'See throughline --help.')
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (fault) {
  const problem = misused(fault) ?? toProblem(fault)
  if (problem.kind === 'fault' && problem.cause instanceof Error) console.error(problem.cause.stack)
  console.error(`${problem.message}\n${problem.remedy}`)
  process.exitCode = problem.kind === 'invalid' ? exits.usage : exits.problem
}
