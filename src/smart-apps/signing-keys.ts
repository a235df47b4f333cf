/** The keys that sign for the authorization server: kept sealed, told to others before they sign and after, changed while everything runs. */
import { createPrivateKey, generateKeyPair, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import { opaqueId, type Pool, Problem, type Sql } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'

export type SigningKey = { readonly id: string; readonly jwk: JsonWebKey }

/** Others keep what they were told of our keys for so long: until then the key before signs. */
const toldMinutes = 10
/** ID tokens live for minutes; what was signed stays checkable for a day. */
const endsAfterHours = 24

type Row = { readonly id: string; readonly sealed: string }

/**
 * Every key that is told to others, the one that signs first. Makes the first one.
 * @throws Problem 'fault' when none of them opens: the ring lacks the key that sealed them
 */
export async function signingKeys(sql: Pool, secrets: Secrets, now: Date): Promise<readonly SigningKey[]> {
  const rows = await readRows(sql, now)
  if (rows.length === 0) {
    // Two that begin at once agree on one.
    await sql.begin(async (tx) => {
      await tx`lock table signing_key in exclusive mode`
      if ((await readRows(tx, now)).length === 0) await keepNew(tx, secrets, { now, signsFrom: now })
    })
    return await signingKeys(sql, secrets, now)
  }
  const keys = rows.flatMap(({ id, sealed }): readonly SigningKey[] => {
    const pem = secrets.open(sealedAs(id), sealed)
    return pem === undefined ? [] : [{ id, jwk: createPrivateKey(pem).export({ format: 'jwk' }) }]
  })
  if (keys[0]?.id === rows[0]?.id) return keys
  throw new Problem(
    'fault',
    'The key that signs for apps does not open: SECRETS_KEY_FILE lacks the key that sealed it',
    'Put the earlier keys back into the file of SECRETS_KEY_FILE.',
  )
}

/** The newest whose time has come signs; it stands first. Ended ones are told no more. */
async function readRows(sql: Sql, now: Date): Promise<readonly Row[]> {
  return await sql<Row[]>`
    select id, sealed from signing_key where ends_at is null or ends_at > ${now}
     order by (signs_from <= ${now}) desc, signs_from desc, id`
}

/** A new key: told to others at once, signs after a while; those before it end a day after that. @returns when it signs */
export async function rotateSigningKey(
  sql: Sql,
  secrets: Secrets,
  now: Date,
): Promise<{ readonly id: string; readonly signsFrom: Date }> {
  const signsFrom = new Date(now.getTime() + toldMinutes * 60_000)
  const ends = new Date(signsFrom.getTime() + endsAfterHours * 3_600_000)
  await sql`update signing_key set ends_at = ${ends} where ends_at is null`
  return { id: await keepNew(sql, secrets, { now, signsFrom }), signsFrom }
}

async function keepNew(
  sql: Sql,
  secrets: Secrets,
  { now, signsFrom }: { readonly now: Date; readonly signsFrom: Date },
): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 })
  const id = opaqueId()
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  await sql`
    insert into signing_key (id, sealed, made_at, signs_from) values (${id}, ${secrets.seal(sealedAs(id), pem)}, ${now}, ${signsFrom})`
  return id
}

const sealedAs = (id: string): string => `signing key ${id}`
