import type { CodeableConcept, Coding } from 'fhir/r4.js'
import { authoritySystem } from '../source.ts'
import { present } from './facts.ts'
import { type Cell, part, type Reading, type Repeat, type Trace } from './reading.ts'
import { codeSystems, lookup } from './tables.ts'

/**
 * A CE or CWE: the code as sent, its text, and the alternative code. The text is what the author saw and is never replaced.
 * A code without a system belongs to the source's own list named `list`.
 */
export function codeableConcept(
  reading: Reading,
  repeat: Repeat | undefined,
  {
    trace,
    to,
    rule,
    list,
  }: { readonly trace: Trace; readonly to: string; readonly rule: string; readonly list: string },
): CodeableConcept | undefined {
  if (repeat === undefined) return undefined
  // A code does not hold separators: a single component of more than a few words is text.
  const codings = [1, 4].flatMap((at) => {
    const [code, display, system] = [part(repeat, at), part(repeat, at + 1), part(repeat, at + 2)]
    if (code === undefined || !isCode(code.text)) return []
    trace(`${to}.coding[0]`, code, rule)
    if (display !== undefined) trace(`${to}.coding[0].display`, display, rule)
    if (system !== undefined) trace(`${to}.coding[0].system`, system, rule)
    return [present<Coding>({ system: systemOf(reading, system?.text, list), code: code.text, display: display?.text })]
  })
  const text = part(repeat, 9) ?? part(repeat, 2) ?? part(repeat, 5) ?? part(repeat, 1)
  if (text === undefined) return undefined
  trace(`${to}.text`, text, rule)
  return present<CodeableConcept>({ coding: codings, text: text.text })
}

/** The system of a coding by the name that the sender gives it: declared by the source, known to all, or the source's own. */
export function systemOf(reading: Reading, name: string | undefined, list: string): string {
  const { source } = reading
  if (name === undefined) return authoritySystem(source, list)
  const declared = source.settings.authorities?.[name]
  if (declared !== undefined) return declared
  const oid = /^(?:urn:oid:)?([0-2](?:\.\d+){3,})$/.exec(name)
  return lookup(codeSystems, name.toUpperCase()) ?? (oid === null ? authoritySystem(source, name) : `urn:oid:${oid[1]}`)
}

/**
 * The system of numbers that an authority gives to other things than patients. One name often stands for a whole hospital, whose staff, visits and
 * patients are numbered apart: the declared system of its patients is not theirs. Declare `RXX:staff`, `RXX:visit`, `RXX:account` to name them.
 */
export function scopedSystem(
  reading: Reading,
  authority: string | undefined,
  scope: 'staff' | 'visit' | 'account',
): string {
  return authoritySystem(reading.source, authority === undefined ? scope : `${authority}:${scope}`)
}

/** A field that holds one code of a fixed list, coded when it is in it, otherwise kept as its words. */
export function listedConcept(
  cell: Cell | undefined,
  list: { readonly system: string; readonly codes: Readonly<Record<string, string>> },
  words?: string,
): CodeableConcept | undefined {
  if (cell === undefined) return undefined
  const display = lookup(list.codes, cell.text)
  return display === undefined
    ? { text: words ?? cell.text }
    : { coding: [{ system: list.system, code: cell.text, display }], text: words ?? display }
}

/** FHIR's code: no white space at the ends, single spaces inside. @see FHIR R4 datatypes.html#code */
export function isCode(text: string): boolean {
  return /^[^\s]+( [^\s]+)*$/.test(text)
}
