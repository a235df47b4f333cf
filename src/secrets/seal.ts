/** AES-256-GCM. What is sealed says which key sealed it, and opens only in the place that it was sealed for. */
import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import type { SecretKeys } from './keys.ts'

export type Secrets = {
  /**
   * @param about where it will stand, such as `session 4f2a…`: moved to another row, it opens no more
   * @returns `t1.<key>.<nonce, ciphertext and tag in base64url>`
   */
  seal(about: string, text: string): string
  /** @returns undefined when it was changed, stands elsewhere than it was sealed for, or its key is gone: as if it were not there */
  open(about: string, sealed: string): string | undefined
  /** The key that seals now. */
  currentId(): string
  /** Every key that opens, the newest first. */
  ids(): readonly string[]
  /** A secret for something that signs for itself, one for each key, the newest first. @param use such as `cookies of the app server` */
  derived(use: string): readonly string[]
}

const shape = /^t1\.([0-9a-f]{8})\.([\w-]{38,})$/

/** @param keys asked each time, since the ring changes while the program runs */
export function makeSecrets(keys: () => SecretKeys): Secrets {
  const find = (id: string) => keys().find((key) => key.id === id)
  return {
    seal(about, text) {
      const [{ id, key }] = keys()
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(boundTo(id, about))
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `t1.${id}.${sealed.toString('base64url')}`
    },
    open(about, sealed) {
      const [, id = '', body = ''] = shape.exec(sealed) ?? []
      const found = find(id)
      return found && opened(found.key, boundTo(id, about), Buffer.from(body, 'base64url'))
    },
    currentId: () => keys()[0].id,
    ids: () => keys().map(({ id }) => id),
    derived: (use) =>
      keys().map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', `throughline ${use}`, 32)).toString('base64url')),
  }
}

/** Which key sealed this; undefined: it was not sealed here. */
export function keyOf(sealed: string): string | undefined {
  return shape.exec(sealed)?.[1]
}

function opened(key: KeyObject, bound: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(bound)
  decipher.setAuthTag(bytes.subarray(-16))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

const boundTo = (id: string, about: string): Buffer => Buffer.from(`t1\n${id}\n${about}`)
