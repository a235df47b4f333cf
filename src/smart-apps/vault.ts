/** What the authorization server keeps, sealed: the database holds digests of ids and ciphertext. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { type Clock, type Pool, Problem } from '../base/index.ts'

/** The newest key signs and seals; older ones still open what they sealed, so that keys change without anybody noticing. */
export type KeyRing = readonly { readonly id: string; readonly key: KeyObject; readonly secret: Buffer }[]

/** @returns PEM of a new key, to be put before those in the file */
export function newKeyPem(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** @throws Problem 'invalid' when the file holds no RSA key of 2048 bits or more */
export function readKeyRing(path: string): KeyRing {
  try {
    const blocks =
      readFileSync(path, 'utf8').match(/-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/g) ?? []
    const ring = blocks.map((pem) => {
      const key = createPrivateKey(pem)
      if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
        throw new Error('weak key')
      const der = key.export({ format: 'der', type: 'pkcs8' })
      const id = createHash('sha256').update(der).digest('base64url').slice(0, 16)
      return { id, key, secret: Buffer.from(hkdfSync('sha256', der, '', 'throughline app vault', 32)) }
    })
    if (ring.length === 0) throw new Error('no key')
    return ring
  } catch (cause) {
    throw new Problem(
      'invalid',
      'APPS_KEY_FILE holds no private RSA key (PKCS #8, 2048 bits or more)',
      'Make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072',
      cause,
    )
  }
}

export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function seal(ring: KeyRing, text: string): Buffer {
  const [first] = ring
  if (!first) throw new Error('smart-apps: no key')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', first.secret, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** @returns undefined when no key opens it: it is as if it were not there */
function open(ring: KeyRing, sealed: Buffer): string | undefined {
  for (const { secret } of ring) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12))
      decipher.setAuthTag(sealed.subarray(-16))
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    } catch {
      // Sealed by another key of the ring.
    }
  }
  return undefined
}

type Row = { readonly sealed: Buffer; readonly consumedAt: Date | null }

/** The store of one kind of thing, as oidc-provider asks for it. What has expired is never given back. */
export function vaultAdapter(sql: Pool, clock: Clock, ring: KeyRing): (kind: string) => Adapter {
  const opened = (row: Row | undefined): AdapterPayload | undefined => {
    const text = row && open(ring, row.sealed)
    if (text === undefined || !row) return undefined
    return {
      ...(JSON.parse(text) as AdapterPayload),
      ...(row.consumedAt === null ? {} : { consumed: row.consumedAt.getTime() / 1_000 }),
    }
  }
  return (kind) => ({
    async upsert(id, payload, expiresIn) {
      const { uid, grantId } = payload
      const until = expiresIn === undefined ? null : new Date(clock().getTime() + expiresIn * 1_000)
      await sql`
        insert into app_artifact (kind, id_digest, uid_digest, grant_digest, sealed, expires_at)
        values (${kind}, ${digestOf(id)}, ${uid === undefined ? null : digestOf(uid)}, ${grantId === undefined ? null : digestOf(grantId)},
                ${seal(ring, JSON.stringify(payload))}, ${until})
        on conflict (kind, id_digest) do update set sealed = excluded.sealed, uid_digest = excluded.uid_digest,
          grant_digest = excluded.grant_digest, expires_at = excluded.expires_at`
    },
    async find(id) {
      const [row] = await sql<Row[]>`
        select sealed, consumed_at as "consumedAt" from app_artifact
         where kind = ${kind} and id_digest = ${digestOf(id)} and (expires_at is null or expires_at > ${clock()})`
      return opened(row)
    },
    async findByUid(uid) {
      const [row] = await sql<Row[]>`
        select sealed, consumed_at as "consumedAt" from app_artifact
         where kind = ${kind} and uid_digest = ${digestOf(uid)} and (expires_at is null or expires_at > ${clock()}) limit 1`
      return opened(row)
    },
    findByUserCode: async () => undefined,
    async consume(id) {
      await sql`update app_artifact set consumed_at = ${clock()} where kind = ${kind} and id_digest = ${digestOf(id)} and consumed_at is null`
    },
    async destroy(id) {
      await sql`delete from app_artifact where kind = ${kind} and id_digest = ${digestOf(id)}`
    },
    async revokeByGrantId(grantId) {
      await sql`delete from app_artifact where grant_digest = ${digestOf(grantId)}`
    },
  })
}
