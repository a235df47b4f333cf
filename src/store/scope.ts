import type { Int64 } from '../base/index.ts'

declare const opened: unique symbol

/** A pattern on the text of a fact, and the texts of which at least one stands in whatever it finds: they are quicker to look for. */
export type Hidden = { readonly pattern: string; readonly texts: readonly string[] }

/**
 * What the holder may see. Every read of the store asks for one, and only `access/` makes one (test/house.test.ts),
 * in the transaction that writes the audit line: no trail, no data.
 */
export type Scope = {
  /** `persons`: these Patient compartments, and resources about nobody. `everyone`: a system with system/* scopes. */
  readonly kind: 'persons' | 'everyone'
  /** Keys of the Patient compartments; empty with `everyone`. */
  readonly pks: readonly Int64[]
  /** What the holder may not read. Absent: nothing is hidden. */
  readonly hidden?: Hidden
  readonly [opened]: true
}

/** For `access/` only. */
export function makeScope(kind: Scope['kind'], pks: readonly Int64[], hidden?: Hidden): Scope {
  return { kind, pks, ...(hidden === undefined ? {} : { hidden }) } as Scope
}
