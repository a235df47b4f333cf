import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { Problem } from '../base/index.ts'
import { type Config, passphraseMin, passphraseTooShort } from '../config.ts'
import { openPack, packPageName, plainPage } from '../record/index.ts'
import { migrate } from '../store/index.ts'
import { type AnyList, everyList } from '../worklist/index.ts'
import type { Command, CommandCall } from './command.ts'
import { openDatabase } from './database.ts'
import { makePacks, noSuchList } from './downtime-make.ts'
import { openLog } from './log.ts'
import { migrationsFolder } from './places.ts'
import { progressLine } from './workbench.ts'

const options = {
  ward: { type: 'string' },
  practice: { type: 'string' },
  list: { type: 'string' },
  again: { type: 'boolean' },
  to: { type: 'string' },
  json: { type: 'boolean' },
} as const

export const downtimePack: Command = {
  usage: '[make|lists|open <file> --to <folder>]',
  about: 'Make encrypted pages of wards, practices and caseloads that open with no server, or open them.',
  help: [
    '',
    '  make [--ward <name>] [--practice <ODS code>] [--list <id>] [--again]',
    '      One file for each list, under DOWNTIME_DIR. Without a choice: all lists. Stopped half-way, run it again: it goes on.',
    '  lists',
    '      The lists that there are.',
    '  open <file> --to <folder>',
    '      Writes plain pages. They are not encrypted: delete the folder when you are done.',
    '      Without this program: open the file itself in a browser.',
    '',
    'The passphrase comes from DOWNTIME_PASSPHRASE, or the first line of DOWNTIME_PASSPHRASE_FILE; open also asks for it at a terminal.',
    'It is never an argument: others on this computer could read it.',
  ].join('\n'),
  async run(call) {
    const { values, positionals } = parseArgs({ args: [...call.args], allowPositionals: true, options })
    const [what = 'make', file, ...rest] = positionals
    const wrong = new Problem('invalid', 'downtime-pack makes, lists or opens', 'See throughline downtime-pack --help.')
    if (rest.length > 0 || (file !== undefined && what !== 'open')) throw wrong
    if (what === 'open') {
      if (file === undefined || values.to === undefined) throw wrong
      return await open(call, file, values.to)
    }
    if (what !== 'make' && what !== 'lists') throw wrong
    const { log } = openLog(call.config)
    const passphrase = what === 'make' ? await needPassphrase(call.config) : ''
    const database = await openDatabase(call.config, log, { exclusive: false })
    try {
      await migrate(database.pool, migrationsFolder)
      const lists = await everyList(database.pool)
      if (what === 'lists') {
        say(call, lists, lists.map(({ id, kind, title }) => `${kind.padEnd(9)} ${title}\n          ${id}`).join('\n'))
        return 0
      }
      const { ward, practice, list } = values
      const chosen = ward !== undefined || practice !== undefined || list !== undefined
      const wanted = ({ id, kind }: AnyList) =>
        !chosen ||
        id === list ||
        (kind === 'ward' && ward !== undefined && id.split('|').slice(2).join('|') === ward) ||
        (kind === 'practice' && practice !== undefined && id === `practice|${practice}`)
      const progress = progressLine()
      const run = await makePacks(
        {
          pool: database.pool,
          clock: call.clock,
          log,
          folder: packFolder(call.config),
          passphrase,
          keepHours: call.config.DOWNTIME_KEEP_HOURS,
          demo: call.config.THROUGHLINE_MODE === 'demo',
        },
        { wanted, progress: progress.show, ...(values.again === undefined ? {} : { again: values.again }) },
      )
      progress.end()
      if (chosen && run.made.length + run.kept === 0) throw noSuchList(lists)
      const missed = run.made.reduce((sum, one) => sum + one.missed, 0)
      say(
        call,
        { folder: packFolder(call.config), ...run },
        [
          ...run.made.map(({ file: name, title, people }) => `${title}: ${people} people, ${name}`),
          `${run.made.length} made, ${run.kept} of this hour kept, ${run.removed} old ones removed, in ${packFolder(call.config)}`,
        ].join('\n'),
      )
      return missed > 0 ? 1 : 0
    } finally {
      await database.close()
    }
  },
}

export function packFolder({ DOWNTIME_DIR: folder, DATA_DIR: data }: Config): string {
  return folder ?? join(data, 'downtime')
}

/** The passphrase as configured. @throws Problem 'invalid' when there is none, its file cannot be read, or it is short */
export async function needPassphrase(config: Config): Promise<string> {
  const found = await configured(config)
  if (found === undefined)
    throw new Problem(
      'invalid',
      'There is no passphrase for downtime packs',
      'Set DOWNTIME_PASSPHRASE or DOWNTIME_PASSPHRASE_FILE.',
    )
  if (found.length < passphraseMin) throw new Problem('invalid', passphraseTooShort, 'Choose a longer one.')
  return found
}

async function configured({
  DOWNTIME_PASSPHRASE: phrase,
  DOWNTIME_PASSPHRASE_FILE: file,
}: Config): Promise<string | undefined> {
  if (phrase !== undefined || file === undefined) return phrase
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? ''
  } catch (fault) {
    throw new Problem(
      'invalid',
      'DOWNTIME_PASSPHRASE_FILE cannot be read',
      'Correct the path, or who may read it.',
      fault,
    )
  }
}

async function open(call: CommandCall, path: string, folder: string): Promise<number> {
  const file = await readFile(path, 'utf8').catch((fault: unknown) => {
    throw new Problem('not-found', `The file ${path} cannot be read`, 'Check the path.', fault)
  })
  const there = await readdir(folder).catch(() => [])
  if (there.length > 0)
    throw new Problem(
      'conflict',
      `The folder ${folder} is not empty`,
      'Name a new one, so that no pages of two packs are mixed.',
    )
  const { header, index, page } = await openPack(file, (await configured(call.config)) ?? (await asked()))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const write = async (name: string, body: string) =>
    await writeFile(join(folder, name), plainPage(header.title, body), { mode: 0o600 })
  const all: string[] = []
  for (let number = 1; number < header.boxes; number += 1) {
    const body = await page(number)
    all.push(`<article class="sheet">${body}</article>`)
    await write(packPageName(number), body)
  }
  await write('all.html', all.join(''))
  // Last: an index is only there when all that it leads to is.
  await write(packPageName(0), index)
  say(
    call,
    { folder, title: header.title, madeAt: header.madeAt, people: header.boxes - 1 },
    `${header.title}: ${header.boxes - 1} people, open ${join(folder, 'index.html')}`,
  )
  console.error('These pages are NOT encrypted. Delete the folder as soon as you no longer need it.')
  return 0
}

/** At a terminal, without showing what is typed. */
async function asked(): Promise<string> {
  if (process.stdin.isTTY !== true)
    throw new Problem(
      'invalid',
      'There is no passphrase',
      'Set DOWNTIME_PASSPHRASE or DOWNTIME_PASSPHRASE_FILE, or run this at a terminal.',
    )
  process.stderr.write('Passphrase: ')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}

function say({ json }: CommandCall, value: unknown, words: string): void {
  console.log(json ? JSON.stringify(value) : words)
}
