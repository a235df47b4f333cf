import { chmodSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Clock, Problem } from '../base/index.ts'
import type { Config } from '../config.ts'
import { makeSecrets, parseSecretKeys, type SecretKeys, type Secrets, withNewKey } from '../secrets/index.ts'
import { readPrivateFile } from './private-file.ts'

/** Where the keys are that seal tokens, drafts and signing keys: the demo makes its own under the data folder. @throws Problem 'invalid' */
export function secretKeysPath(config: Config): string {
  if (config.SECRETS_KEY_FILE !== undefined) return config.SECRETS_KEY_FILE
  if (config.THROUGHLINE_MODE === 'production')
    throw new Problem(
      'invalid',
      'Production needs SECRETS_KEY_FILE: the keys that seal stored tokens, drafts and signing keys, kept apart from the database',
      'Make one with: throughline keys new <file>; then name it in SECRETS_KEY_FILE.',
    )
  return join(config.DATA_DIR, 'secrets.keys')
}

/**
 * The ring of keys, read again when its file has changed, so that keys change without stopping.
 * @throws Problem 'invalid' when there is none that can be used, or others may read it
 */
export function openSecrets(config: Config, clock: Clock): Secrets {
  const path = secretKeysPath(config)
  if (config.SECRETS_KEY_FILE === undefined && !existsSync(path)) writeKeys(path, withNewKey('', clock()))
  let read: { readonly at: string; readonly keys: SecretKeys } | undefined
  const keys = (): SecretKeys => {
    const found = statSync(path, { throwIfNoEntry: false })
    const at = `${found?.ino} ${found?.mtimeMs}`
    // A file that is away for a moment takes no key away.
    if (read !== undefined && (found === undefined || read.at === at)) return read.keys
    read = { at, keys: readKeys(path) }
    return read.keys
  }
  keys()
  return makeSecrets(keys)
}

export function readKeys(path: string): SecretKeys {
  const keys = parseSecretKeys(readPrivateFile('SECRETS_KEY_FILE', path))
  if (keys.ok) return keys.value
  const [issue] = keys.issues
  throw new Problem(
    'invalid',
    `SECRETS_KEY_FILE ${path}: ${issue?.place ?? ''} ${issue?.message ?? 'not readable'}`,
    issue?.remedy ?? '',
  )
}

/** Whole or not at all: who reads meanwhile reads the earlier file. */
export function writeKeys(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.new`
  try {
    writeFileSync(beside, text, { mode: 0o600, flush: true })
    chmodSync(beside, 0o600)
    renameSync(beside, path)
  } catch (cause) {
    throw new Problem(
      'invalid',
      `The keys cannot be written: ${path}`,
      'Run this where the file may be written, then give the new file to every copy of the program.',
      cause,
    )
  }
}
