import type { Int64, Tx } from '../base/index.ts'
import { addTo, emptyKnowledge, type Knowledge, learn, type Member, pairKey } from './knowledge.ts'

type Row = Member & {
  readonly identifierKeys: readonly Int64[] | null
  readonly blockKeys: readonly Int64[] | null
  readonly apartFrom: readonly Int64[] | null
}

/** Junk that very many share (TEST TEST, born 1 January) must not make one message read thousands of people. */
const sharersMax = 50

// Why lateral and limit: a plan that was made while the tables were small is kept by the connection, and would go on reading whole tables
// when they have grown. Written so, there is only one way to run them: one look in an index for each key.

/** The compartments that are linked already: one look for a whole batch, and mostly the only one. */
export async function readMembers(tx: Tx, pks: readonly Int64[]): Promise<readonly Member[]> {
  return tx<Member[]>`
    select l.pk, l.person, l.seq, l.patient_id as "patientId", l.source, t.traits
      from unnest(${pks}::bigint[]) u(pk)
      cross join lateral (select * from person_link where pk = u.pk and until is null limit 1) l
      cross join lateral (select traits from person_traits where pk = u.pk limit 1) t`
}

/** Everyone who shares a key with the batch, and all the Patients of the people that they are. */
export async function readKnowledge(
  tx: Tx,
  keys: { readonly pks: readonly Int64[]; readonly identifiers: readonly Int64[]; readonly blocks: readonly Int64[] },
): Promise<Knowledge> {
  const rows = await tx<Row[]>`
    with near as materialized (
      select u.pk, null::bigint as ik, null::bigint as bk from unnest(${keys.pks}::bigint[]) u(pk)
      union all
      select i.pk, i.k, null from unnest(${keys.identifiers}::bigint[]) u(k)
        cross join lateral (select pk, k from person_identifier where k = u.k limit ${sharersMax}) i
      union all
      select b.pk, null, b.k from unnest(${keys.blocks}::bigint[]) u(k)
        cross join lateral (select pk, k from person_block where k = u.k limit ${sharersMax}) b),
    keyed as materialized (
      select pk, array_agg(ik) filter (where ik is not null) as "identifierKeys", array_agg(bk) filter (where bk is not null) as "blockKeys"
        from near group by pk),
    person as materialized (
      select distinct l.person from keyed cross join lateral (select person from person_link where pk = keyed.pk and until is null limit 1) l)
    select l.pk, l.person, l.seq, l.patient_id as "patientId", l.source, t.traits, keyed."identifierKeys", keyed."blockKeys",
           (select array_agg(a.other) from identity_apart a where a.pk = l.pk) as "apartFrom"
      from person
      cross join lateral (select * from person_link where person_link.person = person.person and until is null offset 0) l
      cross join lateral (select traits from person_traits where pk = l.pk limit 1) t
      left join keyed on keyed.pk = l.pk
     order by l.since, l.pk`
  const known = emptyKnowledge()
  for (const { identifierKeys, blockKeys, apartFrom, ...member } of rows) {
    learn(known, member)
    for (const k of identifierKeys ?? []) addTo(known.byIdentifier, k, member.pk)
    for (const k of blockKeys ?? []) addTo(known.byBlock, k, member.pk)
    for (const other of apartFrom ?? []) known.apart.add(pairKey(member.pk, other))
  }
  return known
}

/**
 * Waits for every other transaction that is filing under one of these keys, and makes those after us wait. What is read next, by a
 * statement of its own, sees what they did (read committed). Keys are taken in order: two batches cannot wait for each other; two
 * batches in one transaction can, and then PostgreSQL ends one of them with a deadlock error, to be tried again.
 */
export async function claimKeys(tx: Tx, keys: Iterable<Int64>, now: Date): Promise<void> {
  const sorted = [...new Set(keys)].sort()
  if (sorted.length === 0) return
  await tx`
    insert into identity_claim (k, claimed_at)
    select u.k, ${now} from unnest(${sorted}::bigint[]) with ordinality u(k, place) order by u.place
    on conflict (k) do update set claimed_at = excluded.claimed_at`
}
