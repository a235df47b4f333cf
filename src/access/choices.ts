/** What a person chose about the sharing of their record: it holds from the moment they say so, and nothing of it is taken away. */
import { recordAudit } from '../audit/index.ts'
import { Problem, type Sql, type Tx } from '../base/index.ts'
import type { Patient } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import type { OpenedRecord } from './open-record.ts'

export type Choice = { readonly since: Date; readonly until: Date | null }

/** The objections of one person to sharing, newest first; the first holds if it has no end. */
export async function choicesOf(sql: Sql, persons: readonly string[]): Promise<readonly Choice[]> {
  return await sql<Choice[]>`
    select since, until from patient_choice where person = any (${[...persons]}::text[]) and kind = 'no-sharing' order by since desc, seq desc limit 20`
}

/**
 * Objects to sharing, or takes that back; the same again changes nothing.
 * @throws Problem 'forbidden' for somebody who acts for another: it is the person's own choice
 */
export async function chooseSharing(
  tx: Tx,
  actor: Patient,
  { person, persons }: Pick<OpenedRecord, 'person' | 'persons'>,
  choice: 'object' | 'share',
  ask: Ask,
): Promise<void> {
  if (actor.actingFor !== undefined)
    throw new Problem('forbidden', 'This is the person’s own choice', 'They can make it here, or ask their surgery.')
  if (choice === 'object')
    await tx`
      insert into patient_choice (person, seq, kind, since, said_by, note)
      select ${person}, coalesce(max(seq), 0) + 1, 'no-sharing', ${ask.now}, ${actor.id}, ''
        from patient_choice where person = ${person}
      having not exists (select from patient_choice where person = any (${[...persons]}::text[]) and kind = 'no-sharing' and until is null)`
  else
    await tx`
      update patient_choice set until = ${ask.now}, ended_by = ${actor.id}
       where person = any (${[...persons]}::text[]) and kind = 'no-sharing' and until is null`
  await recordAudit(tx, [
    lineFor(actor, { ...ask, what: 'choice-changed', action: 'U', detail: { choice } }, { outcome: 0, person }),
  ])
}
