/** An NHS number in 3-3-4 groups with spaces that do not wrap: `999 000 0018`. Anything else is returned as it is. */
export function spacedNhsNumber(number: string): string {
  return /^\d{10}$/.test(number) ? `${number.slice(0, 3)}\u00a0${number.slice(3, 6)}\u00a0${number.slice(6)}` : number
}

/** `1 person`, `2 people`, `1,204 people`. */
export function counted(many: number, one: string, more: string = `${one}s`): string {
  return `${withCommas(many)} ${many === 1 ? one : more}`
}

/** `12,045`. */
export function withCommas(many: number): string {
  return String(many).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
