/** The stretches of birth dates that a typed date may mean. */
import type { PeopleQuery } from './people-query.ts'

/** Days from `from` to `to`, both within; `bonus` is what a birth date within adds to the fit, below 0: what it takes from it. */
export type Stretch = { readonly from: string; readonly to: string; readonly bonus: number }

/** Beside the stretches, whoever has no whole birth date on record is found by name, last: nothing says that it is not they. */
export const unknownDateBonus = -0.15

/** What was meant, then day and month exchanged. A year of two digits means either century. Undefined: no date was typed. */
export function stretchesOf({ birthDate, orBirthDate }: PeopleQuery): readonly Stretch[] | undefined {
  if (!birthDate) return undefined
  return [birthDate, ...(orBirthDate ? [orBirthDate] : [])].flatMap(stretchesOfOne)
}

function stretchesOfOne(date: string): readonly Stretch[] {
  const [year = '', month, day] = date.split('-')
  if (!month) return [{ from: `${year}-01-01`, to: `${year}-12-31`, bonus: 0 }]
  if (!day) {
    const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
    return [{ from: `${year}-${month}-01`, to: `${year}-${month}-${last}`, bonus: 0 }]
  }
  const meant = { from: date, to: date, bonus: 0.1 }
  if (Number(day) > 12 || day === month) return [meant]
  const exchanged = `${year}-${day}-${month}`
  return [meant, { from: exchanged, to: exchanged, bonus: -0.05 }]
}

/** Whether a birth date on record, whole or partial, may be what was typed; absent: nothing speaks against it. */
export function mayBeBorn(held: string | undefined, stretches: readonly Stretch[]): boolean {
  if (!held) return true
  return stretches.some(({ from, to }) => from.slice(0, held.length) <= held && held <= to.slice(0, held.length))
}
