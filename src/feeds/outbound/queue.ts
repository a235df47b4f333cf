import { type Int64, opaqueId, type Tx } from '../../base/index.ts'
import type { EntryKind } from '../written/entry.ts'

export type DeliveryAction = 'add' | 'change' | 'withdraw'

type Wish = {
  /** The compartment of our own source that the facts stand in. */
  readonly pk: Int64
  /** Every Patient of the person now. */
  readonly compartments: readonly { readonly pk: Int64; readonly source: string }[]
  readonly facts: readonly {
    readonly type: string
    readonly id: string
    readonly version: number
    readonly body: string
  }[]
  readonly kind: EntryKind
  readonly action: DeliveryAction
  readonly by: string
  readonly at: Date
  readonly nextId: () => Int64
}

/**
 * Queues one delivery for each fact and each source that accepts its kind and knows this person, in the transaction that writes the facts:
 * both are committed, or neither. A source that has never heard of the person is told nothing about them.
 * @returns how many
 */
export async function queueDeliveries(tx: Tx, wish: Wish): Promise<number> {
  const known = [...new Set(wish.compartments.map(({ source }) => source))]
  const accepting = await tx<{ id: string }[]>`
    select id from source
     where id = any (${known}::text[]) and settings -> 'accepts' -> 'kinds' ? ${wish.kind}
     order by id`
  const rows = accepting.flatMap(({ id: target }) => {
    // The first that the source told us of; it is asked again, by this key, whom it means when the delivery goes out.
    const targetPk = wish.compartments.find(({ source }) => source === target)?.pk
    return targetPk === undefined
      ? []
      : wish.facts.map((fact) => ({ target, targetPk, fact, id: wish.nextId(), controlId: opaqueId().toUpperCase() }))
  })
  if (rows.length === 0) return 0
  await tx`
    insert into delivery (pk, id, target, target_pk, fact_type, fact_id, fact_version, kind, action, written_at, written_by, control_id, fact, next_at)
    select ${wish.pk}, u.id, u.target, u.target_pk, u.fact_type, u.fact_id, u.fact_version, ${wish.kind}, ${wish.action}, ${wish.at}, ${wish.by}, u.control_id, u.fact, ${wish.at}
      from unnest(${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => row.target)}::text[], ${rows.map((row) => row.targetPk)}::bigint[],
                  ${rows.map((row) => row.fact.type)}::text[], ${rows.map((row) => row.fact.id)}::text[], ${rows.map((row) => row.fact.version)}::int[],
                  ${rows.map((row) => row.controlId)}::text[], ${rows.map((row) => row.fact.body)}::text[])
        as u (id, target, target_pk, fact_type, fact_id, fact_version, control_id, fact)`
  await tx`
    insert into delivery_event (pk, delivery_id, seq, at, what, by_whom)
    select ${wish.pk}, u.id, 1, ${wish.at}, 'queued', ${wish.by} from unnest(${rows.map((row) => row.id)}::bigint[]) u(id)`
  return rows.length
}
