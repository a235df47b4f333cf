/** What an analyst may do with a delivery. */
import { type Int64, Problem, type Tx } from '../../base/index.ts'
import { leaseMs, note } from './claim.ts'
import { readDelivery } from './ledger.ts'

type By = { readonly by: string; readonly now: Date }

/**
 * Sends it again, as soon as its turn comes: the same bytes under the same number.
 * @throws Problem 'not-found'; 'conflict' when it was accepted, is under way now, or its fact has been changed since
 */
export async function retryDelivery(tx: Tx, id: Int64, { by, now }: By): Promise<void> {
  const found = await standing(tx, id, now)
  const [later] = await tx`
    select id from delivery where pk = ${found.pk} and target = ${found.target} and fact_type = ${found.type} and fact_id = ${found.factId} and id > ${id} limit 1`
  if (later)
    throw new Problem('conflict', 'This entry was corrected or withdrawn since', 'Look at the later delivery instead.')
  await tx`update delivery set status = 'waiting', next_at = ${now}, settled_at = null, said = null where pk = ${found.pk} and id = ${id}`
  await note(tx, [found], { at: now, what: 'retry', by })
}

/** Gives it up, with a reason that the record shows. @throws Problem 'not-found'; 'invalid' without a reason; 'conflict' as `retryDelivery` */
export async function cancelDelivery(
  tx: Tx,
  id: Int64,
  { by, now, reason }: By & { readonly reason: string },
): Promise<void> {
  if (reason === '')
    throw new Problem('invalid', 'A delivery is cancelled for a reason', 'Enter why it is not to be sent.')
  const found = await standing(tx, id, now)
  await tx`update delivery set status = 'cancelled', settled_at = ${now}, said = ${reason.slice(0, 200)} where pk = ${found.pk} and id = ${id}`
  await note(tx, [found], { at: now, what: 'cancelled', by, said: reason.slice(0, 200) })
}

async function standing(tx: Tx, id: Int64, now: Date) {
  await tx`select id from delivery where id = ${id} for update`
  const found = await readDelivery(tx, id)
  if (!found) throw new Problem('not-found', 'There is no such delivery', 'Choose one from its feed.')
  if (found.status === 'accepted') throw new Problem('conflict', 'It was accepted already', 'Nothing to do.')
  const last = found.events.at(-1)
  if (found.status === 'waiting' && last?.what === 'attempt' && now.getTime() - last.at.getTime() < leaseMs)
    throw new Problem('conflict', 'It is under way at this moment', 'Wait for the answer, then look again.')
  return found
}
