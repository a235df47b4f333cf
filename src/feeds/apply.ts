import { type Clock, type Int64, type Issue, type Pool, Problem, type Tx } from '../base/index.ts'
import { fileSubjects, mergePatients } from '../identity/index.ts'
import { LostRace, lookAt, patientKey, resourceKey, type Write, writeResources } from '../store/index.ts'
import type { Arrival } from './keep.ts'
import { areNews, type Explained, keepApplied } from './keep-applied.ts'
import { mergeUpdate } from './merge-update.ts'
import type { FactWritten, MessageStatus } from './message.ts'
import type { Fact, Translation } from './translation.ts'

/** A message that was translated, waiting for its turn. */
export type Unit = {
  readonly messageId: Int64
  /** The message itself, when it is not kept yet: then it is kept by the transaction that applies it. */
  readonly arrival?: Arrival
  readonly source: string
  /** Units of one source with the same key are applied in order; '' orders with nothing. */
  readonly orderKey: string
  readonly translation: Translation
  /** The states in which what is kept already may be applied: `kept`; when a human replays it, also `failed` or `held`. */
  readonly from: readonly MessageStatus[]
  /** The ids of its facts were made just now, so no look for former versions is needed. */
  readonly fresh: boolean
  /** Done in the same transaction, once the message is claimed: the audit line of a write commits with it. */
  readonly alongside?: (tx: Tx) => Promise<void>
  /** The same, when it is known whose records the facts stand in: `pks` are their compartments. */
  readonly told?: (tx: Tx, pks: readonly Int64[]) => Promise<void>
  /** Versions that the sender demands to be current (If-Match), by index of fact. */
  readonly expected?: ReadonlyMap<number, number>
}

export type Applied =
  | { readonly messageId: Int64; readonly written: readonly FactWritten[] }
  | { readonly messageId: Int64; readonly gone: true }

/**
 * Applies messages in order, all in one transaction: finds the people, merges, writes the facts and their lineage, keeps the messages or ticks
 * them off. Either all of it is committed when it returns, or nothing is.
 * @returns one answer per unit; `gone` when another process has applied the message meanwhile, or something is known of what was to be kept
 * @throws what the database throws, and Problem 'invalid' for content that cannot be stored: the caller then applies one by one
 */
export async function applyUnits(pool: Pool, units: readonly Unit[], at: At): Promise<readonly Applied[]> {
  let gone: ReadonlySet<Int64> = new Set()
  for (let together = true; ; ) {
    const mine = units.filter((unit) => !gone.has(unit.messageId))
    try {
      const written = mine.length === 0 ? (new Map() as Outcomes) : await applyTogether(pool, mine, { ...at, together })
      return units.map(({ messageId }) => {
        const facts = written.get(messageId)
        return facts ? { messageId, written: facts } : { messageId, gone: true as const }
      })
    } catch (fault) {
      if (fault instanceof LostRace) together = false
      else if (fault instanceof AppliedElsewhere) gone = new Set([...gone, ...fault.gone])
      else throw fault
    }
  }
}

export type At = { readonly clock: Clock; readonly nextId: () => Int64 }

/** Thrown inside the transaction, so that all of it is undone: another process applied these messages first. */
class AppliedElsewhere extends Error {
  readonly gone: readonly Int64[]
  constructor(gone: readonly Int64[]) {
    super('another process applied these messages first')
    this.gone = gone
  }
}

type Outcomes = ReadonlyMap<Int64, readonly FactWritten[]>

/** @param together whether the messages are kept beside the writing of their facts, before it is known that no other writer was faster */
async function applyTogether(
  pool: Pool,
  units: readonly Unit[],
  { clock, nextId, together }: At & { readonly together: boolean },
): Promise<Outcomes> {
  return await pool.begin(async (tx) => {
    const now = clock()
    const facts = units.flatMap((unit) => unit.translation.facts.map((fact, index) => ({ unit, fact, index })))
    const writes = facts.map(writeOf)
    // What is looked up does not depend on who the people are, so it travels with the question who they are.
    const news = areNews(
      tx,
      units.flatMap(({ arrival }) => (arrival ? [arrival] : [])),
    )
    news.catch(() => {})
    const looked = lookAt(tx, writes)
    for (const unit of units) await unit.alongside?.(tx)
    await filePeople(tx, units, now)
    for (const unit of units)
      await unit.told?.(tx, [...new Set(writes.filter((_, n) => facts[n]?.unit === unit).map(({ pk }) => pk))])
    if (!(await news))
      throw new AppliedElsewhere(units.filter(({ arrival }) => arrival).map(({ messageId }) => messageId))
    const outcomes = (answers: readonly FactWritten[]): Outcomes => {
      const byMessage = new Map<Int64, FactWritten[]>(units.map((unit) => [unit.messageId, []]))
      facts.forEach(({ unit }, n) => {
        const answer = answers[n]
        if (answer) byMessage.get(unit.messageId)?.push(answer)
      })
      return byMessage
    }
    const settle = async (answers: readonly FactWritten[]) => await settleAll(tx, units, outcomes(answers), now)
    if (writes.length === 0) {
      await settle([])
      return outcomes([])
    }
    const answers = await writeResources(tx, writes, { now, nextId, looked, ...(together ? { beside: settle } : {}) })
    if (!together) await settle(answers)
    return outcomes(answers)
  })
}

async function filePeople(tx: Tx, units: readonly Unit[], now: Date): Promise<void> {
  const subjects = units.flatMap((unit) => unit.translation.subjects.map((subject) => ({ unit, subject })))
  const answers =
    subjects.length === 0
      ? []
      : await fileSubjects(
          tx,
          subjects.map(({ subject, unit }) => ({ ...subject, messageId: unit.messageId })),
          { now },
        )
  let at = 0
  for (const unit of units) {
    const own = answers.slice(at, at + unit.translation.subjects.length)
    at += unit.translation.subjects.length
    for (const { survivor, retired } of unit.translation.merges) {
      const kept = own[survivor]
      const gone = own[retired]
      if (kept && gone)
        await mergePatients(tx, { survivor: kept, retired: gone }, { messageId: unit.messageId, by: unit.source, now })
    }
  }
}

function writeOf({ unit, fact, index }: { readonly unit: Unit; readonly fact: Fact; readonly index: number }): Write {
  const expected = unit.expected?.get(index)
  return {
    pk: keyOf(fact, unit.translation.subjects),
    resource: fact.resource,
    ...(fact.write === 'update' ? { complete: (held) => mergeUpdate(held, fact) } : {}),
    op: fact.write === 'delete' ? 'delete' : 'put',
    fresh: unit.fresh,
    source: unit.source,
    messageId: unit.messageId,
    ...(fact.asOf === undefined ? {} : { asOf: fact.asOf }),
    ...(expected === undefined ? {} : { expected }),
  }
}

function keyOf(fact: Fact, subjects: Translation['subjects']): Int64 {
  if (fact.subject === null) return resourceKey(fact.resource.resourceType, fact.resource.id)
  const subject = subjects[fact.subject]
  if (!subject)
    throw new Problem(
      'fault',
      `${fact.resource.resourceType}: the translation names a subject that it does not give`,
      'Tell the operator: a translation rule is wrong.',
    )
  return patientKey(subject.patientId)
}

/** Keeps what is not kept, ticks off what is, and keeps what became of the fields of both. */
async function settleAll(tx: Tx, units: readonly Unit[], written: Outcomes, now: Date): Promise<void> {
  const explained = (unit: Unit) => explain(unit, written.get(unit.messageId) ?? [])
  const arrivals = units.flatMap((unit) => (unit.arrival ? [{ ...explained(unit), arrival: unit.arrival }] : []))
  const waiting = units
    .filter(({ arrival }) => !arrival)
    .map((unit) => ({ ...explained(unit), from: unit.from.join(',') }))
  const done = new Set([
    ...(arrivals.length === 0 ? [] : await keepApplied(tx, arrivals, now)),
    ...(waiting.length === 0 ? [] : await tickOff(tx, waiting, now)),
  ])
  if (done.size < units.length)
    throw new AppliedElsewhere(units.map(({ messageId }) => messageId).filter((id) => !done.has(id)))
}

function explain({ messageId, translation }: Unit, facts: readonly FactWritten[]): Explained {
  const { content, mapped, leftovers } = translation.coverage
  const lineage = translation.facts.map((fact, n) => ({
    type: fact.resource.resourceType,
    id: fact.resource.id,
    ver: facts[n]?.version ?? 0,
    entries: fact.lineage.map((entry) => [entry.to, entry.from, entry.rule]),
  }))
  return {
    messageId,
    content,
    mapped,
    leftovers: JSON.stringify(leftovers),
    lineage: JSON.stringify(lineage),
    notes: JSON.stringify([...translation.notes, ...remarks(facts)]),
  }
}

/**
 * Ticks kept messages off. The row locks make sure that no other process applies them too: who comes second finds them ticked off, and undoes its work.
 * @returns the ids of those that were still to be applied
 */
async function tickOff(
  tx: Tx,
  rows: readonly (Explained & { readonly from: string })[],
  now: Date,
): Promise<readonly Int64[]> {
  const ids = rows.map((row) => row.messageId)
  // Rows are found by "lateral" and changed by place (ctid): a plan made while the table is small would later read it whole.
  const ticked = await tx<{ id: Int64 }[]>`
    with u as materialized (
      select * from unnest(
        ${ids}::bigint[], ${rows.map((row) => row.from)}::text[], ${rows.map((row) => row.content)}::int[], ${rows.map((row) => row.mapped)}::int[],
        ${rows.map((row) => row.leftovers)}::text[], ${rows.map((row) => row.lineage)}::text[], ${rows.map((row) => row.notes)}::text[])
        as u (id, allowed, content, mapped, leftovers, lineage, notes)),
    claimed as materialized (
      select m.place, m.source, m.control_id, u.* from u
       cross join lateral (
         select ctid as place, source, control_id from message
          where id = u.id and status = any (string_to_array(u.allowed, ',')) limit 1 for update) m),
    ticked as (
      update message set status = 'applied', settled_at = ${now}, issues = null
       where ctid = any (array(select place from claimed))),
    corrected as ( -- what failed under the same control id before: this is its correction
      -- (|| '' keeps out the indexes of a source's and of waiting messages: planned on a small table, they would be read whole.)
      update message set status = 'set-aside', settled_at = ${now}
       where ctid = any (array(
         select f.place from claimed c
          cross join lateral (
            select ctid as place from message
             where control_id = c.control_id and source || '' = c.source and status || '' = 'failed' and id <> all (${ids}::bigint[]) offset 0) f
          where c.control_id <> ''))),
    explained as (
      insert into message_translation (message_id, content, mapped, leftovers, lineage, notes, translated_at)
      select id, content, mapped, leftovers, lineage, notes, ${now} from claimed
      on conflict (message_id) do update set content = excluded.content, mapped = excluded.mapped, leftovers = excluded.leftovers,
        lineage = excluded.lineage, notes = excluded.notes, translated_at = excluded.translated_at)
    select id::text as id from claimed`
  return ticked.map(({ id }) => id)
}

function remarks(facts: readonly FactWritten[]): Issue[] {
  return facts.flatMap((fact) => {
    const name = `${fact.type}/${fact.id}`
    const said =
      fact.outcome === 'superseded'
        ? `${name} was not changed: a message that came earlier tells of a later time`
        : fact.moved
          ? `${name} was about another Patient before: it has ended there`
          : undefined
    if (said === undefined) return []
    const remedy = fact.moved ? 'Make sure with the source whose it is.' : 'Nothing to do; the message is kept.'
    return [{ place: '', severity: 'warning' as const, message: said, remedy }]
  })
}
