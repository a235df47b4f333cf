/** The ring of keys as a file holds it: one key a line, the newest first. The first seals; all of them open. */
import { createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto'
import { type Parsed, right, wrong } from '../base/index.ts'

export type SecretKey = { readonly id: string; readonly madeAt: Date; readonly key: KeyObject }
/** Never empty: the first key seals. */
export type SecretKeys = readonly [SecretKey, ...SecretKey[]]

const heading =
  '# Keys of Throughline: the first seals, all of them open. Keep this file away from the database and its copies.\n'
const shape = /^k([0-9a-f]{8}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) ([\w-]{43})$/
const makeOne = 'Make one with: throughline keys new <file>'

/** @param text of the file. What is wrong is told by its line, never with what stands in it */
export function parseSecretKeys(text: string): Parsed<SecretKeys> {
  const keys: SecretKey[] = []
  for (const [place, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, id = '', at = '', secret = ''] = shape.exec(line.trim()) ?? []
    const bytes = Buffer.from(secret, 'base64url')
    if (bytes.length !== 32 || Number.isNaN(Date.parse(at)) || idOf(bytes) !== id)
      return wrong(`line ${place + 1}`, 'is no key that was made here, or was changed', makeOne)
    // Zeroes, or one letter again and again: nobody's random bytes, but somebody's example.
    if (new Set(bytes).size < 12) return wrong(`line ${place + 1}`, 'is no random key', makeOne)
    if (keys.some((key) => key.id === id))
      return wrong(`line ${place + 1}`, 'holds a key that was there already', makeOne)
    keys.push({ id, madeAt: new Date(at), key: createSecretKey(bytes) })
  }
  const [first, ...others] = keys
  return first ? right([first, ...others]) : wrong('', 'holds no key', makeOne)
}

/** The file with a new key before those that are there. @param text '' where there is none yet */
export function withNewKey(text: string, now: Date): string {
  const bytes = randomBytes(32)
  const line = `k${idOf(bytes)} ${now.toISOString().slice(0, 19)}Z ${bytes.toString('base64url')}\n`
  return (
    heading +
    line +
    keyLines(text)
      .map((one) => `${one}\n`)
      .join('')
  )
}

/** The file without these keys. The first always stays. */
export function prunedKeys(text: string, ids: ReadonlySet<string>): string {
  const [first, ...others] = keyLines(text)
  const kept = others.filter((line) => !ids.has(line.slice(1, 9)))
  return heading + [first, ...kept].map((one) => `${one}\n`).join('')
}

const keyLines = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))

/** A line that was mistyped or cut is found before anything is sealed with it. */
const idOf = (bytes: Buffer): string =>
  hash('sha256', Buffer.concat([Buffer.from('throughline key '), bytes]), 'hex').slice(0, 8)
