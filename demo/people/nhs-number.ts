import { nhsNumberCheckDigit } from '../../src/nhs/index.ts'

/**
 * NHS numbers of the range that no real person has: 999, six digits, and the check digit.
 * Stems whose check digit would be 10 are passed over, as the real issuer does.
 * @param place which one, from 0: the same place always gives the same number
 */
export function syntheticNhsNumber(place: number): string {
  while (issued.length <= place) {
    const check = nhsNumberCheckDigit(`999${nextStem}`)
    if (check < 10) issued.push(`999${nextStem}${check}`)
    nextStem += 1
  }
  return issued[place] ?? ''
}

/** The same number with a wrong last digit. */
export function withWrongCheckDigit(number: string): string {
  return number.slice(0, 9) + ((Number(number[9]) + 1) % 10)
}

const issued: string[] = []
let nextStem = 200001
