/** From changed reports to what waits: reads them with their results, and keeps one row for each report that needs someone. */
import type { DiagnosticReport, Observation, Practitioner, ServiceRequest } from 'fhir/r4.js'
import { openSystem, type System } from '../access/index.ts'
import { type Int64, opaqueId, type Tx } from '../base/index.ts'
import { type Change, type HeldResource, readByKeys, readReferenced, type Scope } from '../store/index.ts'
import { contentOf, dueAt, gravityOf, list, needsSomeone, ownerOf } from './result-rules.ts'

/** The follower as the trail names it: it reads every changed result, and shows it to nobody. */
export const follower: System = {
  kind: 'system',
  id: 'worklist',
  name: 'Worklist',
  scopes: ['system/*.rs'],
  within: true,
}

/** Opens what the follower must read; one line of the trail for a step that found something to do. */
export async function openFollower(
  tx: Tx,
  { type, count, now }: { type: string; count: number; now: Date },
): Promise<Scope> {
  return await openSystem(tx, follower, {
    what: 'worklist-taken-in',
    interaction: 'read',
    type,
    now,
    detail: { count },
  })
}

/**
 * Keeps what the changed reports ask of people. The same report again changes nothing; one that says something new asks again, also when
 * it was acknowledged (hazard H-49); one that was withdrawn or went to another patient leaves the list when nobody had acted on it.
 * A fixed number of statements, whatever the number of reports.
 */
export async function takeInReports(tx: Tx, changes: readonly Change[], now: Date): Promise<void> {
  if (changes.length === 0) return
  const held = await heldItems(tx, changes)
  const scope = await openFollower(tx, { type: 'DiagnosticReport', count: changes.length, now })
  await closeGone(
    tx,
    changes.filter(({ deleted }) => deleted),
    now,
  )
  const live = changes.filter(({ deleted }) => !deleted)
  const reports = await readByKeys(tx, scope, live)
  const parsed = reports.flatMap((row) => {
    const report = parse<DiagnosticReport>(row)
    const change = live.find(({ id, pk }) => id === row.id && pk === row.pk)
    return report && change ? [{ report, row, change }] : []
  })
  const parts = await readByKeys(
    tx,
    scope,
    parsed.flatMap(({ report, row }) =>
      [...list(report.result), ...list(report.basedOn)].flatMap(({ reference }) => {
        const [type = '', id = ''] = reference?.split('/') ?? []
        return type === 'Observation' || type === 'ServiceRequest' ? [{ type, id, pk: row.pk }] : []
      }),
    ),
  )
  const requests = parts.filter(({ type }) => type === 'ServiceRequest')
  const people = (await readReferenced(tx, scope, requests)).filter(({ type }) => type === 'Practitioner')
  const facts = await aroundOf(
    tx,
    parsed.map(({ row }) => row.pk),
  )
  const colleagues = await colleaguesByCode(
    tx,
    people.flatMap((row) => codesOf(parse<Practitioner>(row))),
  )
  const rows = parsed.flatMap(({ report, row, change }) => {
    const known = held.get(keyOf(change))
    const source = facts.sources.get(row.source)
    const toldAt = instant(report.issued) ?? change.asOf ?? row.savedAt
    if (
      !source ||
      !needsSomeone(report, { toldAt, savedAt: row.savedAt, sourceKind: source.kind, known: known !== undefined })
    )
      return []
    const mine = (type: string, reference: string | undefined) =>
      parts.find((part) => part.type === type && part.pk === row.pk && `${type}/${part.id}` === reference)
    const results = list(report.result).flatMap(({ reference }) => {
      const found = mine('Observation', reference)
      const result = found && parse<Observation>(found)
      return result ? [result] : []
    })
    const content = contentOf(report, results)
    // What had been withdrawn and is told again must be read again, although it says the same.
    if (known?.content === content && known.status !== 'withdrawn') return []
    const asked = list(report.basedOn)
      .map(({ reference }) => mine('ServiceRequest', reference))
      .find((one) => one !== undefined)
    const requester = asked && parse<ServiceRequest>(asked)?.requester
    const person = people.find(({ id }) => `Practitioner/${id}` === requester?.reference)
    const codes = person ? codesOf(parse<Practitioner>(person)) : []
    const around = facts.around.get(row.pk)
    const colleague = codes.map((code) => colleagues.get(code)).find((one) => one !== undefined)
    const owner = ownerOf({
      sender: source.organisation,
      requesterSystems: codes.map((code) => code.slice(0, code.lastIndexOf('|'))),
      ...(colleague ? { colleague } : {}),
      ...(around?.practice ? { practice: around.practice } : {}),
      ...(around?.hospital ? { hospital: around.hospital } : {}),
    })
    const gravity = gravityOf(results)
    return [
      {
        pk: row.pk,
        id: row.id,
        item: opaqueId(),
        rid: change.rid,
        content,
        results: results.flatMap(({ id }) => id ?? []),
        title: titleOf(report),
        status: report.status,
        gravity,
        source: row.source,
        sender: source.organisation,
        home: owner.home,
        owner: owner.owner ?? null,
        requester: clipped(requester?.display ?? ''),
        unowned: owner.unowned,
        due_at: dueAt(now, { gravity, unowned: owner.unowned }),
      },
    ]
  })
  await keep(tx, rows, now)
}

type Kept = { readonly content: string; readonly status: string }
const keyOf = ({ pk, id }: { readonly pk: Int64; readonly id: string }) => `${pk} ${id}`

async function heldItems(tx: Tx, changes: readonly Change[]): Promise<ReadonlyMap<string, Kept>> {
  const rows = await tx<(Kept & { pk: Int64; id: string })[]>`
    select i.pk, i.id, i.content, i.status
      from unnest(${changes.map(({ pk }) => pk)}::bigint[], ${changes.map(({ id }) => id)}::text[]) u(pk, id)
     cross join lateral (select * from result_item where pk = u.pk and id = u.id limit 1) i`
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** The row keeps its address and its owner when somebody changed it; who acknowledged what it said before stays in result_ack. */
async function keep(tx: Tx, rows: readonly object[], now: Date): Promise<void> {
  if (rows.length === 0) return
  await tx`
    insert into result_item (pk, id, item, rid, content, results, title, status, gravity, source, sender, home, owner, requester, unowned, raised_at, due_at)
    select n.pk, n.id, n.item, n.rid, n.content, n.results, n.title, n.status, n.gravity, n.source, n.sender, n.home, n.owner, n.requester,
           n.unowned, ${now}, n.due_at
      from jsonb_populate_recordset(null::result_item, ${tx.json(rows)}) n
     order by n.pk, n.id
    on conflict (pk, id) do update set
      rid = excluded.rid, content = excluded.content, results = excluded.results, title = excluded.title, status = excluded.status,
      gravity = excluded.gravity, requester = excluded.requester,
      home = case when result_item.unowned then excluded.home else result_item.home end,
      owner = case when result_item.unowned then excluded.owner else result_item.owner end,
      unowned = result_item.unowned and excluded.unowned,
      amended = result_item.amended or exists (select from result_ack a where a.pk = result_item.pk and a.report = result_item.id and a.action <> 'withdrawn'),
      raised_at = case when result_item.ack is null then result_item.raised_at else excluded.raised_at end,
      due_at = case when result_item.ack is null then least(result_item.due_at, excluded.due_at) else excluded.due_at end,
      ack = null`
}

/** Nobody has to act on what its source took back before anybody read it. Whoever acted on it must be told (hazard H-49). */
async function closeGone(tx: Tx, gone: readonly Change[], now: Date): Promise<void> {
  if (gone.length === 0) return
  const rows = gone.map(({ pk, id }) => ({ pk, id, ack: opaqueId() }))
  await tx`
    with closed as (
      update result_item i set ack = n.ack
        from jsonb_to_recordset(${tx.json(rows)}) n(pk bigint, id text, ack text)
       where i.pk = n.pk and i.id = n.id and i.ack is null
         and not exists (select from result_ack a where a.pk = i.pk and a.report = i.id and a.undone_at is null)
      returning i.*),
    told as (
      update result_item i set ack = null, status = 'withdrawn', amended = true, gravity = greatest(gravity, 1), raised_at = ${now}, due_at = ${now}
        from jsonb_to_recordset(${tx.json(rows)}) n(pk bigint, id text, ack text)
       where i.pk = n.pk and i.id = n.id and i.status <> 'withdrawn'
         and exists (select from result_ack a where a.pk = i.pk and a.report = i.id and a.undone_at is null and a.action <> 'withdrawn'))
    insert into result_ack (id, pk, report, item, rid, content, results, by_id, by_name, by_role, by_organisation, at, action, note)
    select ack, pk, id, item, rid, content, results, 'worklist', 'Its source', '', sender, ${now}, 'withdrawn', '' from closed`
}

type Around = { readonly practice?: string; readonly hospital?: string }

/** Where each person is registered and lies now, by the lists that facts put them on; and who the sources are. Two statements. */
async function aroundOf(
  tx: Tx,
  pks: readonly Int64[],
): Promise<{
  readonly around: ReadonlyMap<Int64, Around>
  readonly sources: ReadonlyMap<string, { readonly kind: string; readonly organisation: string }>
}> {
  const rows = await tx<{ pk: Int64; practice: string | null; hospital: string | null }[]>`
    select u.pk, split_part(min(m.list) filter (where m.list like 'practice|%'), '|', 2) as practice,
           split_part(min(m.list) filter (where m.list like 'ward|%'), '|', 2) as hospital
      from (select distinct pk from unnest(${[...new Set(pks)]}::bigint[]) u(pk)) u
     cross join lateral (select person from person_link where pk = u.pk and until is null limit 1) l
     cross join lateral (select pk from person_link where person = l.person and until is null offset 0) p
     cross join lateral (select list from list_member where pk = p.pk offset 0) m
     group by u.pk`
  const sources = await tx<{ id: string; kind: string; organisation: string }[]>`
    select id, kind, organisation_code as organisation from source`
  return {
    around: new Map(
      rows.map(({ pk, practice, hospital }) => [
        pk,
        { ...(practice ? { practice } : {}), ...(hospital ? { hospital } : {}) },
      ]),
    ),
    sources: new Map(sources.map(({ id, ...source }) => [id, source])),
  }
}

async function colleaguesByCode(
  tx: Tx,
  codes: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: string; readonly organisation: string }>> {
  if (codes.length === 0) return new Map()
  const rows = await tx<{ id: string; organisation: string; codes: readonly string[] }[]>`
    select id, organisation, codes from colleague where codes && ${[...new Set(codes)]}::text[]`
  return new Map(rows.flatMap(({ codes: theirs, ...colleague }) => theirs.map((code) => [code, colleague] as const)))
}

/** The professional codes by which facts name someone, as '<system>|<value>'. */
export function codesOf(person: Practitioner | undefined): readonly string[] {
  return list(person?.identifier).flatMap(({ system, value }) => (system && value ? [`${system}|${value}`] : []))
}

export function parse<R>({ body, type }: Pick<HeldResource, 'body' | 'type'>): R | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && 'resourceType' in value && value.resourceType === type
      ? (value as R)
      : undefined
  } catch {
    return undefined
  }
}

function titleOf({ code }: DiagnosticReport): string {
  return clipped(code?.text || list(code?.coding).map(({ display, code: value }) => display ?? value)[0] || 'Results')
}

/** For one line of a list: the record has the whole of it. */
const clipped = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199).toWellFormed()}…`)

function instant(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '')
  return Number.isNaN(date.getTime()) ? undefined : date
}
