/** Acting for somebody else in the patient app: whom one may act for, beginning, ending, and opening their record. */
import { recordAudit } from '../audit/index.ts'
import type { Sql, Tx } from '../base/index.ts'
import type { Patient } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { nhsNumberKey } from './patient-person.ts'
import { policyInForce } from './policy-in-force.ts'
import { type ProxyAccess, whyNoProxy } from './proxy-rules.ts'
import { setActingFor } from './session.ts'
import { refusal } from './trail.ts'

/** Somebody whom one acts for, or could: with why not now. */
export type ActsFor = ProxyAccess & { readonly name: string; readonly person?: string; readonly whyNot?: string }

type Row = ProxyAccess & { readonly name: string | null; readonly person: string | null; readonly restricted: boolean }

const columns = `p.id, p.carer_nhs_number as "carerNhsNumber", p.carer_birth_date as "carerBirthDate", p.nhs_number as "nhsNumber",
  p.birth_date as "birthDate", p.basis, p.sees, p.goes_on as "goesOn", p.verified_by as "verifiedBy", p.since, p.until, p.ended_at as "endedAt"`

/** The people whom this person may act for, or might once: the newest of each. Two statements. */
async function actsForOf(
  sql: Sql,
  { nhsNumber, birthDate }: Pick<Patient, 'nhsNumber' | 'birthDate'>,
  now: Date,
): Promise<readonly ActsFor[]> {
  const { policy } = await policyInForce(sql)
  const proxies = await sql<ProxyAccess[]>`
    select ${sql.unsafe(columns)} from proxy_access p
     where p.carer_nhs_number = ${nhsNumber} and p.carer_birth_date = ${birthDate} order by p.since desc, p.id limit 40`
  const found: ActsFor[] = []
  for (const proxy of proxies) {
    if (found.some((one) => one.nhsNumber === proxy.nhsNumber)) continue
    const { name, person, restricted, several } = await personOfProxy(sql, proxy)
    const whyNot =
      whyNoProxy(proxy, policy.limits, now) ??
      (person === undefined || several
        ? 'Their record is not here, or cannot be told apart'
        : // Somebody who hides may hide from whoever was once to act for them.
          restricted
          ? 'Their record does not open here. Ask the surgery'
          : undefined)
    found.push({
      ...proxy,
      name: name ?? 'Name not known',
      ...(person === undefined ? {} : { person }),
      ...(whyNot === undefined ? {} : { whyNot }),
    })
  }
  return found
}

async function personOfProxy(
  sql: Sql,
  { nhsNumber, birthDate }: Pick<ProxyAccess, 'nhsNumber' | 'birthDate'>,
): Promise<{ name?: string; person?: string; restricted: boolean; several: boolean }> {
  const rows = await sql<Pick<Row, 'name' | 'person' | 'restricted'>[]>`
    select l.person, min(concat_ws(' ', t.traits -> 'given' ->> 0, t.traits ->> 'family')) as name,
           bool_or(exists (select from restricted_patient k where k.pk = i.pk offset 0)) as restricted
      from person_identifier i join person_traits t on t.pk = i.pk join person_link l on l.pk = i.pk and l.until is null
     where i.k = ${nhsNumberKey(nhsNumber)} and t.traits ->> 'nhsNumber' = ${nhsNumber} and t.traits ->> 'birthDate' = ${birthDate}
     group by l.person`
  const [first] = rows
  return {
    restricted: rows.some(({ restricted }) => restricted),
    several: rows.length > 1,
    ...(first?.name ? { name: first.name } : {}),
    ...(first?.person ? { person: first.person } : {}),
  }
}

/** For the page that lists them: one line for the look, and one for each person whose name it shows. */
export async function openActsFor(tx: Tx, actor: Patient, ask: Ask): Promise<readonly ActsFor[]> {
  const self = selfOf(actor)
  const found = await actsForOf(tx, self, ask.now)
  const about = found.flatMap(({ person }) => person ?? [])
  const asked: Ask = { ...ask, detail: { ...ask.detail, shown: found.length } }
  await recordAudit(
    tx,
    about.length === 0
      ? [lineFor(self, asked, { outcome: 0 })]
      : about.map((person) => lineFor(self, asked, { outcome: 0, person })),
  )
  return found
}

/** The proxy by which this session acts. @throws Problem 'forbidden' when it does not stand any more */
export async function standingProxy(tx: Tx, actor: Patient, ask: Ask): Promise<ActsFor> {
  const self = selfOf(actor)
  const found = (await actsForOf(tx, self, ask.now)).find(({ id }) => id === actor.actingFor?.proxy)
  const why = found === undefined ? 'no such proxy' : found.whyNot
  if (found === undefined || why !== undefined)
    throw refusal('proxy-ended', {
      actor: self,
      ask,
      why: `proxy: ${why}`,
      ...(found?.person ? { person: found.person } : {}),
    })
  return found
}

/** Begins to act for somebody: from now on this session opens their record. @throws Problem 'forbidden' */
export async function beginActing(tx: Tx, actor: Patient, token: string, proxy: string, ask: Ask): Promise<void> {
  const asked: Ask = { ...ask, what: 'proxy-began', action: 'E' }
  const self = selfOf(actor)
  const found = await standingProxy(tx, { ...self, actingFor: { proxy, name: '' } }, asked)
  await setActingFor(tx, token, { ...self, actingFor: { proxy, name: found.name } })
  await recordAudit(tx, [
    lineFor(self, asked, {
      outcome: 0,
      ...(found.person ? { person: found.person } : {}),
      detail: { proxy, basis: found.basis },
    }),
  ])
}

/** Is oneself again. */
export async function stopActing(tx: Tx, actor: Patient, token: string, ask: Ask): Promise<void> {
  const self = selfOf(actor)
  await setActingFor(tx, token, self)
  const detail = actor.actingFor === undefined ? {} : { proxy: actor.actingFor.proxy }
  await recordAudit(tx, [lineFor(self, { ...ask, what: 'proxy-stopped', action: 'E', detail }, { outcome: 0 })])
}

/** Those who may act for this person now, for the person to see and end. */
export async function proxiesOf(
  sql: Sql,
  { nhsNumber, birthDate }: Patient,
  now: Date,
): Promise<readonly ProxyAccess[]> {
  const { policy } = await policyInForce(sql)
  const found = await sql<ProxyAccess[]>`
    select ${sql.unsafe(columns)} from proxy_access p
     where p.nhs_number = ${nhsNumber} and p.birth_date = ${birthDate} order by p.since desc, p.id limit 40`
  return found.filter((proxy) => whyNoProxy(proxy, policy.limits, now) === undefined)
}

/** Whether the person may end it themselves: what a court or an attorney's deed gave, a court takes. */
export const mayEnd = ({ basis }: Pick<ProxyAccess, 'basis'>): boolean => basis === 'parent' || basis === 'consent'

/** Ends somebody's acting for oneself, at once; nobody is told. @returns whether there was such a one */
export async function endProxy(tx: Tx, actor: Patient, id: string, now: Date): Promise<boolean> {
  const ended = await tx`
    update proxy_access set ended_at = ${now}, ended_by = 'person'
     where id = ${id} and nhs_number = ${actor.nhsNumber} and birth_date = ${actor.birthDate} and ended_at is null
       and basis in ('parent', 'consent')`
  return ended.count > 0
}

export function selfOf(actor: Patient): Patient {
  const { actingFor: _, ...self } = actor
  return self
}
