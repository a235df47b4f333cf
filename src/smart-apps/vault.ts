/** What the authorization server keeps, sealed: the database holds digests of ids and ciphertext. */
import { createHash } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Clock, Pool } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'

export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

const sealedAs = (kind: string, digest: Buffer): string => `app artifact ${kind} ${digest.toString('hex')}`

type Row = { readonly sealed: string; readonly digest: Buffer; readonly consumedAt: Date | null }

/** The store of one kind of thing, as oidc-provider asks for it. What has expired is never given back. */
export function vaultAdapter(sql: Pool, clock: Clock, secrets: Secrets): (kind: string) => Adapter {
  const opened = (kind: string, row: Row | undefined): AdapterPayload | undefined => {
    const text = row && secrets.open(sealedAs(kind, row.digest), row.sealed)
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
                ${secrets.seal(sealedAs(kind, digestOf(id)), JSON.stringify(payload))}, ${until})
        on conflict (kind, id_digest) do update set sealed = excluded.sealed, uid_digest = excluded.uid_digest,
          grant_digest = excluded.grant_digest, expires_at = excluded.expires_at`
    },
    async find(id) {
      const [row] = await sql<Row[]>`
        select sealed, id_digest as digest, consumed_at as "consumedAt" from app_artifact
         where kind = ${kind} and id_digest = ${digestOf(id)} and (expires_at is null or expires_at > ${clock()})`
      return opened(kind, row)
    },
    async findByUid(uid) {
      const [row] = await sql<Row[]>`
        select sealed, id_digest as digest, consumed_at as "consumedAt" from app_artifact
         where kind = ${kind} and uid_digest = ${digestOf(uid)} and (expires_at is null or expires_at > ${clock()}) limit 1`
      return opened(kind, row)
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

/** Deletes what has expired: nobody can use it. @returns how many rows */
export async function forgetArtifacts(sql: Pool, now: Date): Promise<number> {
  const gone = await sql`delete from app_artifact where expires_at <= ${now}`
  const keys = await sql`delete from signing_key where ends_at <= ${now}`
  return gone.count + keys.count
}
