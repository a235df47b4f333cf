import type { SealedColumn } from '../store/index.ts'

/** What this room keeps sealed. */
export const sealedInApps: readonly SealedColumn[] = [
  { table: 'signing_key', column: 'sealed', place: 'id', about: 'signing key' },
  { table: 'app_artifact', column: 'sealed', place: `kind || ' ' || encode(id_digest, 'hex')`, about: 'app artifact' },
]
