import { mayStaff, type StaffRole } from '../../access/index.ts'
import { plainName } from '../../design/index.ts'
import type { Member, Traits } from '../../identity/index.ts'
import { ageText } from '../../nhs/index.ts'
import { paths } from '../paths.ts'
import type { PersonLine } from './people-table.tsx'

const sexes = { male: 'Male', female: 'Female', other: 'Other', unknown: 'Not known' } as const

/** Who reads the list, and when. */
export type Reader = { readonly role: StaffRole; readonly now: Date }

/**
 * One line of a list from what the sources say of a person. Where they differ, the value that most say stands here; the record shows all.
 * @param members of one person, at least one
 * @param restricted a source protects where they live: no list tells it
 */
export function personLine(
  person: string,
  members: readonly Member[],
  { restricted = false, ...reader }: Reader & { readonly restricted?: boolean },
): PersonLine {
  const say = <T>(read: (traits: Traits) => T | undefined): T | undefined =>
    mostSaid(members.map(({ traits }) => read(traits)))
  const bornOn = say(({ birthDate }) => birthDate)
  const gender = say(({ gender: said }) => said)
  const nhsNumber = say((traits) => traits.nhsNumber)
  const postcode = restricted ? undefined : say((traits) => traits.postcode)
  const name = say(({ family, given }) =>
    family === undefined && given === undefined
      ? undefined
      : plainName({
          ...(family === undefined ? {} : { family }),
          ...(given === undefined ? {} : { given: given.join(' ') }),
        }),
  )
  const age = bornOn === undefined || members.some(({ traits }) => traits.deceased) ? '' : ageText(bornOn, reader.now)
  return {
    name: name ?? 'Name not known',
    ...wayTo(person, reader.role),
    ...(bornOn === undefined ? {} : { bornOn }),
    ...(age === '' ? {} : { age }),
    ...(gender === undefined ? {} : { sex: sexes[gender] }),
    ...(nhsNumber === undefined ? {} : { nhsNumber }),
    ...(postcode === undefined ? {} : { postcode }),
    ...(members.some(({ traits }) => traits.deceased) ? { died: true } : {}),
  }
}

/** The record for those who open records; what makes it up for those who settle who is who; else no way. */
function wayTo(person: string, role: StaffRole): { readonly href?: string } {
  if (mayStaff(role, 'open-record')) return { href: paths.patient(person) }
  return mayStaff(role, 'settle-identity') ? { href: paths.links(person) } : {}
}

/** The value that most sources give; of equals the first. Absent values do not vote. */
function mostSaid<T>(values: readonly (T | undefined)[]): T | undefined {
  const votes = new Map<T, number>()
  for (const value of values) if (value !== undefined) votes.set(value, (votes.get(value) ?? 0) + 1)
  let best: T | undefined
  for (const [value, many] of votes) if (best === undefined || many > (votes.get(best) ?? 0)) best = value
  return best
}
