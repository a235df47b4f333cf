/**
 * Facts that the holder of a Scope may not read: kept back inside the statement, so that their words never leave the database. A record tells
 * that they are there, by a marker with no more than their day and whether they go on; searches and counts leave them out.
 */
import type { Sql, Statement } from '../base/index.ts'
import type { Scope } from './scope.ts'
import { typeNumber } from './types.ts'

/** Never hidden: who somebody is, who works where, and allergies, whose absence would harm (hazard H-68). */
const neverHidden = [
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'AllergyIntolerance',
].map(typeNumber)

const stays = [
  'resourceType',
  'id',
  'subject',
  'patient',
  'status',
  'clinicalStatus',
  'verificationStatus',
  'period',
  'onsetDateTime',
  'recordedDate',
  'effectiveDateTime',
  'authoredOn',
  'authored',
  'occurrenceDateTime',
  'identifiedDateTime',
  'created',
  'date',
  'sent',
]

/** Marks what stands for a hidden fact. */
export const hiddenMark = 'urn:throughline:hidden'

/** Whether the version that `v` names is hidden from the scope. */
export function isHiddenSql(sql: Sql, { hidden }: Scope): Statement<object[]> {
  return hidden === undefined
    ? sql`false`
    : sql`(v.ty <> all (${neverHidden}::smallint[]) and v.body ~ ${hidden.pattern})`
}

/** The text of the version that `v` names, or of the marker that stands for it. */
export function bodySql(sql: Sql, scope: Scope): Statement<object[]> {
  if (scope.hidden === undefined) return sql`v.body`
  return sql`case when v.body <> '' and ${isHiddenSql(sql, scope)} then (
      select (jsonb_object_agg(key, value) || ${`{"meta":{"tag":[{"system":"${hiddenMark}","code":"policy"}]}}`}::jsonb)::text
        from jsonb_each(v.body::jsonb) where key = any (${stays}::text[])) else v.body end`
}

/**
 * Texts of one compartment, kept together as `bodies` and `types` of the row `together`, as the scope may read them: in the same order, each
 * hidden one replaced by its marker. Only where something that may be hidden stands in them is each looked at by the pattern, which takes longer
 * than all the rest of reading them.
 */
export function bodiesSql(sql: Sql, scope: Scope, separator: Statement<object[]>): Statement<object[]> {
  if (scope.hidden === undefined) return sql`together.bodies`
  return sql`case when exists (select from unnest(${[...scope.hidden.texts]}::text[]) t where strpos(together.bodies, t) > 0) then (
      select string_agg(coalesce(${bodySql(sql, scope)}, ''), ${separator} order by v.n)
        from (select body, ty::smallint as ty, n
                from unnest(string_to_array(together.bodies, ${separator}), string_to_array(together.types, ' ')) with ordinality u (body, ty, n)) v)
      else together.bodies end`
}

/** The same condition for the text of a search: `r` names the resource. @param add gives the place of a value */
export function hiddenCondition({ hidden }: Scope, add: (value: string) => string): readonly string[] {
  if (hidden === undefined) return []
  return [
    `(r.ty = any (${add(`{${neverHidden.join(',')}}`)}::smallint[])
      or not exists (select from resource_version hv where hv.rid = r.rid and hv.pk = r.pk and hv.body ~ ${add(hidden.pattern)}))`,
  ]
}
