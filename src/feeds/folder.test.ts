import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
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
