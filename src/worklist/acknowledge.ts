/** Acknowledging a result, and taking that back. What somebody said is kept for ever. */
import type { Staff } from '../access/index.ts'
import { type Int64, opaqueId, Problem, type Sql, type Tx } from '../base/index.ts'

export type AckAction = 'noted' | 'told-patient' | 'task' | 'other'
export const ackWords: Readonly<Record<AckAction | 'withdrawn', string>> = {
  noted: 'No action needed',
  'told-patient': 'Patient told',
  task: 'Task made',
  other: 'Other action',
  withdrawn: 'Taken back by its source before anybody read it',
}
export const isAckAction = (text: string): text is AckAction => Object.hasOwn(ackWords, text) && text !== 'withdrawn'

/** Who acknowledged what a report said, and what they did. */
export type Ack = {
  readonly id: string
  readonly item: string
  /** The report, and its results as it then was. */
  readonly report: string
  readonly results: readonly string[]
  readonly byId: string
  readonly byName: string
  readonly byRole: string
  readonly byOrganisation: string
  readonly at: Date
  readonly action: AckAction | 'withdrawn'
  readonly note: string
  readonly undoneAt: Date | null
  readonly undoneBy: string | null
  readonly undoReason: string | null
}

/** What somebody read: the item, and the digest of what it said then. */
export type Seen = { readonly item: string; readonly content: string }

/**
 * Acknowledges what somebody has read, of one or several reports: all or none. The same again by the same person is done already, so a form
 * sent twice does no harm.
 * @throws Problem 'conflict' when someone else was first (with their name), or when a report says something else by now (hazard H-50)
 */
export async function acknowledge(
  tx: Tx,
  seen: readonly Seen[],
  {
    by,
    now,
    action,
    note,
  }: { readonly by: Staff; readonly now: Date; readonly action: AckAction; readonly note: string },
): Promise<void> {
  const rows = seen.map((one) => ({ ...one, ack: opaqueId() }))
  const done = await tx<{ item: string }[]>`
    with mine as (
      update result_item i set ack = n.ack
        from jsonb_to_recordset(${tx.json(rows)}) n(item text, content text, ack text)
       where i.item = n.item and i.content = n.content and i.ack is null
      returning i.*),
    kept as (
      insert into result_ack (id, pk, report, item, rid, content, results, by_id, by_name, by_role, by_organisation, at, action, note)
      select ack, pk, id, item, rid, content, results, ${by.id}, ${by.name}, ${by.role}, ${by.organisation.name}, ${now}, ${action}, ${note} from mine)
    select item from mine`
  const missed = seen.filter(({ item }) => !done.some((one) => one.item === item))
  if (missed.length === 0) return
  const found = await tx<
    { item: string; content: string; by_id: string | null; by_name: string | null; at: Date | null }[]
  >`
    select i.item, i.content, a.by_id, a.by_name, a.at from result_item i left join result_ack a on a.pk = i.pk and a.report = i.id and a.id = i.ack
     where i.item = any(${missed.map(({ item }) => item)}::text[])`
  for (const { item, content } of missed) {
    const now_ = found.find((one) => one.item === item)
    if (!now_) throw new Problem('not-found', 'This result is not on the worklist', 'Go back to the worklist.')
    if (now_.content !== content)
      throw new Problem(
        'conflict',
        'The laboratory has changed this result since you read it',
        'Open it again and read what it says now.',
      )
    if (now_.by_id !== by.id)
      throw new Problem(
        'conflict',
        `${now_.by_name ?? 'Someone else'} has acknowledged this result already`,
        'Nothing of yours was recorded. Open it to see what they did.',
      )
  }
}

/**
 * Takes an acknowledgement back: the result waits again, at once. @param reason why, in words
 * @throws Problem 'invalid' without a reason; 'conflict' when it was taken back before
 */
export async function undoAcknowledgement(
  tx: Tx,
  item: string,
  { by, now, reason }: { readonly by: Staff; readonly now: Date; readonly reason: string },
): Promise<void> {
  if (reason === '') throw new Problem('invalid', 'No reason was given', 'Say why the result must be looked at again.')
  const [row] = await tx<
    { pk: Int64; ack: string }[]
  >`select pk, ack from result_item where item = ${item} and ack is not null for update`
  if (!row) throw new Problem('conflict', 'This result is waiting already', 'Go back to the worklist.')
  await tx`update result_ack set undone_at = ${now}, undone_by = ${by.name}, undo_reason = ${reason} where id = ${row.ack} and pk = ${row.pk} and undone_at is null`
  await tx`update result_item set ack = null, raised_at = ${now}, due_at = ${now} where item = ${item} and pk = ${row.pk}`
}

export const ackColumns = `a.id, a.item, a.report, a.results, a.by_id as "byId", a.by_name as "byName", a.by_role as "byRole",
  a.by_organisation as "byOrganisation", a.at, a.action, a.note, a.undone_at as "undoneAt", a.undone_by as "undoneBy", a.undo_reason as "undoReason"`

/** Every acknowledgement of these compartments' results, newest first; also those taken back. */
export async function acksOf(sql: Sql, pks: readonly Int64[]): Promise<readonly Ack[]> {
  return await sql<Ack[]>`
    select ${sql.unsafe(ackColumns)} from result_ack a where a.pk = any(${[...pks]}::bigint[]) order by a.at desc, a.id limit 500`
}
