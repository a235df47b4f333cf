import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Answers } from './entry-form.ts'

/** What a "check your answers" page stands for: sent back whole when it is saved, and by its token saved once. */
export type Draft = {
  /** Names the message: the same draft again changes nothing. */
  readonly token: string
  /** When the answers were checked, ISO 8601: recorded as the time of writing. */
  readonly at: string
  readonly person: string
  /** The form that was filled in: its address within the person's record. */
  readonly form: string
  /** The version that is to be changed; 0 for what is new. */
  readonly version: number
  readonly answers: Answers
}

/** Older than this, the answers are checked again: the record may say something else by now. */
export const draftMinutesMax = 60

/** A draft as text for a hidden field. Only the session that made it can open it, and nobody can change what was checked. */
export function sealDraft(sessionToken: string, draft: Draft): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(sessionToken), nonce)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(draft), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Undefined when it is of another session, was changed, or is nothing of ours. */
export function openDraft(sessionToken: string, sealed: string): Draft | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyOf(sessionToken), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')) as Draft
  } catch {
    return undefined
  }
}

function keyOf(sessionToken: string): Buffer {
  return createHash('sha256').update(`draft|${sessionToken}`).digest()
}
