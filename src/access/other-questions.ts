/** "Would they see that?", asked of somebody who acts for a person, and of a system: answered by the rules that open records to them. */
import { recordAudit } from '../audit/index.ts'
import type { Tx } from '../base/index.ts'
import { isKeptBackSql } from '../store/index.ts'
import type { Actor } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { hidesBy } from './hides-from-systems.ts'
import { mayStaff } from './permissions.ts'
import { type Category, categories, hiddenFromSystem, seesAsSystem } from './policy.ts'
import { policyInForce } from './policy-in-force.ts'
import { basisWords, type ProxyAccess, partWords, whyNoProxy } from './proxy-rules.ts'
import { refusal } from './trail.ts'

export type OtherAnswer = {
  readonly sees: boolean
  /** Sentences, for the officer. */
  readonly why: readonly string[]
  readonly hidden: readonly (Category | 'safeguarding')[]
}

export type OtherQuestion = {
  readonly kind: 'proxy' | 'system'
  /** A carer's NHS number; a system's id. */
  readonly who: string
  readonly person: string
}

/** @throws Problem 'forbidden' for anybody but a privacy officer */
export async function answerOtherQuestion(
  tx: Tx,
  actor: Actor,
  { kind, who, person }: OtherQuestion,
  ask: Ask,
): Promise<OtherAnswer> {
  if (actor.kind !== 'staff' || !mayStaff(actor.role, 'manage-policy'))
    throw refusal('forbidden', { actor, ask, person, why: 'manage-policy is not granted' })
  const answer = await (kind === 'proxy' ? ofProxy : ofSystem)(tx, who, person, ask.now)
  const detail = { of: kind, answer: answer.sees ? 'open' : 'refused' }
  await recordAudit(tx, [lineFor(actor, { purpose: 'HOPERAT', ...ask }, { outcome: 0, person, detail })])
  return answer
}

async function ofProxy(tx: Tx, who: string, person: string, now: Date): Promise<OtherAnswer> {
  const { policy } = await policyInForce(tx)
  const found = await tx<(ProxyAccess & { restricted: boolean })[]>`
    select distinct p.id, p.carer_nhs_number as "carerNhsNumber", p.carer_birth_date as "carerBirthDate", p.nhs_number as "nhsNumber",
           p.birth_date as "birthDate", p.basis, p.sees, p.goes_on as "goesOn", p.verified_by as "verifiedBy", p.since, p.until, p.ended_at as "endedAt",
           exists (select from person_link o where o.person = ${person} and o.until is null
                      and exists (select from restricted_patient k where k.pk = o.pk offset 0)) as restricted
      from person_link l join person_traits t on t.pk = l.pk
      join proxy_access p on p.nhs_number = t.traits ->> 'nhsNumber' and p.birth_date = t.traits ->> 'birthDate'
     where l.person = ${person} and l.until is null and p.carer_nhs_number = ${who.replaceAll(' ', '')}
     order by p.since desc, p.id limit 1`
  const [proxy] = found
  const hidden = [...categories, 'safeguarding'] as const
  if (!proxy) return { sees: false, why: ['No organisation verified that they act for this person'], hidden }
  const whyNot = proxy.restricted
    ? 'The person’s details are restricted: their record opens to nobody who acts for them'
    : whyNoProxy(proxy, policy.limits, now)
  const basis = `${proxy.verifiedBy} verified it, because: ${basisWords[proxy.basis]}`
  return {
    sees: whyNot === undefined,
    why: whyNot === undefined ? [basis, `They see: ${partWords[proxy.sees].toLowerCase()}`] : [whyNot, basis],
    hidden,
  }
}

async function ofSystem(tx: Tx, who: string, person: string): Promise<OtherAnswer> {
  const { policy } = await policyInForce(tx)
  const { keptBack } = hidesBy(policy, { kind: 'system', id: who, name: who, scopes: [] })
  const [row] = await tx<{ restricted: boolean; objecting: boolean; kept: boolean }[]>`
    select coalesce(bool_or(exists (select from restricted_patient k where k.pk = l.pk offset 0)), false) as restricted,
           coalesce(bool_or(exists (select from objecting_patient k where k.pk = l.pk offset 0)), false) as objecting,
           coalesce(bool_or(${isKeptBackSql(tx, tx`l.pk`, keptBack)}), false) as kept
      from person_link l where l.person = ${person} and l.until is null`
  const why = [
    ...(row?.restricted
      ? [
          seesAsSystem(policy, who, 'restricted')
            ? 'The policy names it for people whose details are restricted'
            : 'The person’s details are restricted, and the policy does not name this system',
        ]
      : []),
    ...(row?.objecting
      ? [
          seesAsSystem(policy, who, 'objection')
            ? 'The policy names it for people who object to sharing'
            : 'The person objects to sharing, and the policy does not name this system',
        ]
      : []),
    'Its scopes say which types it reads. What its own source said it always sees',
  ]
  return { sees: row?.kept === false, why, hidden: hiddenFromSystem(policy, who) }
}
