import { jsonNumber } from '../../fhir/index.ts'

/** A number as the sender wrote it: 1.50 stays 1.50. Undefined when it is none that JSON can hold. */
export function decimal(sent: string): number | undefined {
  const found = /^([+-])?0*(\d*)(?:\.(\d*))?([eE][+-]?\d{1,3})?$/.exec(sent)
  if (found === null || (found[2] === '' && (found[3] ?? '') === '' && !/\d/.test(sent))) return undefined
  const [, sign, whole0 = '', fraction, exponent] = found
  const json = `${sign === '-' ? '-' : ''}${whole0 === '' ? '0' : whole0}${fraction === undefined || fraction === '' ? '' : `.${fraction}`}${exponent ?? ''}`
  return Number.isFinite(Number(json)) ? (jsonNumber(json) as number) : undefined
}
