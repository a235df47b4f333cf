/** One thing wrong with an input, told so that its owner can mend it without seeing our code. Never holds a patient's data. */
export type Issue = {
  /** Where: `PID[1]-7[1]`, `Bundle.entry[3].resource.code`, `nhs_number`, `/ClinicalDocument/recordTarget`. Empty: the whole input. */
  readonly place: string
  /** What was found and what was expected, in one sentence. */
  readonly message: string
  /** What to do, in one sentence. Absent when the message says it all. */
  readonly remedy?: string
  /** `warning`: the rest was still used. Absent means `error`. */
  readonly severity?: 'error' | 'warning'
}

/** What a parser returns: the value, or every issue that it found. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export function right<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function wrong(
  place: string,
  message: string,
  remedy?: string,
): { readonly ok: false; readonly issues: readonly Issue[] } {
  return { ok: false, issues: [remedy === undefined ? { place, message } : { place, message, remedy }] }
}
