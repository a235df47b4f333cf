import { formatNhsNumber } from '../../nhs/index.ts'

/** An NHS number in 3-3-4 groups with spaces that do not wrap: `999 000 0018`. Anything else is returned as it is. */
export function spacedNhsNumber(number: string): string {
  return /^[0-9]{10}$/.test(number) ? formatNhsNumber(number) : number
}

/** `1 person`, `2 people`, `1,204 people`. */
export function counted(many: number, one: string, more: string = `${one}s`): string {
  return `${withCommas(many)} ${many === 1 ? one : more}`
}

/** `12,045`. */
export function withCommas(many: number): string {
  return String(many).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
