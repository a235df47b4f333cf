/** Writing: versions, the current rows and all that finds them, in one statement a batch. @see docs/measurements.md, store */
import { type Int64, Problem, type Tx } from '../base/index.ts'
import { type Held, keyOf, type Plan, planWrites } from './plan-writes.ts'
import { typeNumber } from './types.ts'
import { type Looking, LostRace, type Write, type WriteResources, type Written } from './write.ts'

/**
 * Writes versions and their indexes, in order, in one statement a batch (two more when some may exist already: a look first).
 * Writers never wait for those who only repeat what is held; two who change the same resource follow one another, and none is lost.
 * @throws Problem 'invalid' for content that cannot be stored, 'conflict' when `expected` is not the current version: nothing is written
 * @see FHIR R4 http.html#versions
 */
export const writeResources: WriteResources = async (tx, asked, { looked: begun, beside, ...at }) => {
  const writes = [...asked]
  const answers: Written[] = []
  let turns = writes.map((_, index) => index)
  for (let attempt = 0; turns.length > 0; attempt++) {
    if (attempt === 8) throw new Problem('busy', 'Others kept changing the same resources', 'Send again.')
    // After a lost race the other writer's version is looked at, whatever was believed before.
    const looked = attempt === 0 ? turns.filter((turn) => !writes[turn]?.fresh) : turns
    const { held, elsewhere } = attempt === 0 && begun ? ((await begun) as Looked) : await currentOf(tx, writes, looked)
    turns = [...turns, ...endElsewhere(writes, { looked, held, elsewhere })]
    const plan = planWrites({ writes, turns, held, elsewhere: formersOf(elsewhere), answers }, at)
    const writing = plan.rows.length === 0 ? new Set<Int64>() : write(tx, plan, at.now)
    const doing = attempt === 0 ? beside?.(asked.map((_, turn) => answers[turn] as Written)) : undefined
    const [won] = await Promise.all([writing, doing])
    if (beside && won.size < plan.rows.length) throw new LostRace()
    turns = plan.rows
      .filter(({ rid }) => !won.has(rid))
      .flatMap((row) => row.writes)
      .sort((a, b) => a - b)
  }
  return asked.map((_, turn) => answers[turn] as Written)
}

/** Begins the look at what is held of these, so that it travels with other statements; what it finds is for `writeResources`. */
export function lookAt(tx: Tx, asked: readonly Write[]): Looking {
  const looking = currentOf(
    tx,
    asked,
    asked.flatMap((write, turn) => (write.fresh ? [] : [turn])),
  )
  // Should it fail, the write tells.
  looking.catch(() => {})
  return looking
}

/**
 * A source that corrects whose a fact is sends the same fact under another Patient. Where it stood before it ends: one fact never stands in two
 * records. @returns the turns of the writes that were added for it
 */
function endElsewhere(
  writes: Write[],
  { looked, held, elsewhere }: { readonly looked: readonly number[] } & Looked,
): readonly number[] {
  const added: number[] = []
  for (const turn of looked) {
    const write = writes[turn]
    const former = write && elsewhere.get(keyOf(write))
    if (
      !write ||
      !former ||
      (write.asOf !== undefined && Date.parse(write.asOf) < former.asOfMs) ||
      write.op === 'delete' ||
      held.has(`${write.resource.id} ${write.resource.resourceType} ${former.pk}`)
    )
      continue
    const ending: Write = { ...write, pk: former.pk, op: 'delete', fresh: false }
    const { asOf: _asOf, expected: _expected, ...plain } = ending
    held.set(keyOf(plain), former)
    added.push(writes.push(plain) - 1)
  }
  return added
}

const formersOf = (elsewhere: Looked['elsewhere']) =>
  new Map([...elsewhere].map(([key, { version, asOfMs }]) => [key, { version: version + 1, asOfMs }]))

// Never part of JSON text, ids, source names or folded strings, so texts pass joined by it without being escaped twice.
const separator = '\u0001'
const texts = (all: readonly string[]) => all.join(separator)
const numbers = (all: readonly (number | string | null)[]) =>
  `{${all.map((one) => (one === null ? 'null' : one)).join(',')}}`
const seconds = (date: Date | undefined) => (date ? date.getTime() / 1000 : null)

const lookText = `
  select k.n::int as n, r.pk::text as pk, r.rid, r.ver, r.deleted, r.lu, r.as_of, v.body
    from unnest(string_to_array($1, E'\\x01'), $2::smallint[], $3::bigint[]) with ordinality as k (id, ty, pk, n)
   cross join lateral (select * from resource where id = k.id and ty = k.ty limit 8) r
   cross join lateral (select body from resource_version where rid = r.rid and pk = r.pk limit 1) v`

type LookRow = {
  n: number
  pk: Int64
  rid: Int64
  ver: number
  deleted: boolean
  lu: Date
  as_of: Date | null
  body: string
}

type Looked = {
  /** What is held under the very key, by `keyOf`. */
  readonly held: Map<string, Held>
  /** The same fact under another Patient, by the `keyOf` of the one that was looked for. */
  readonly elsewhere: ReadonlyMap<string, Held & { readonly pk: Int64 }>
}

async function currentOf(tx: Tx, writes: readonly Write[], turns: readonly number[]): Promise<Looked> {
  const wanted = new Map<string, Write>()
  for (const turn of turns) {
    const write = writes[turn]
    if (write) wanted.set(keyOf(write), write)
  }
  const held = new Map<string, Held>()
  const elsewhere = new Map<string, Held & { readonly pk: Int64 }>()
  if (wanted.size === 0) return { held, elsewhere }
  const keys = [...wanted.keys()]
  const asked = [...wanted.values()]
  const rows = await tx.unsafe<LookRow[]>(
    planned(lookText),
    [
      texts(asked.map((write) => write.resource.id)),
      numbers(asked.map((write) => typeNumber(write.resource.resourceType))),
      numbers(asked.map((write) => write.pk)),
    ],
    { prepare: true },
  )
  for (const { n, pk, rid, ver, deleted, lu, as_of, body } of rows) {
    const one = { pk, rid, version: ver, deleted, asOfMs: Math.min(as_of?.getTime() ?? Infinity, lu.getTime()), body }
    const key = keys[n - 1] ?? ''
    if (pk === asked[n - 1]?.pk) held.set(key, one)
    else if (!deleted) elsewhere.set(key, one)
  }
  return { held, elsewhere }
}

// What exists already is locked in key order before it is changed. Tables are entered by "lateral" and by place (ctid) only, and
// "pk + 0" keeps the index by patient out: before statistics are known it looks as good as the one by id.
const writeText = `
  with k as materialized (
    select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], string_to_array($4, E'\\x01'), $5::int[], $6::int[], $7::bigint[], $8::boolean[],
                         $9::float8[], $10::float8[], $11::float8[], string_to_array($12, E'\\x01'), string_to_array($13, E'\\x01'))
      as k (rid, pk, ty, id, ver, was, old_rid, deleted, as_of, d, d_hi, tokens, flags)),
  made as (
    insert into resource (pk, ty, id, rid, ver, deleted, lu, as_of, d, d_hi, tokens, flags)
    select pk, ty, id, rid, ver, deleted, $14::timestamptz, to_timestamp(as_of), to_timestamp(d), to_timestamp(d_hi), tokens::bigint[], flags::bigint[]
      from k where was = 0
    on conflict (id, ty, pk) do nothing
    returning rid),
  changed as (
    update resource r
       set rid = h.rid, ver = h.ver, deleted = h.deleted, lu = $14::timestamptz, as_of = to_timestamp(h.as_of),
           d = to_timestamp(h.d), d_hi = to_timestamp(h.d_hi), tokens = h.tokens::bigint[], flags = h.flags::bigint[]
      from (select k.*, c.ctid as place from k
             cross join lateral (select ctid from resource c where c.id = k.id and c.ty = k.ty and c.pk + 0 = k.pk and c.ver = k.was for update) c
             where k.was > 0) h
     where r.ctid = h.place
    returning r.rid),
  won as materialized (
    select k.* from k where k.rid in (select rid from made union all select rid from changed)),
  versions as (
    insert into resource_version (pk, rid, ty, id, ver, lu, op, source, message_id, body)
    select w.pk, v.rid, w.ty, w.id, v.ver, $14::timestamptz, v.op::"char", v.source, v.message_id, coalesce(v.body, '')
      from unnest($15::bigint[], $16::bigint[], $17::int[], string_to_array($18, E'\\x01'), string_to_array($19, E'\\x01'), $20::bigint[],
                  string_to_array($21, E'\\x01')) as v (row, rid, ver, op, source, message_id, body)
      join won w on w.rid = v.row),
  codes as (
    insert into resource_code (pk, ck, d, v, rid, ty, id)
    select w.pk, c.ck, to_timestamp(w.d), c.v, w.rid, w.ty, w.id
      from unnest($22::bigint[], $23::bigint[], $24::float8[]) as c (row, ck, v) join won w on w.rid = c.row),
  strings as (
    insert into resource_string (pk, h, n, d, rid)
    select w.pk, s.h, s.n, to_timestamp(w.d), w.rid
      from unnest($25::bigint[], $26::bigint[], string_to_array($27, E'\\x01')) as s (row, h, n) join won w on w.rid = s.row),
  old_codes as (
    delete from resource_code where ctid = any (array(
      select o.ctid from won w cross join lateral (select ctid from resource_code where rid = w.old_rid and pk = w.pk offset 0) o))),
  old_strings as (
    delete from resource_string where ctid = any (array(
      select o.ctid from won w cross join lateral (select ctid from resource_string where rid = w.old_rid and pk = w.pk offset 0) o)))
  select rid from won`

/**
 * A statement's plan is kept for as long as its text is the same, and one made for an empty table reads a full one whole. So the text
 * changes each time that the rows written here have grown fourfold; after some 250,000 the database's own statistics are long there.
 */
function planned(text: string): string {
  return `${text}\n  -- after ${4 ** Math.min(9, Math.floor(Math.log2(1 + rowsWritten) / 2))} rows`
}
let rowsWritten = 0

/** @returns the rids of the rows that were written; those missing were changed by another writer since we looked */
async function write(tx: Tx, { rows, versions }: Plan, now: Date): Promise<ReadonlySet<Int64>> {
  const codes = rows.flatMap(({ rid, index }) => index.codes.map((code) => ({ rid, ...code })))
  const strings = rows.flatMap(({ rid, index }) => index.strings.map((string) => ({ rid, ...string })))
  const won = await tx.unsafe<{ rid: Int64 }[]>(
    planned(writeText),
    [
      numbers(rows.map((row) => row.rid)),
      numbers(rows.map((row) => row.pk)),
      numbers(rows.map((row) => row.ty)),
      texts(rows.map((row) => row.id)),
      numbers(rows.map((row) => row.version)),
      numbers(rows.map((row) => row.held?.version ?? 0)),
      numbers(rows.map((row) => row.held?.rid ?? null)),
      numbers(rows.map((row) => (row.deleted ? 't' : 'f'))),
      numbers(rows.map((row) => seconds(row.asOf))),
      numbers(rows.map((row) => row.index.start)),
      numbers(rows.map((row) => row.index.end)),
      texts(rows.map((row) => numbers(row.index.tokens))),
      texts(rows.map((row) => numbers(row.index.flags))),
      now,
      numbers(versions.map((version) => version.row.rid)),
      numbers(versions.map((version) => version.rid)),
      numbers(versions.map((version) => version.version)),
      texts(versions.map((version) => version.op)),
      texts(versions.map((version) => version.source)),
      numbers(versions.map((version) => version.messageId)),
      texts(versions.map((version) => version.body)),
      numbers(codes.map((code) => code.rid)),
      numbers(codes.map((code) => code.key)),
      numbers(codes.map((code) => code.value ?? null)),
      numbers(strings.map((string) => string.rid)),
      numbers(strings.map((string) => string.key)),
      texts(strings.map((string) => string.text)),
    ],
    { prepare: true },
  )
  rowsWritten += won.length
  return new Set(won.map((row) => row.rid))
}
