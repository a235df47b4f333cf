import type { Actor, Patient, Staff } from './actor.ts'

/** The people of the stand-in: from configuration, all invented. */
export type StandInPeople = {
  readonly staff: readonly Omit<Staff, 'kind'>[]
  readonly patients: readonly Omit<Patient, 'kind'>[]
}

/** Signs in anybody on its list, by choosing them: for the demo only, in the place of CIS2 and NHS login. */
export type StandIn = {
  readonly people: () => StandInPeople
  /** The actor with this id; undefined: not on the list. */
  readonly actorFor: (id: string) => Actor | undefined
}

/**
 * The stand-in identity provider.
 * @param people asked each time, since the demo area may still be loading
 * @returns undefined in production: there is no way to sign in by choosing a name
 */
export function standInProvider(mode: 'demo' | 'production', people: () => StandInPeople): StandIn | undefined {
  if (mode !== 'demo') return undefined
  return {
    people,
    actorFor: (id) => {
      const { staff, patients } = people()
      const member = staff.find((each) => each.id === id)
      if (member) return { kind: 'staff', ...member }
      const patient = patients.find((each) => each.id === id)
      return patient && { kind: 'patient', ...patient }
    },
  }
}
