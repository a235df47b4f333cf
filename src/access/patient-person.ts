import { hash64, type Int64, type Sql } from '../base/index.ts'
import type { Patient } from './actor.ts'

/** The key under which identity keeps an NHS number (identity's `identifierKey`; a test holds the two together). */
export function nhsNumberKey(nhsNumber: string): Int64 {
  return hash64(`https://fhir.nhs.uk/Id/nhs-number|${nhsNumber}`)
}

/**
 * The people who have this NHS number and this birth date: one, when all is well. For links; the record is opened by `openOwnRecord`.
 */
export async function patientPersons(
  sql: Sql,
  { nhsNumber, birthDate }: Pick<Patient, 'nhsNumber' | 'birthDate'>,
): Promise<readonly string[]> {
  const rows = await sql<{ person: string }[]>`
    select distinct l.person
      from person_identifier i
      join person_traits t on t.pk = i.pk
      join person_link l on l.pk = i.pk and l.until is null
     where i.k = ${nhsNumberKey(nhsNumber)}
       and t.traits ->> 'nhsNumber' = ${nhsNumber} and t.traits ->> 'birthDate' = ${birthDate}`
  return rows.map(({ person }) => person)
}
