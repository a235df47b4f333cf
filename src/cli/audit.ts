import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import {
  divideNotes,
  type Finding,
  isLineNumber,
  newestCheckpoint,
  proveConsistency,
  proveLine,
  recordAudit,
  retireMonth,
  sealOnce,
  trailMonths,
  type Verified,
  verifyTrail,
} from '../audit/index.ts'
import { type Pool, Problem } from '../base/index.ts'
import { migrate } from '../store/index.ts'
import type { Command, CommandCall } from './command.ts'
import { openDatabase } from './database.ts'
import { openLog } from './log.ts'
import { migrationsFolder } from './places.ts'
import { sealKeyPath, sealKeys, writeNewKey } from './seal-keys.ts'
import { progressLine } from './workbench.ts'

const does: Readonly<Record<string, (call: CommandCall, asked: Asked) => Promise<number>>> = {
  verify,
  proof,
  consistency,
  checkpoint,
  'new-key': newKey,
  retire,
}

type Asked = { readonly named: string; readonly checkpoint: readonly string[] }

export const audit: Command = {
  usage: 'verify | proof <line> | consistency <size> | checkpoint | new-key <file> | retire [<folder>]',
  about: 'Prove the trail: who did what is what was sealed.',
  help: [
    'verify [--checkpoint <file>]…  every line, against its seal; with what witnesses kept, also that nothing was cut off. Exit 1: see the places',
    'proof <line>                   that one line is in the sealed trail, for scripts/check-proof.mjs',
    'consistency <size>             that the newest checkpoint continues the one signed at so many lines',
    'checkpoint                     the newest checkpoint, sealing first what waits when no server runs',
    'retire [<folder>]              months that may go by AUDIT_RETENTION; with a folder: exports each into it, writes that in the trail, and drops it',
    'new-key <file>                 puts a new signing key before those in the file; earlier ones go on verifying',
  ].join('\n'),
  async run(call) {
    const { values, positionals } = parseArgs({
      args: [...call.args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, checkpoint: { type: 'string', multiple: true } },
    })
    const [name = '', named = ''] = positionals
    const work = does[name]
    if (!work)
      throw new Problem(
        'invalid',
        `audit does one of: ${Object.keys(does).join(', ')}`,
        'See throughline audit --help.',
      )
    return await work(call, { named, checkpoint: values.checkpoint ?? [] })
  },
}

async function withTrailDatabase<T>({ config }: CommandCall, work: (pool: Pool) => Promise<T>): Promise<T> {
  const database = await openDatabase(config, openLog(config).log, { exclusive: false })
  try {
    await migrate(database.pool, migrationsFolder)
    return await work(database.pool)
  } finally {
    await database.close()
  }
}

async function verify(call: CommandCall, { checkpoint: files }: Asked): Promise<number> {
  const keys = sealKeys(call.config)()
  const witnessed = files.flatMap(notesIn)
  const verified = await withTrailDatabase(call, async (pool) => {
    const progress = progressLine()
    const done = await verifyTrail(pool, {
      keys: keys.all,
      witnessed,
      progress: (lines, of) => progress.show(`${lines} of ${of} sealed lines`),
    })
    progress.end()
    await recordCommand(call, pool, 'trail-verified', { lines: done.lines, findings: done.findings.length })
    return done
  })
  if (call.json) console.log(JSON.stringify(verified))
  else tell(verified, witnessed.length)
  return verified.findings.length > 0 ? 1 : 0
}

function notesIn(path: string): readonly string[] {
  if (!existsSync(path)) throw new Problem('not-found', `${path} cannot be read`, 'Check the path.')
  const notes = divideNotes(readFileSync(path, 'utf8'))
  if (notes.length === 0)
    throw new Problem(
      'invalid',
      `${path} holds no checkpoint`,
      'Give a file as a witness kept it, signatures included.',
    )
  return notes
}

function tell({ findings, lines, checkpoints, waiting, late, retired }: Verified, witnessed: number): void {
  console.log(`${lines} sealed lines, ${checkpoints} signed checkpoints, ${witnessed} from witnesses.`)
  if (waiting > 0)
    console.log(`${waiting} newer lines wait for their seal: a running server seals them within a second.`)
  if (late > 0) console.log(`${late} lines were sealed more than 10 seconds after the time they bear.`)
  for (const range of retired)
    console.log(
      `Retired by the retention rules: ${range.lines} lines from ${range.idFirst}, file SHA-256 ${range.digest}.`,
    )
  for (const finding of findings) console.log(placeOf(finding))
  console.log(
    findings.length === 0 ? 'The trail is what was sealed.' : `THE TRAIL WAS CHANGED: ${findings.length} places.`,
  )
  if (witnessed === 0) console.log('Whether its end was cut off only a witness can say: --checkpoint <file>.')
}

function placeOf({ kind, line, place, message }: Finding): string {
  return `${kind.padEnd(10)} ${line === undefined ? '' : `line ${line}`}${place === undefined ? '' : ` place ${place}`}: ${message}`
}

async function proof(call: CommandCall, { named }: Asked): Promise<number> {
  if (!isLineNumber(named))
    throw new Problem('invalid', 'A line is named by its number', 'Copy it from the trail page.')
  return await withTrailDatabase(call, async (pool) => {
    const proven = await proveLine(pool, named)
    await recordCommand(call, pool, 'trail-proof', { line: named })
    console.log(JSON.stringify(proven, null, 2))
    return 0
  })
}

async function consistency(call: CommandCall, { named }: Asked): Promise<number> {
  if (!/^\d{1,15}$/.test(named))
    throw new Problem('invalid', 'A checkpoint is named by its size', 'It is the second line of its text.')
  return await withTrailDatabase(call, async (pool) => {
    console.log(JSON.stringify(await proveConsistency(pool, Number(named)), null, 2))
    return 0
  })
}

async function checkpoint(call: CommandCall): Promise<number> {
  return await withTrailDatabase(call, async (pool) => {
    await sealOnce(pool, { keys: sealKeys(call.config)(), clock: call.clock })
    const newest = await newestCheckpoint(pool)
    if (!newest) throw new Problem('not-found', 'Nothing is sealed yet', 'Start the server.')
    process.stdout.write(newest.note)
    return 0
  })
}

async function newKey(call: CommandCall, { named }: Asked): Promise<number> {
  const path = named || sealKeyPath(call.config)
  writeNewKey(path)
  const [current, ...earlier] = sealKeys({ ...call.config, AUDIT_KEY_FILE: path })().all
  const answer = { file: path, id: current?.id, publicKey: current?.bytes.toString('base64'), earlier: earlier.length }
  if (call.json) console.log(JSON.stringify(answer))
  else
    console.log(
      `${path}: key ${answer.id} signs from now on, ${answer.earlier} earlier go on verifying.\nPublic key, to be told to whoever checks: ${answer.publicKey}`,
    )
  return 0
}

async function retire(call: CommandCall, { named: folder }: Asked): Promise<number> {
  const keys = sealKeys(call.config)()
  return await withTrailDatabase(call, async (pool) => {
    const months = await trailMonths(pool, call.config.AUDIT_RETENTION ?? {}, call.clock())
    const told: object[] = []
    for (const month of months) {
      const { name, lines, stays } = month
      if (stays !== undefined || folder === '') {
        told.push({ month: name, lines, ...(stays === undefined ? { mayGo: true } : { stays }) })
        continue
      }
      mkdirSync(folder, { recursive: true })
      const file = join(folder, `audit-${name.replace('_', '-')}.ndjson`)
      const { digest } = await retireMonth(pool, month, {
        keys,
        clock: call.clock,
        keep: async (text) => {
          // A file of an earlier try is written again, whole, and read again from the disk.
          await pipeline(Readable.from(text), createWriteStream(file, { mode: 0o600, flush: true }))
          return createReadStream(file)
        },
      })
      told.push({ month: name, lines, retired: file, digest })
    }
    for (const one of told) console.log(JSON.stringify(one))
    if (!call.json && months.length === 0) console.log('No month of the trail has ended yet.')
    return 0
  })
}

/** What was done at the command line is in the trail too: by whoever may reach the database. */
export async function recordCommand(
  { clock }: CommandCall,
  pool: Pool,
  what: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await pool.begin((tx) =>
    recordAudit(tx, [
      {
        at: clock(),
        action: 'E',
        what,
        actor: { kind: 'system', id: 'command-line', name: 'Command line' },
        purpose: 'SYSADMIN',
        outcome: 0,
        detail,
      },
    ]),
  )
}
