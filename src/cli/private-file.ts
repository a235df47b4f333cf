import { readFileSync, statSync } from 'node:fs'
import { Problem } from '../base/index.ts'

/**
 * Reads a file that holds a secret. Others on this machine must not read it, and only its owner may write it; its group may read it, since that
 * is how containers are given theirs.
 * @param name of the setting that names the file
 * @throws Problem 'invalid' with the command that mends it
 */
export function readPrivateFile(name: string, path: string): string {
  let mode: number
  let text: string
  try {
    mode = statSync(path).mode
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Problem(
      'invalid',
      `${name} cannot be read: ${path}`,
      'Correct the path, or let this account read the file.',
      cause,
    )
  }
  checkMode(name, path, mode)
  return text
}

/** The same where something else reads the file. A path without a file is for the reader to tell of. */
export function checkPrivateFile(name: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found) checkMode(name, path, found.mode)
}

function checkMode(name: string, path: string, mode: number): void {
  // Windows tells no modes.
  if (process.platform === 'win32' || (mode & 0o027) === 0) return
  throw new Problem(
    'invalid',
    `${name}: others on this machine can read or change ${path} (mode ${(mode & 0o777).toString(8)})`,
    `Run: chmod 600 ${path}. Then change the key, since it may be known.`,
  )
}
