import { patientPersons, roleNames, type StandIn } from '../../access/index.ts'
import type { Sql } from '../../base/index.ts'
import { paths } from '../paths.ts'

/** As `GET /demo/people.json` tells it (architecture.md §8). */
export type DemoPeople = {
  readonly staff: readonly {
    readonly id: string
    readonly name: string
    readonly role: string
    readonly organisation: string
  }[]
  readonly patients: readonly {
    readonly id: string
    readonly name: string
    readonly nhsNumber: string
    /** The staff app's page of that person's record; absent until a source has told of them. */
    readonly recordPath?: string
  }[]
}

/** Everybody who can sign in to the demo, all made up. For the demo mode only: it needs no sign-in. */
export async function demoPeople(sql: Sql, standIn: StandIn): Promise<DemoPeople> {
  const { staff, patients } = standIn.people()
  return {
    staff: staff.map(({ id, name, role, organisation }) => ({
      id,
      name,
      role: roleNames[role],
      organisation: organisation.name,
    })),
    patients: await Promise.all(
      patients.map(async (patient) => {
        const [person] = await patientPersons(sql, patient)
        const { id, name, nhsNumber } = patient
        return { id, name, nhsNumber, ...(person === undefined ? {} : { recordPath: paths.patient(person) }) }
      }),
    ),
  }
}
