/** The Ed25519 keys that sign checkpoints: the first one signs, all of them are believed. @see C2SP signed-note */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign, verify } from 'node:crypto'
import { type Parsed, right, wrong } from '../base/index.ts'

/** @property id eight hexadecimal digits, as a signature names its key */
export type PublicKey = { readonly id: string; readonly name: string; readonly bytes: Buffer; readonly key: KeyObject }

export type SealKeys = {
  /** The name of the trail, as the first line of each checkpoint: one installation, one name. */
  readonly origin: string
  readonly current: PublicKey & { readonly secret: KeyObject }
  /** Every key whose signatures are believed: the current one, then earlier ones. */
  readonly all: readonly PublicKey[]
}

/**
 * Reads the keys from PEM blocks: first a private Ed25519 key, which signs, then earlier keys, private or public, which only verify.
 * @param origin the name of the trail: letters, digits, dots, hyphens and slashes
 */
export function parseSealKeys(pem: string, origin: string): Parsed<SealKeys> {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? []
  const [first] = blocks
  if (!first?.includes('PRIVATE KEY'))
    return wrong('', 'the file does not begin with a private key', 'Make one with: throughline audit new-key <file>')
  try {
    const secret = createPrivateKey(first)
    const all = blocks.map((block) => publicKeyOf(createPublicKey(block), origin))
    const [current] = all
    if (
      !current ||
      secret.asymmetricKeyType !== 'ed25519' ||
      all.some(({ key }) => key.asymmetricKeyType !== 'ed25519')
    )
      return wrong(
        '',
        'a key of another kind than Ed25519 was found',
        'Make one with: throughline audit new-key <file>',
      )
    return right({ origin, current: { ...current, secret }, all })
  } catch {
    return wrong('', 'a block is no key that can be read', 'Make one with: throughline audit new-key <file>')
  }
}

/** A new key before those that are there already, of which only the public halves are kept. */
export function rotateKeys(pem: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const earlier = (pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? []).map((block) =>
    createPublicKey(block).export({ type: 'spki', format: 'pem' }),
  )
  return [privateKey.export({ type: 'pkcs8', format: 'pem' }), ...earlier].join('')
}

export function publicKeyOf(key: KeyObject, name: string): PublicKey {
  const bytes = key.export({ type: 'spki', format: 'der' }).subarray(-32)
  return { id: keyId(name, bytes), name, bytes, key }
}

/** 0x01 is Ed25519, as signed notes number their algorithms. */
function keyId(name: string, bytes: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n\x01`), bytes]), 'hex').slice(0, 8)
}

export function signNote(text: string, { current: { name, id, secret } }: SealKeys): string {
  const signature = sign(null, Buffer.from(text), secret)
  return `${text}\n— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`
}

/** Which of the keys signed this note, or why none did. */
export function signerOf(
  note: string,
  keys: readonly PublicKey[],
): { readonly signedBy: PublicKey } | { readonly why: 'unknown key' | 'bad signature' | 'no signature' } {
  const end = note.lastIndexOf('\n\n')
  if (end < 0) return { why: 'no signature' }
  const text = note.slice(0, end + 1)
  let why: 'unknown key' | 'bad signature' | 'no signature' = 'no signature'
  for (const line of note.slice(end + 2).split('\n')) {
    const [, name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    const bytes = Buffer.from(encoded, 'base64')
    if (name === undefined || bytes.length !== 68) continue
    // Keys are found by number alone: the name of an installation may change, and its earlier checkpoints stand.
    const number = bytes.subarray(0, 4).toString('hex')
    const known = keys.filter((key) => (key.name === name ? key.id : keyId(name, key.bytes)) === number)
    if (known.length === 0) why = 'unknown key'
    for (const key of known) {
      if (verify(null, Buffer.from(text), key.key, bytes.subarray(4))) return { signedBy: key }
      why = 'bad signature'
    }
  }
  return { why }
}
