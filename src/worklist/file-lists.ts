/** From changed facts to the lists that they put people on. */
import type { Tx } from '../base/index.ts'
import { foldName } from '../nhs/index.ts'
import { type Change, readByKeys, readReferenced, typeNumber } from '../store/index.ts'
import { placesOf } from './list-places.ts'
import { openFollower, parse } from './take-in.ts'

/** Longer than any name; an index entry has a largest size. */
const sortMax = 200

/** Rewrites what each changed fact says of lists: what it said before is replaced, so that doing it twice is doing it once. */
export async function fileOnLists(tx: Tx, changes: readonly Change[], now: Date): Promise<void> {
  const [first] = changes
  if (!first) return
  const scope = await openFollower(tx, { type: first.type, count: changes.length, now })
  const rows = await readByKeys(
    tx,
    scope,
    changes.filter(({ deleted }) => !deleted),
  )
  const about = await readReferenced(tx, scope, rows)
  // A bed names its ward.
  const wards = await readReferenced(
    tx,
    scope,
    about.filter(({ type }) => type === 'Location'),
  )
  const byReference = new Map([...about, ...wards].map((row) => [`${row.type}/${row.id}`, row]))
  const follow = (reference: string | undefined): unknown => {
    const row = reference === undefined ? undefined : byReference.get(reference)
    return row && parse(row)
  }
  const names = await namesOf(
    tx,
    rows.map(({ pk }) => pk),
  )
  const sources = new Map(
    (await tx<{ id: string; code: string }[]>`select id, organisation_code as code from source`).map(({ id, code }) => [
      id,
      code,
    ]),
  )
  const places = rows.flatMap((row) => {
    const resource = parse<{ resourceType: string }>(row)
    if (!resource) return []
    return placesOf(resource, {
      follow,
      organisation: sources.get(row.source) ?? row.source,
      sort: names.get(row.pk) ?? '',
      now,
    }).map(({ list, sort, place, since }) => ({
      list,
      sort: sort.slice(0, sortMax),
      place: place.slice(0, sortMax),
      since: instantOf(since),
      pk: row.pk,
      ty: typeNumber(row.type),
      id: row.id,
    }))
  })
  await tx`
    delete from list_member m
     using unnest(${changes.map(({ pk }) => pk)}::bigint[], ${changes.map(({ id }) => id)}::text[]) u(pk, id)
     where m.pk = u.pk and m.ty = ${typeNumber(first.type)} and m.id = u.id`
  if (places.length === 0) return
  await tx`
    insert into list_member (list, sort, pk, ty, id, since, place)
    select list, sort, pk, ty, id, since, place from jsonb_populate_recordset(null::list_member, ${tx.json(places)}) n
     order by pk, ty, id, list
    on conflict (pk, ty, id, list) do update set sort = excluded.sort, since = excluded.since, place = excluded.place`
}

/** How the people of these compartments are ordered: by name, as the source of each compartment tells it. */
async function namesOf(tx: Tx, pks: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx<{ pk: string; family: string | null; given: readonly string[] | null }[]>`
    select t.pk, t.traits ->> 'family' as family, t.traits -> 'given' as given
      from unnest(${[...new Set(pks)]}::bigint[]) u(pk)
     cross join lateral (select pk, traits from person_traits where pk = u.pk limit 1) t`
  return new Map(
    rows.map(({ pk, family, given }) => [pk, `${foldName(family ?? '')} ${foldName((given ?? []).join(' '))}`.trim()]),
  )
}

/** A day that its source tells only in part has no instant; nor has one that leaves the years 1 to 9999 in UTC. */
function instantOf(text: string | undefined): string | null {
  const date = new Date(text !== undefined && text.length >= 10 ? text : '')
  const year = Number.isNaN(date.getTime()) ? 0 : date.getUTCFullYear()
  return year >= 1 && year <= 9_999 ? date.toISOString() : null
}
