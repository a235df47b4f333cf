import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readClients } from './clients.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-clients-'))
const file = (content: unknown): string => {
  const path = join(folder, 'clients.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const client = {
  id: 'lab-7',
  name: 'Laboratory',
  source: 'lab',
  scopes: 'system/*.cruds',
  keys: { keys: [{ kty: 'EC', crv: 'P-384', kid: '1', x: 'x', y: 'y' }] },
}

test('registered systems are read with their public keys', () => {
  expect(readClients(file([client]))).toEqual([client])
  expect(readClients(undefined)).toEqual([])
})

test('a private key, a shared secret, a foreign scope or a file that is none is refused with its place', () => {
  const withPrivate = { ...client, keys: { keys: [{ ...client.keys.keys[0], d: 'secret' }] } }
  expect(() => readClients(file([withPrivate]))).toThrow(/0\.keys\.keys\.0: a private key/)
  expect(() => readClients(file([{ ...client, secretDigest: 'abc' }]))).toThrow(/CLIENTS_FILE, at 0/)
  expect(() => readClients(file([{ ...client, scopes: 'user/*.rs' }]))).toThrow(/0\.scopes/)
  expect(() => readClients(file('not json'))).toThrow(/cannot be read as JSON/)
  expect(() => readClients(join(folder, 'absent.json'))).toThrow(/cannot be read as JSON/)
})
