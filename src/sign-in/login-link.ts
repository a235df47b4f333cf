/** Whose account is whose record: the first proof links it, and a later one that says another person is refused. */
import { type Patient, patientPersons } from '../access/index.ts'
import type { Tx } from '../base/index.ts'
import type { Refused } from './refusals.ts'

/**
 * Links an account to the one person who has this NHS number and birth date. Nobody, or several: nothing is linked, and nothing is guessed.
 * @returns refused when the account was another person's before
 */
export async function linkLogin(
  tx: Tx,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
  patient: Patient,
  now: Date,
): Promise<{ readonly person?: string } | Refused> {
  const { nhsNumber, birthDate } = patient
  const [before] = await tx<{ nhsNumber: string; birthDate: string }[]>`
    select nhs_number as "nhsNumber", birth_date::text as "birthDate" from login_link
     where issuer = ${issuer} and subject = ${subject}`
  if (before && (before.nhsNumber !== nhsNumber || before.birthDate !== birthDate))
    return { refused: 'other-person', why: 'the account had another NHS number or birth date' }
  const persons = await patientPersons(tx, patient)
  const [person] = persons
  if (person === undefined || persons.length > 1) return {}
  await tx`
    insert into login_link (issuer, subject, person, nhs_number, birth_date, linked_at, seen_at)
    values (${issuer}, ${subject}, ${person}, ${nhsNumber}, ${birthDate}, ${now}, ${now})
    on conflict (issuer, subject) do update set person = excluded.person, seen_at = excluded.seen_at`
  return { person }
}
