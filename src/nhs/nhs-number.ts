import { type Parsed, right, wrong } from '../base/index.ts'

declare const checked: unique symbol
/** Ten digits with a right check digit. Only `parseNhsNumber` makes one. */
export type NhsNumber = string & { readonly [checked]: 'NhsNumber' }

/**
 * Reads an NHS number as people write it: "943 476 5919", "943-476-5919" or "9434765919".
 * A right check digit says that it was copied well, not whose it is.
 * @param at where the text was found, for the issue: "PID-3", "nhs_number"
 * @see NHS Data Dictionary, NHS NUMBER: modulus 11, weights 10 down to 2
 */
export function parseNhsNumber(text: string, at: string): Parsed<NhsNumber> {
  const digits = text.replaceAll(/[\s\u00a0-]/g, '')
  if (!/^[0-9]{10}$/.test(digits)) return wrong(at, 'An NHS number has 10 digits.', 'Check the number with its owner.')
  if (/^(.)\1{9}$/.test(digits)) {
    // 1111111111 and 9999999999 pass the arithmetic, but are what people type when they must type something.
    return wrong(
      at,
      'An NHS number is never one digit ten times.',
      'Leave the field empty when the number is not known.',
    )
  }
  // The check digit is 0 to 10; no NHS number has check digit 10, and 10 equals no last digit.
  if (nhsNumberCheckDigit(digits) !== Number(digits[9])) {
    return wrong(at, 'The check digit of this NHS number does not match.', 'Look for a mistyped digit.')
  }
  return right(digits as NhsNumber)
}

/** The check digit that belongs to the first nine digits: 0 to 10, where 10 means that no such number is issued. */
export function nhsNumberCheckDigit(digits: string): number {
  let sum = 0
  for (let place = 0; place < 9; place++) sum += Number(digits[place]) * (10 - place)
  return (11 - (sum % 11)) % 11
}

/** As people read it: `943 476 5919`, with no-break spaces so that it stays on one line. */
export function formatNhsNumber(digits: string): string {
  return `${digits.slice(0, 3)}\u00a0${digits.slice(3, 6)}\u00a0${digits.slice(6)}`
}

/** Numbers that begin with 9 are never issued to a person: synthetic and test data only. */
export function isTestNhsNumber(digits: string): boolean {
  return digits.startsWith('9')
}
