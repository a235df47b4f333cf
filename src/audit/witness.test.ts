import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { silentLog } from '../base/index.ts'
import { makeWitness } from './witness.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-witness-'))
afterAll(() => rmSync(folder, { recursive: true }))
const clock = () => new Date('2026-11-22T10:20:00Z')

test('a witness is told the newest checkpoint, each once, by file and by address', async () => {
  const file = join(folder, 'checkpoints.txt')
  const sent: string[] = []
  const send = async (_url: string, note: string) => void sent.push(note)
  const witness = makeWitness(
    { file, url: 'https://witness.example', everySeconds: 86_400 },
    { clock, log: silentLog, guard: { loopback: false }, send },
  )
  witness.tell('first')
  witness.tell('second')
  expect(witness.told()).toEqual({})
  await witness.close()
  await witness.close()
  expect(sent).toEqual(['second'])
  expect(readFileSync(file, 'utf8')).toBe('second\n')
  expect(witness.told()).toEqual({ file: clock(), url: clock() })
})

test('a witness that does not answer is told again, and the other one all the same', async () => {
  const file = join(folder, 'again.txt')
  const sent: string[] = []
  let away = true
  const send = async (_url: string, note: string) => {
    if (away) throw new Error('it answered 503')
    sent.push(note)
  }
  const witness = makeWitness(
    { file, url: 'https://witness.example', everySeconds: 86_400 },
    { clock, log: silentLog, guard: { loopback: false }, send },
  )
  witness.tell('first')
  await witness.close()
  expect(sent).toEqual([])
  expect(witness.told().url).toBeUndefined()
  away = false
  await witness.close()
  expect(sent).toEqual(['first'])
  expect(readFileSync(file, 'utf8')).toBe('first\n')
})
