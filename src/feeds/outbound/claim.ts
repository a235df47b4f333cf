/** Taking deliveries to be sent, and writing down what came of them. */
import type { Int64, Pool, Tx } from '../../base/index.ts'
import type { Outcome } from './outcome.ts'
import type { DeliveryAction } from './queue.ts'

export type Claimed = {
  readonly pk: Int64
  readonly id: Int64
  readonly target: string
  readonly targetPk: Int64
  readonly type: string
  readonly factId: string
  readonly action: DeliveryAction
  readonly controlId: string
  readonly fact: string
  readonly request: Uint8Array | null
  /** With this one. */
  readonly attempts: number
}

/** An attempt that has not ended by then was lost with its process; longer than a token and an answer may take together. */
export const leaseMs = 180_000

/**
 * Takes deliveries whose time has come: of each compartment and source the oldest that waits, so that they arrive in the order in which they
 * were written. Nobody else takes them until their lease ends.
 * @param busy sources that have enough under way
 */
export async function claimDue(
  pool: Pool,
  { now, max, busy }: { readonly now: Date; readonly max: number; readonly busy: readonly string[] },
): Promise<readonly Claimed[]> {
  return await pool.begin(async (tx) => {
    const taken = await tx<Claimed[]>`
      with due as materialized (
        select d.pk, d.id from delivery d
         where d.status = 'waiting' and d.next_at <= ${now} and d.target <> all (${[...busy]}::text[])
           and not exists (select from delivery e where e.pk = d.pk and e.target = d.target and e.status = 'waiting' and e.id < d.id)
         order by d.next_at, d.id limit ${max} for update skip locked)
      update delivery d set next_at = ${new Date(now.getTime() + leaseMs)}, tried_at = ${now}, attempts = d.attempts + 1
        from due where d.pk = due.pk and d.id = due.id
      returning d.pk, d.id, d.target, d.target_pk as "targetPk", d.fact_type as type, d.fact_id as "factId", d.action, d.control_id as "controlId",
                d.fact, d.request, d.attempts`
    await note(tx, taken, { at: now, what: 'attempt' })
    return taken
  })
}

/** Keeps the bytes of the first attempt before they are sent. @returns those that were kept first, whoever kept them */
export async function keepRequest(
  pool: Pool,
  { pk, id }: Pick<Claimed, 'pk' | 'id'>,
  request: Uint8Array,
): Promise<Uint8Array> {
  const [kept] = await pool<{ request: Uint8Array }[]>`
    update delivery set request = coalesce(request, ${Buffer.from(request)}) where pk = ${pk} and id = ${id} returning request`
  return kept?.request ?? request
}

/** 5 seconds, 10, 20 … an hour: then every hour, for as long as nobody cancels it. */
export function delayMs(attempts: number): number {
  return Math.min(3_600_000, 5_000 * 2 ** Math.min(20, Math.max(0, attempts - 1)))
}

/**
 * Writes down what came of an attempt. What a receiver accepted stands as accepted, also when it was cancelled while under way or another
 * attempt was refused; what came of an attempt that counted as lost does not hurry the one after it.
 */
export async function settleAttempt(
  pool: Pool,
  claimed: Claimed,
  outcome: Outcome | { readonly what: 'cancelled'; readonly said: string },
  now: Date,
): Promise<void> {
  const { pk, id, attempts } = claimed
  await pool.begin(async (tx) => {
    if (outcome.what === 'no-answer') {
      await tx`
        update delivery set next_at = ${new Date(now.getTime() + delayMs(attempts))}, said = ${outcome.said}
         where pk = ${pk} and id = ${id} and status = 'waiting' and attempts = ${attempts}`
    } else {
      await tx`
        update delivery set status = ${outcome.what}, settled_at = ${now}, said = ${outcome.said}
         where pk = ${pk} and id = ${id} and (status = 'waiting' or (${outcome.what} = 'accepted' and status in ('cancelled', 'refused')))`
    }
    await note(tx, [claimed], { at: now, what: outcome.what, said: outcome.said })
  })
}

/** One line of the ledger for each. */
export async function note(
  tx: Tx,
  deliveries: readonly Pick<Claimed, 'pk' | 'id'>[],
  { at, what, by, said }: { readonly at: Date; readonly what: string; readonly by?: string; readonly said?: string },
): Promise<void> {
  if (deliveries.length === 0) return
  await tx`
    insert into delivery_event (pk, delivery_id, seq, at, what, by_whom, said)
    select u.pk, u.id, (select coalesce(max(seq), 0) + 1 from delivery_event e where e.pk = u.pk and e.delivery_id = u.id), ${at}, ${what}, ${by ?? null}, ${said ?? null}
      from unnest(${deliveries.map(({ pk }) => pk)}::bigint[], ${deliveries.map(({ id }) => id)}::bigint[]) u(pk, id)`
}
