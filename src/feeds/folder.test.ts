import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { silentLog } from '../base/index.ts'
import { watchFolders } from './folder.ts'
import type { Source } from './source.ts'

const inbox = mkdtempSync(join(tmpdir(), 'inbox-'))
afterAll(() => rmSync(inbox, { recursive: true, force: true }))

const source = (id: string): Source => ({
  id,
  name: id,
  kind: 'other',
  organisation: { code: '', name: '' },
  formats: ['csv'],
  namespace: 'a namespace of the tests',
  settings: {},
})

function drop(path: string): void {
  writeFileSync(join(inbox, path), 'a,b\r\n1,2\r\n')
  utimesSync(join(inbox, path), new Date(0), new Date(0))
}

/** A watcher that looks only when it is told to, whose time passes only by `wait`, with what it read and logged. */
function aWatch(sources: readonly Source[]) {
  let elapsedMs = 0
  const read: string[] = []
  const logged: string[] = []
  const note = (_fields: unknown, message: string) => void logged.push(message)
  const watch = watchFolders({
    inbox,
    pipeline: {
      receive: async ({ body }) => {
        read.push(Buffer.from(body).toString())
        return { messageId: '1', status: 'applied', issues: [], written: [] }
      },
      replay: () => Promise.reject(new Error('not in this test')),
      resume: async () => 0,
      depth: () => 0,
      idle: async () => {},
    },
    sources: { get: () => undefined, all: () => sources, bySender: () => undefined, refresh: async () => {} },
    format: () => undefined,
    // The machine's own clock stands still at the files' first day, so that only what was watched can count as quiet.
    clock: () => new Date(0),
    elapsed: () => elapsedMs,
    log: { info: () => {}, warn: note, error: note },
    everyMs: 3_600_000,
    quietMs: 150,
  })
  const wait = (ms: number) => {
    elapsedMs += ms
  }
  return { watch, read, logged, wait }
}

test('a file that is still being written is left alone, however often one looks, until it has been quiet', async () => {
  mkdirSync(join(inbox, 'slow'))
  const { watch, read, wait } = aWatch([source('slow')])
  const path = join(inbox, 'slow', 'day.csv')
  for (const part of ['a,b\r\n', '1,2\r\n', '3,4\r\n']) {
    appendFileSync(path, part)
    await watch.look()
    wait(149)
    await watch.look()
  }
  expect(read).toEqual([])
  wait(150)
  await watch.look()
  expect(read).toEqual(['a,b\r\n1,2\r\n3,4\r\n'])
  await watch.close()
})

test('a file whose time is another machine’s tomorrow is taken all the same, once it has been quiet', async () => {
  mkdirSync(join(inbox, 'skewed'))
  drop('skewed/day.csv')
  const tomorrow = new Date(Date.now() + 86_400_000)
  utimesSync(join(inbox, 'skewed/day.csv'), tomorrow, tomorrow)
  const { watch, read, wait } = aWatch([source('skewed')])
  await watch.look()
  wait(150)
  await watch.look()
  expect(read).toHaveLength(1)
  await watch.close()
})

test('a folder of nobody’s, and a file that cannot be moved, are told of once, and the next file is taken', async () => {
  for (const folder of ['nobody', 'stuck']) mkdirSync(join(inbox, folder))
  drop('nobody/day.csv')
  drop('stuck/a.csv')
  drop('stuck/b.csv')
  mkdirSync(join(inbox, 'stuck/taken/a.csv'), { recursive: true })
  const { watch, logged, wait } = aWatch([source('stuck')])
  await watch.look()
  wait(150)
  await watch.look()
  expect(existsSync(join(inbox, 'stuck/taken/b.csv'))).toBe(true)
  expect(existsSync(join(inbox, 'nobody/day.csv'))).toBe(true)
  expect(logged.filter((message) => message.includes('cannot be read or moved'))).toHaveLength(1)
  expect(logged.filter((message) => message.includes('no declared source')).length).toBeGreaterThan(0)
  const before = logged.length
  await watch.look()
  expect(logged).toHaveLength(before)
  await watch.close()
})

test('a link in a drop folder is never followed, and a folder that cannot be worked on holds up no other', async () => {
  const sources = [source('broken'), source('sound')]
  for (const { id } of sources) mkdirSync(join(inbox, id))
  // Its files cannot be moved: a file stands where the folder for them must be.
  drop('broken/taken')
  drop('broken/zz.csv')
  writeFileSync(join(inbox, 'secret.csv'), 'a,b\r\nsecret,2\r\n')
  symlinkSync(join(inbox, 'secret.csv'), join(inbox, 'sound', 'link.csv'))
  drop('sound/day.csv')
  const read: string[] = []
  const watch = watchFolders({
    inbox,
    pipeline: {
      receive: async ({ body }) => {
        read.push(Buffer.from(body).toString())
        return { messageId: '1', status: 'applied', issues: [], written: [] }
      },
      replay: () => Promise.reject(new Error('not in this test')),
      resume: async () => 0,
      depth: () => 0,
      idle: async () => {},
    },
    sources: { get: () => undefined, all: () => sources, bySender: () => undefined, refresh: async () => {} },
    format: () => undefined,
    clock: () => new Date(),
    log: silentLog,
    everyMs: 3_600_000,
  })
  await watch.look()
  await watch.close()
  expect(existsSync(join(inbox, 'sound', 'taken', 'day.csv'))).toBe(true)
  expect(read.join()).not.toContain('secret')
})
