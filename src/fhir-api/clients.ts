/** Systems that may ask for a token. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'

export type Client = {
  readonly id: string
  readonly name: string
  /** ODS code of who runs it. */
  readonly organisation?: string
  /** The source as which what it writes is filed. */
  readonly source: string
  /** The most that it may be given: `system/*.rs`. */
  readonly scopes: string
  /** What it reads for. Absent: care. `beyond-care`: research or planning; people who opted out are kept back from it. */
  readonly uses?: 'care' | 'beyond-care'
  /** Public keys of a registered client; the private ones stay with it. */
  readonly keys?: JSONWebKeySet
  /** SHA-256, hexadecimal, of a shared secret. For the demo only: a real system is registered with keys. */
  readonly secretDigest?: string
}

/** The client of the demo area, `demo-system` with secret `demo-secret`. Never to be offered in production mode. */
export function demoClient(source: string): Client {
  return {
    id: 'demo-system',
    name: 'Demo system',
    source,
    scopes: 'system/*.cruds system/AuditEvent.rs',
    secretDigest: digestOf('demo-secret'),
  }
}

export function secretFits(client: Client, secret: string): boolean {
  if (client.secretDigest === undefined) return false
  return timingSafeEqual(Buffer.from(digestOf(secret), 'hex'), Buffer.from(client.secretDigest, 'hex'))
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
