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
  /** People of whom the holder sees nothing at all. Absent: nobody is kept back. */
  readonly keptBack?: KeptBack
  /** A source whose own words are never hidden from the holder: it said them itself. */
  readonly source?: string
  readonly [opened]: true
}

/** Of whom a system sees nothing. */
export type KeptBack = {
  /** People whose details a source restricts. */
  readonly restricted: boolean
  /** People who object to sharing their record. */
  readonly objecting: boolean
  /** People who opted out of uses beyond their care: the codes by which GP records say so (Type 1), and that it was taken back. Absent: they are seen. */
  readonly optedOut?: { readonly type1: readonly Int64[]; readonly withdrawn: readonly Int64[] }
}

/** For `access/` only. */
export function makeScope(
  kind: Scope['kind'],
  pks: readonly Int64[],
  hides: { readonly hidden?: Hidden | undefined; readonly keptBack?: KeptBack; readonly source?: string } = {},
): Scope {
  const { hidden, ...rest } = hides
  return { kind, pks, ...rest, ...(hidden === undefined ? {} : { hidden }) } as Scope
}
