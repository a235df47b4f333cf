/**
 * Facts that the holder of a Scope may not read: kept back inside the statement, so that their words never leave the database. A record tells
 * that they are there, by a marker with no more than their day and whether they go on; searches and counts leave them out.
 */
import { type Int64, Problem, type Sql, type Statement } from '../base/index.ts'
import { patientCompartment } from '../fhir/index.ts'
import type { KeptBack, Scope } from './scope.ts'
import { typeNumber } from './types.ts'

/** Never hidden: who somebody is, who works where, and allergies, whose absence would harm (hazard H-68). */
export const neverHidden: readonly number[] = [
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

/** Whether anything could be hidden from the scope. */
export function hidesAnything({ hidden, keptBack }: Scope): boolean {
  return hidden !== undefined || (keptBack !== undefined && isKeeping(keptBack))
}

/** Whether an entry of this type could be hidden from the scope: then a search that finds little does not say that there is no more. */
export function mayHide({ hidden, keptBack }: Scope, type: string): boolean {
  if (hidden !== undefined && !neverHidden.includes(typeNumber(type))) return true
  return keptBack !== undefined && isKeeping(keptBack) && isAboutPersons(type)
}

export const isAboutPersons = (type: string): boolean => type === 'Patient' || Object.hasOwn(patientCompartment, type)

const isKeeping = ({ restricted, objecting, optedOut }: KeptBack) => restricted || objecting || optedOut !== undefined

/** Whether the version that `v` names is hidden from the scope. */
export function isHiddenSql(sql: Sql, scope: Scope): Statement<object[]> {
  const { hidden, source } = scope
  if (!hidesAnything(scope)) return sql`false`
  const all = sql`(${wordsSql(sql, hidden)} or ${isKeptBackSql(sql, sql`v.pk`, scope.keptBack)})`
  return source === undefined ? all : sql`(v.source <> ${source} and ${all})`
}

/** Whether the words of `v` are what is hidden, whoever said them. */
function wordsSql(sql: Sql, hidden: Scope['hidden']): Statement<object[]> {
  return hidden === undefined
    ? sql`false`
    : sql`(v.ty <> all (${neverHidden}::smallint[]) and v.body ~ ${hidden.pattern})`
}

/** Whether the compartment `pk` is of somebody who is kept back. */
export function isKeptBackSql(sql: Sql, pk: Statement<object[]>, keptBack: KeptBack | undefined): Statement<object[]> {
  if (keptBack === undefined || !isKeeping(keptBack)) return sql`false`
  const { restricted, objecting, optedOut } = keptBack
  return sql`(${restricted ? sql`exists (select from restricted_patient k where k.pk = ${pk} offset 0)` : sql`false`}
    or ${objecting ? sql`exists (select from objecting_patient k where k.pk = ${pk} offset 0)` : sql`false`}
    or ${optedOut === undefined ? sql`false` : sql`exists (select from opted_out_patient k where k.pk = ${pk} offset 0) or ${type1Sql(sql, pk, optedOut)}`})`
}

/** The newest entry about Type 1 in any record of the person says that they opted out. */
function type1Sql(
  sql: Sql,
  pk: Statement<object[]>,
  { type1, withdrawn }: { readonly type1: readonly Int64[]; readonly withdrawn: readonly Int64[] },
): Statement<object[]> {
  return sql`coalesce((select c.ck = any (${[...type1]}::bigint[]) from same_person s
      join resource r on r.pk = s.other and not r.deleted join resource_code c on c.rid = r.rid
     where s.pk = ${pk} and c.ck = any (${[...type1, ...withdrawn]}::bigint[]) order by c.d desc, c.rid desc limit 1), false)`
}

/**
 * The text of the version that `v` names, or of the marker that stands for it.
 * @param hiddenSince whether it is hidden for another reason: as it stands now
 */
export function bodySql(sql: Sql, scope: Scope, hiddenSince: Statement<object[]> = sql`false`): Statement<object[]> {
  if (scope.hidden === undefined) return sql`v.body`
  return sql`case when v.body <> '' and (${wordsSql(sql, scope.hidden)} or ${hiddenSince}) then (
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
export function hiddenCondition(scope: Scope, add: (value: string) => string): readonly string[] {
  const { hidden, keptBack, source } = scope
  if (!hidesAnything(scope)) return []
  const text = 'select from resource_version hv where hv.rid = r.rid and hv.pk = r.pk'
  const own = source === undefined ? [] : [`exists (${text} and hv.source = ${add(source)})`]
  const words =
    hidden === undefined
      ? []
      : [
          `(r.ty = any (${add(`{${neverHidden.join(',')}}`)}::smallint[]) or not exists (${text} and hv.body ~ ${add(hidden.pattern)}))`,
        ]
  const people = keptBack === undefined ? [] : keptBackConditions(keptBack, add)
  return [...words, ...people].map((one) => (own.length === 0 ? one : `(${own[0]} or ${one})`))
}

function keptBackConditions(keptBack: KeptBack, add: (value: string) => string): readonly string[] {
  const { restricted, objecting, optedOut } = keptBack
  const no = (view: string) => `not exists (select from ${view} k where k.pk = r.pk offset 0)`
  const list = (keys: readonly Int64[]) => `${add(`{${keys.join(',')}}`)}::bigint[]`
  return [
    ...(restricted ? [no('restricted_patient')] : []),
    ...(objecting ? [no('objecting_patient')] : []),
    ...(optedOut === undefined
      ? []
      : [
          no('opted_out_patient'),
          `not coalesce((select tc.ck = any (${list(optedOut.type1)}) from same_person s
              join resource tr on tr.pk = s.other and not tr.deleted join resource_code tc on tc.rid = tr.rid
             where s.pk = r.pk and tc.ck = any (${list([...optedOut.type1, ...optedOut.withdrawn])}) order by tc.d desc, tc.rid desc limit 1), false)`,
        ]),
  ]
}

/** How many current entries of these compartments are hidden from the scope. One statement; none when nothing can be. */
export async function countHidden(sql: Sql, scope: Scope, pks: readonly Int64[]): Promise<number> {
  if (!hidesAnything(scope) || pks.length === 0) return 0
  const [row] = await sql<{ many: number }[]>`
    select count(*)::int as many from resource r join resource_version v on v.rid = r.rid and v.pk = r.pk
     where r.pk = any (${[...pks]}::bigint[]) and not r.deleted and ${isHiddenSql(sql, scope)}`
  return row?.many ?? 0
}

const hiddenProblems = new WeakSet<Problem>()

/** What answers a direct look at something that is hidden: never that it is not there. */
export function hiddenProblem(): Problem {
  const problem = new Problem(
    'forbidden',
    'This entry is hidden from you by the access policy',
    'Ask the organisation that it is from.',
  )
  hiddenProblems.add(problem)
  return problem
}

/** Whether a Problem says that something is there and hidden. */
export function isHiddenProblem(problem: Problem): boolean {
  return hiddenProblems.has(problem)
}
