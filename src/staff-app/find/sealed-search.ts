import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** No search is longer than this, in bytes of UTF-8: sealed, it still fits the 200 letters of a part of an address. */
export const searchBytesMax = 120

/**
 * A search as an opaque result id for the address: only the session that made it can open it, in any process and after a restart, and
 * nothing of it is kept. What was typed may name a patient, so it never stands in an address or a log (ui.md §3).
 * @param typed at most `searchBytesMax` long
 */
export function sealSearch(sessionToken: string, typed: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(sessionToken), nonce)
  const sealed = Buffer.concat([cipher.update(typed, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** What was typed; undefined when the id is of another session, was changed, or is no id. */
export function openSearch(sessionToken: string, result: string): string | undefined {
  const bytes = Buffer.from(result, 'base64url')
  if (bytes.length < 28 || bytes.length > 28 + searchBytesMax) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyOf(sessionToken), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function keyOf(sessionToken: string): Buffer {
  return createHash('sha256').update(`find|${sessionToken}`).digest()
}
