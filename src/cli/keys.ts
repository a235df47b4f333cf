import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Pool, Problem } from '../base/index.ts'
import { parseSecretKeys, prunedKeys, withNewKey } from '../secrets/index.ts'
import { rotateSigningKey } from '../smart-apps/index.ts'
import { migrate, resealColumn, sealedUnder } from '../store/index.ts'
import { recordCommand } from './audit.ts'
import type { Command, CommandCall } from './command.ts'
import { openDatabase } from './database.ts'
import { openLog } from './log.ts'
import { migrationsFolder } from './places.ts'
import { sealedColumns } from './sealed-columns.ts'
import { openSecrets, readKeys, secretKeysPath, writeKeys } from './secret-keys.ts'
import { progressLine } from './workbench.ts'

const does: Readonly<Record<string, (call: CommandCall, named: string) => Promise<number>>> = {
  '': list,
  new: newFile,
  rotate,
  prune,
  'rotate-signing': rotateSigning,
}

export const keys: Command = {
  usage: '[new <file> | rotate | prune | rotate-signing]',
  about: 'The keys that seal stored tokens, drafts and signing keys: changed while everything runs.',
  help: [
    '               which keys there are, and how much each seals',
    'new <file>     makes the file that SECRETS_KEY_FILE names',
    'rotate         a new key seals from now on, and all that earlier ones sealed is sealed anew; broken off, run it again: it goes on',
    'prune          takes keys out of the file that seal nothing any more and were followed by another an hour ago or more',
    'rotate-signing a new key for the authorization server: told to others at once, signs ten minutes later',
  ].join('\n'),
  async run(call) {
    const { positionals } = parseArgs({
      args: [...call.args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    })
    const [name = '', named = ''] = positionals
    const work = does[name]
    if (!work || positionals.length > 2)
      throw new Problem(
        'invalid',
        'keys does one of: new <file>, rotate, prune, rotate-signing',
        'See throughline keys --help.',
      )
    return await work(call, named)
  },
}

/** Sealed a moment ago by who read the earlier ring, and not yet committed: nothing lasts so long. */
const pruneAfterMs = 3_600_000
/** One rotation at a time: 'keys' as a number. */
const keysLock = 1_801_812_339

async function withKeys<T>(call: CommandCall, work: (pool: Pool) => Promise<T>): Promise<T> {
  const database = await openDatabase(call.config, openLog(call.config).log, { exclusive: false })
  try {
    await migrate(database.pool, migrationsFolder)
    const held = await database.pool.reserve()
    try {
      const [row] = await held<{ mine: boolean }[]>`select pg_try_advisory_lock(${keysLock}) as mine`
      if (!row?.mine)
        throw new Problem('conflict', 'Keys are being changed already', 'Wait until that command has ended.')
      return await work(database.pool)
    } finally {
      await held`select pg_advisory_unlock(${keysLock})`
      held.release()
    }
  } finally {
    await database.close()
  }
}

/** How many things each key seals, over all tables. */
async function usesOf(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const uses = new Map<string, number>()
  for (const column of sealedColumns)
    for (const [id, many] of await sealedUnder(pool, column)) uses.set(id, (uses.get(id) ?? 0) + many)
  return uses
}

async function list(call: CommandCall): Promise<number> {
  const ring = readKeys(secretKeysPath(call.config))
  const uses = await withKeys(call, usesOf)
  const told = ring.map(({ id, madeAt }, place) => ({
    id,
    madeAt: madeAt.toISOString(),
    seals: place === 0,
    sealed: uses.get(id) ?? 0,
  }))
  const lost = [...uses].filter(([id]) => !ring.some((key) => key.id === id)).map(([id, sealed]) => ({ id, sealed }))
  if (call.json) console.log(JSON.stringify({ keys: told, lost }))
  else {
    for (const { id, madeAt, seals, sealed } of told)
      console.log(`${id}  made ${madeAt}  ${seals ? 'seals now' : 'opens only'}  ${sealed} sealed with it`)
    for (const { id, sealed } of lost)
      console.log(`${id || 'no key'}  NOT IN THE FILE  ${sealed} sealed with it cannot be opened`)
  }
  return lost.length > 0 ? 1 : 0
}

async function newFile(call: CommandCall, named: string): Promise<number> {
  if (named === '')
    throw new Problem('invalid', 'keys new needs the file to make', 'Write: throughline keys new <file>')
  if (existsSync(named))
    throw new Problem(
      'conflict',
      `${named} is there already`,
      'Choose another name; to change keys run: throughline keys rotate',
    )
  writeKeys(named, withNewKey('', call.clock()))
  tell(call, { file: named, id: readKeys(named)[0].id }, `${named}: keep it and its backup away from the database.`)
  return 0
}

async function rotate(call: CommandCall): Promise<number> {
  const { config, clock } = call
  const path = secretKeysPath(config)
  const secrets = openSecrets(config, clock)
  return await withKeys(call, async (pool) => {
    const before = secrets.currentId()
    const unfinished = [...(await usesOf(pool)).keys()].some((id) => id !== before && secrets.ids().includes(id))
    if (!unfinished) {
      const text = withNewKey(readFileSync(path, 'utf8'), clock())
      const made = parseSecretKeys(text)
      if (!made.ok) throw new Problem('fault', 'The new key cannot be read', 'Tell the makers.')
      // Told first: there is no key of which the trail knows nothing.
      await recordCommand(call, pool, 'key-made', { key: made.value[0].id, before })
      writeKeys(path, text)
    }
    const progress = progressLine()
    let done = 0
    let unreadable = 0
    for (const column of sealedColumns) {
      const answer = await resealColumn(pool, secrets, column, (so) => progress.show(`${done + so} sealed anew`))
      done += answer.done
      unreadable += answer.unreadable
    }
    progress.end()
    const key = secrets.currentId()
    await recordCommand(call, pool, 'keys-rotated', { key, done, unreadable, wentOn: unfinished })
    tell(
      call,
      { key, done, unreadable, wentOn: unfinished },
      `${unfinished ? 'Went on where it broke off. ' : ''}Key ${key} seals now; ${done} things were sealed anew.`,
    )
    if (unreadable > 0)
      console.error(
        `${unreadable} things do not open: their key is not in the file, or they were changed. Put the key back, or let them expire.`,
      )
    return unreadable > 0 ? 1 : 0
  })
}

async function prune(call: CommandCall): Promise<number> {
  const { config, clock } = call
  const path = secretKeysPath(config)
  return await withKeys(call, async (pool) => {
    const ring = readKeys(path)
    const uses = await usesOf(pool)
    const gone = ring
      .filter(({ id }, place) => {
        const follower = ring[place - 1]
        return follower !== undefined && !uses.has(id) && clock().getTime() - follower.madeAt.getTime() >= pruneAfterMs
      })
      .map(({ id }) => id)
    if (gone.length > 0) {
      await recordCommand(call, pool, 'keys-pruned', { keys: gone })
      writeKeys(path, prunedKeys(readFileSync(path, 'utf8'), new Set(gone)))
    }
    const left = ring.length - gone.length
    tell(
      call,
      { gone, left },
      `${gone.length} keys were taken out of ${path}; ${left} are left. Destroy copies of the file too.`,
    )
    return 0
  })
}

async function rotateSigning(call: CommandCall): Promise<number> {
  const secrets = openSecrets(call.config, call.clock)
  return await withKeys(call, async (pool) => {
    const { id, signsFrom } = await rotateSigningKey(pool, secrets, call.clock())
    await recordCommand(call, pool, 'signing-key-made', { key: id, signsFrom: signsFrom.toISOString() })
    tell(
      call,
      { key: id, signsFrom: signsFrom.toISOString() },
      `Key ${id} is told to others now, and signs from ${signsFrom.toISOString()}.`,
    )
    return 0
  })
}

function tell({ json }: CommandCall, answer: object, words: string): void {
  console.log(json ? JSON.stringify(answer) : words)
}
