import type { Day } from '../src/base/index.ts'
import type { Area } from './area.ts'
import { awkwardTruths, type CaseName } from './awkward.ts'
import { castSize } from './people/cast.ts'
import { fullName } from './people/person.ts'

/** Somebody worth looking up, and why. */
export type DemoPatient = {
  readonly id: string
  readonly name: string
  readonly nhsNumber: string
  readonly birthDate: Day
  readonly cases: readonly CaseName[]
  /** What is to be seen. */
  readonly case: string
}

/** The cast: the people whose lives show something, the rich record first. */
export function demoPatients(area: Area): readonly DemoPatient[] {
  return Array.from({ length: Math.min(castSize, area.people) }, (_, place) => {
    const { person } = area.life(place)
    const { truth, cases } = person
    const story = cases
      .map((name) => awkwardTruths.find((one) => one.name === name)?.title)
      .filter((title) => title !== undefined)
    return {
      id: person.id,
      name: fullName(truth),
      nhsNumber: truth.nhsNumber ?? '',
      birthDate: truth.birthDate,
      cases,
      case: story.join('; ') || (place === 0 ? 'A full record: every system knows her' : 'Plans, wishes and needs'),
    }
  })
}
