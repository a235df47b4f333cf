import type { Int64, Tx } from '../base/index.ts'
import { foldPostcode, phoneticKey } from '../nhs/index.ts'
import type { Decision } from './decide.ts'
import { blockKeys, identifiersOf, namePairs, nameWords, nearKeys } from './keys.ts'
import type { Member } from './knowledge.ts'
import { recordMerge, relink } from './relink.ts'
import { type NewReview, reviewOf } from './review-of.ts'
import type { Traits } from './subject.ts'

type Decided = Decision & { readonly messageId: Int64 | undefined }

/** Writes what a batch decided: one statement, and one or two more for each person who turned out to be another. */
export async function writeDecisions(tx: Tx, decisions: readonly Decided[], now: Date): Promise<void> {
  await writeRows(tx, rowsOf(decisions), now)
  for (const { joined, messageId } of decisions) {
    if (!joined) continue
    // What was made in this very batch is written by now, so its link can end and another begin.
    await relink(tx, joined.moved, { reason: 'nhs-number', explanation: joined.explanation, messageId, now })
    await recordMerge(tx, { ...joined, reason: joined.explanation.rule, messageId, doneBy: 'rules', now })
  }
}

type Changed = { readonly before: Traits | undefined; readonly member: Member }

type Rows = ReturnType<typeof rowsOf>

/** The last state of each row: a statement may not touch one row twice. */
function rowsOf(decisions: readonly Decided[]) {
  const links = decisions.flatMap(({ link, member, how, messageId }) =>
    link ? [linkRow(member, { how, link, messageId })] : [],
  )
  const changed = new Map<Int64, Changed>()
  for (const { member, before } of decisions) {
    if (before === member.traits) continue
    const first = changed.get(member.pk)
    changed.set(member.pk, { before: first ? first.before : before, member })
  }
  const all = [...changed.values()]
  const reviews = new Map<string, NewReview & { message_id: Int64 | undefined }>()
  for (const { member, doubts, messageId } of decisions) {
    for (const doubt of doubts) {
      const review = reviewOf(member, doubt)
      if (!reviews.has(review.id)) reviews.set(review.id, { ...review, message_id: messageId })
    }
  }
  const names = all.flatMap((each) => difference(each, nameWords, 'n'))
  const blocks = all.flatMap((each) => difference(each, blockKeys, 'k'))
  const pairs = all.flatMap((each) => difference(each, namePairs, 'k'))
  return {
    persons: decisions.flatMap(({ link, member }) => (link?.newPerson ? [{ id: member.person }] : [])),
    links,
    traits: all.map(({ member }) => traitsRow(member)),
    identifiers: all.flatMap(newIdentifiers),
    blocks: blocks.filter(({ gone }) => !gone),
    blocksGone: blocks.filter(({ gone }) => gone),
    names: names.filter(({ gone }) => !gone),
    namesGone: names.filter(({ gone }) => gone),
    pairs: pairs.filter(({ gone }) => !gone),
    pairsGone: pairs.filter(({ gone }) => gone),
    words: [...new Set(names.filter(({ gone }) => !gone).map(({ n }) => n))].map((n) => ({
      n,
      sound: phoneticKey(n),
      near: nearKeys(n),
    })),
    reviews: [...reviews.values()],
  }
}

function linkRow(
  member: Member,
  { how, link, messageId }: { how: string; link: NonNullable<Decision['link']>; messageId: Int64 | undefined },
) {
  const { pk, seq, person, source, patientId: patient_id } = member
  return { pk, seq, person, source, patient_id, reason: how, explanation: link.explanation, message_id: messageId }
}

function traitsRow({ pk, patientId: patient_id, source, traits }: Member) {
  return {
    pk,
    patient_id,
    source,
    traits,
    birth_date: wholeDay(traits.birthDate),
    postcode: foldPostcode(traits.postcode ?? '').slice(0, 16) || null,
  }
}

/** A date that PostgreSQL takes: partial ones, and 31 February, stay in the traits alone. */
export function wholeDay(birthDate: string | undefined): string | null {
  if (!birthDate || !/^\d{4}-\d\d-\d\d$/.test(birthDate) || birthDate.startsWith('0000')) return null
  const date = new Date(`${birthDate}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(birthDate) ? birthDate : null
}

/** The keys that a Patient lost, and those to be written: new ones; all, when the birth date beside them changed. */
function difference<K extends 'n' | 'k'>(
  { before, member }: Changed,
  keysOf: (traits: Traits) => readonly string[],
  key: K,
): readonly (Record<K, string> & { readonly pk: Int64; readonly d: string | null; readonly gone: boolean })[] {
  const d = wholeDay(member.traits.birthDate)
  const was = new Set(before ? keysOf(before) : [])
  const is = new Set(keysOf(member.traits))
  const again = before === undefined || wholeDay(before.birthDate) !== d
  const row = (value: string, gone: boolean) =>
    ({ [key]: value, pk: member.pk, d, gone }) as ReturnType<typeof difference<K>>[number]
  const gone = [...was].filter((value) => !is.has(value)).map((value) => row(value, true))
  return [...gone, ...[...is].filter((value) => again || !was.has(value)).map((value) => row(value, false))]
}

function newIdentifiers({ before, member }: Changed) {
  const was = new Map((before ? identifiersOf(before) : []).map(({ k, verified }) => [k, verified]))
  const is = new Map(identifiersOf(member.traits).map((each) => [each.k, { ...each, pk: member.pk }]))
  return [...is.values()].filter(({ k, verified }) => was.get(k) !== verified)
}

async function writeRows(tx: Tx, rows: Rows, now: Date): Promise<void> {
  await tx`
    with j as materialized (select ${JSON.stringify(rows)}::text::jsonb as j),
    new_person as (
      insert into person (id, created_at)
      select r.id, ${now} from j, jsonb_to_recordset(j.j -> 'persons') r(id text)),
    new_link as (
      insert into person_link (pk, seq, person, source, patient_id, since, reason, explanation, message_id)
      select r.pk, r.seq, r.person, r.source, r.patient_id, ${now}, r.reason, r.explanation, r.message_id
        from j, jsonb_to_recordset(j.j -> 'links')
          r(pk bigint, seq integer, person text, source text, patient_id text, reason text, explanation jsonb, message_id bigint)),
    new_traits as (
      insert into person_traits (pk, patient_id, source, birth_date, postcode, traits, updated_at)
      select r.pk, r.patient_id, r.source, r.birth_date, r.postcode, r.traits, ${now}
        from j, jsonb_to_recordset(j.j -> 'traits') r(pk bigint, patient_id text, source text, birth_date date, postcode text, traits jsonb)
      on conflict (pk) do update
        set birth_date = excluded.birth_date, postcode = excluded.postcode, traits = excluded.traits, updated_at = excluded.updated_at),
    new_identifier as (
      insert into person_identifier (k, pk, system, value, verified, first_seen_at)
      select r.k, r.pk, r.system, r.value, r.verified, ${now}
        from j, jsonb_to_recordset(j.j -> 'identifiers') r(k bigint, pk bigint, system text, value text, verified boolean)
      on conflict (k, pk) do update set verified = excluded.verified where person_identifier.verified <> excluded.verified),
    old_block as (
      delete from person_block where ctid = any(array(
        select b.ctid from j, jsonb_to_recordset(j.j -> 'blocksGone') r(k bigint, pk bigint)
         cross join lateral (select ctid from person_block where k = r.k and pk = r.pk limit 1) b))),
    new_block as (
      insert into person_block (k, pk)
      select r.k, r.pk from j, jsonb_to_recordset(j.j -> 'blocks') r(k bigint, pk bigint)
      on conflict (k, pk) do nothing),
    old_name as (
      delete from person_name where ctid = any(array(
        select p.ctid from j, jsonb_to_recordset(j.j -> 'namesGone') r(n text, pk bigint)
         cross join lateral (select ctid from person_name where n = r.n and pk = r.pk limit 1) p))),
    new_name as (
      insert into person_name (n, pk, d)
      select r.n, r.pk, r.d from j, jsonb_to_recordset(j.j -> 'names') r(n text, pk bigint, d date)
      on conflict (n, pk) do update set d = excluded.d where person_name.d is distinct from excluded.d),
    old_pair as (
      delete from person_pair where ctid = any(array(
        select p.ctid from j, jsonb_to_recordset(j.j -> 'pairsGone') r(k text, pk bigint)
         cross join lateral (select ctid from person_pair where k = r.k and pk = r.pk limit 1) p))),
    new_pair as (
      insert into person_pair (k, pk, d)
      select r.k, r.pk, r.d from j, jsonb_to_recordset(j.j -> 'pairs') r(k text, pk bigint, d date)
      on conflict (k, pk) do update set d = excluded.d where person_pair.d is distinct from excluded.d),
    new_word as (
      insert into name_word (n, sound, near)
      select r.n, r.sound, array(select jsonb_array_elements_text(r.near)::bigint)
        from j, jsonb_to_recordset(j.j -> 'words') r(n text, sound text, near jsonb)
       where (select count(*) from (select from name_word w where w.n = r.n limit 1) held) = 0)
    insert into identity_review (id, kind, pks, persons, explanation, message_id, raised_at)
    select r.id, r.kind, array(select jsonb_array_elements_text(r.pks)::bigint), array(select jsonb_array_elements_text(r.persons)),
           r.explanation, r.message_id, ${now}
      from j, jsonb_to_recordset(j.j -> 'reviews') r(id text, kind text, pks jsonb, persons jsonb, explanation jsonb, message_id bigint)
    on conflict (id) do nothing`
}
