import { sealedInAccess } from '../access/index.ts'
import { sealedInApps } from '../smart-apps/index.ts'
import type { SealedColumn } from '../store/index.ts'

/** Everything that is kept sealed, by every room: what `throughline keys rotate` seals anew. */
export const sealedColumns: readonly SealedColumn[] = [...sealedInApps, ...sealedInAccess]
