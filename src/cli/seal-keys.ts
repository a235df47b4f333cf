import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSealKeys, rotateKeys, type SealKeys } from '../audit/index.ts'
import { Problem } from '../base/index.ts'
import type { Config } from '../config.ts'

/** Where the key that seals the trail is: the demo makes its own under the data folder. */
export function sealKeyPath(config: Config): string {
  if (config.AUDIT_KEY_FILE !== undefined) return config.AUDIT_KEY_FILE
  if (config.THROUGHLINE_MODE === 'production')
    throw new Problem(
      'invalid',
      'Production needs AUDIT_KEY_FILE: the key that seals the trail, kept apart from the database',
      'Make one with: throughline audit new-key <file>; then name it in AUDIT_KEY_FILE.',
    )
  return join(config.DATA_DIR, 'audit-key.pem')
}

/**
 * The keys of the trail, read again when the file has changed, so that a key is changed without stopping.
 * @throws Problem 'invalid' when there are none that can be used
 */
export function sealKeys(config: Config): () => SealKeys {
  const path = sealKeyPath(config)
  if (config.AUDIT_KEY_FILE === undefined && !existsSync(path)) writeNewKey(path)
  const origin =
    config.AUDIT_ORIGIN ?? (config.PUBLIC_URL === undefined ? 'throughline' : new URL(config.PUBLIC_URL).host)
  let read: { readonly at: number; readonly keys: SealKeys } | undefined
  const keys = (): SealKeys => {
    const at = changedAt(path)
    if (read?.at !== at) read = { at, keys: readKeys(path, origin) }
    return read.keys
  }
  keys()
  return keys
}

/** Puts a new key before those in the file, of which only the public halves are kept. */
export function writeNewKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  writeFileSync(path, rotateKeys(before), { mode: 0o600 })
}

function changedAt(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch (fault) {
    throw unreadable(path, fault)
  }
}

function readKeys(path: string, origin: string): SealKeys {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (fault) {
    throw unreadable(path, fault)
  }
  const keys = parseSealKeys(pem, origin)
  if (keys.ok) return keys.value
  const [issue] = keys.issues
  throw new Problem('invalid', `AUDIT_KEY_FILE ${path}: ${issue?.message ?? 'not readable'}`, issue?.remedy ?? '')
}

const unreadable = (path: string, fault: unknown) =>
  new Problem(
    'invalid',
    `AUDIT_KEY_FILE cannot be read: ${path}`,
    'Make one with: throughline audit new-key <file>',
    fault,
  )
