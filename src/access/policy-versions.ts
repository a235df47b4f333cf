/** The policy's versions: who changed it, when and why. The newest is in force for whatever is asked next. */
import { recordAudit } from '../audit/index.ts'
import type { Tx } from '../base/index.ts'
import type { Actor, Staff } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { rowsOf } from './open-record.ts'
import { mayStaff } from './permissions.ts'
import {
  type Category,
  type Decision,
  defaultPolicy,
  hiddenFrom,
  type Policy,
  parsePolicy,
  ruleWords,
  type Situation,
} from './policy.ts'
import { type PolicyVersion, policyInForce, policyVersions } from './policy-in-force.ts'
import type { Relationship } from './relationships.ts'
import { standingOf } from './standing.ts'
import { refusal } from './trail.ts'

/** The policy with its history, newest first. @throws Problem 'forbidden' */
export async function openPolicy(
  tx: Tx,
  actor: Actor,
  ask: Ask,
): Promise<{ readonly inForce: PolicyVersion; readonly history: readonly PolicyVersion[] }> {
  demandOfficer(actor, ask)
  await recordAudit(tx, [lineFor(actor, { purpose: 'HOPERAT', ...ask }, { outcome: 0 })])
  const history = await policyVersions(tx, 50)
  return { inForce: history[0] ?? { id: 0, policy: defaultPolicy }, history }
}

/**
 * Puts a new policy in force, at once.
 * @param after the version that was edited: another has come since, and nothing is overwritten
 * @throws Problem 'forbidden' | 'conflict'
 */
export async function changePolicy(
  tx: Tx,
  actor: Staff,
  { policy, why, after }: { readonly policy: Policy; readonly why: string; readonly after: number },
  ask: Ask,
): Promise<number> {
  const asked: Ask = { ...ask, what: 'policy-changed', action: 'U', purpose: 'HOPERAT' }
  demandOfficer(actor, asked)
  const whole = parsePolicy(policy)
  if (!whole.ok) throw refusal('conflict-policy', { actor, ask: asked, why: 'not a whole policy' })
  const before = await policyInForce(tx)
  const taken = await tx`
    insert into policy_version (id, policy, made_at, by_id, by_name, why)
    select ${after + 1}, ${JSON.stringify(whole.value)}::text::jsonb, ${ask.now}, ${actor.id}, ${actor.name}, ${why.slice(0, 500)}
     where ${after} = ${before.id} on conflict (id) do nothing`
  if (taken.count !== 1) throw refusal('conflict-policy', { actor, ask: asked, why: 'another version came first' })
  await recordAudit(tx, [
    lineFor(actor, asked, {
      outcome: 0,
      detail: { version: after + 1, changed: changesBetween(before.policy, whole.value) },
    }),
  ])
  return after + 1
}

/** Places of the policy that differ: `people.none.nurse`. */
export function changesBetween(a: unknown, b: unknown, place = ''): readonly string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  const [left, right] = [a, b] as (Readonly<Record<string, unknown>> | undefined)[]
  if (typeof a !== 'object' || typeof b !== 'object' || !left || !right || Array.isArray(a)) return [place]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) =>
    changesBetween(left[name], right[name], place === '' ? name : `${place}.${name}`),
  )
}

/** What somebody would see of a person, and by which rule. */
export type PolicyAnswer = {
  readonly person: string
  readonly decision: Decision
  readonly holds: readonly Situation[]
  readonly relationships: readonly Relationship[]
  readonly hidden: readonly Category[]
  readonly emergency?: { readonly until: Date }
  readonly rule: string
  readonly version: number
}

/**
 * "Would this person see that?", answered by the very rules that open records. The question is written in the trail, with whom it was about.
 * @param as whoever would ask: anybody of a role and an organisation, or one member of staff
 * @throws Problem 'forbidden' | 'not-found'
 */
export async function answerPolicyQuestion(
  tx: Tx,
  actor: Actor,
  { as, person }: { readonly as: Staff; readonly person: string },
  ask: Ask,
): Promise<PolicyAnswer> {
  demandOfficer(actor, ask)
  const rows = await rowsOf(tx, person, { staff: as, now: ask.now })
  const [first] = rows
  if (!first?.standing) throw refusal('not-found', { actor, ask, person, why: 'no such person' })
  const standing = standingOf(as, first.standing, ask.now)
  const { decision, holds, relationships, policy, grant } = standing
  await recordAudit(tx, [
    lineFor(
      actor,
      { purpose: 'HOPERAT', ...ask },
      {
        outcome: 0,
        person: first.person,
        detail: {
          role: as.role,
          organisation: as.organisation.code,
          answer: decision.answer,
          situation: decision.situation,
        },
      },
    ),
  ])
  return {
    person: first.person,
    decision,
    holds,
    relationships,
    hidden: hiddenFrom(policy, as.role, { emergency: decision.answer !== 'open' }),
    ...(grant ? { emergency: { until: grant.until } } : {}),
    rule: ruleWords(as.role, decision),
    version: (await policyInForce(tx)).id,
  }
}

function demandOfficer(actor: Actor, ask: Ask): void {
  if (actor.kind === 'staff' && mayStaff(actor.role, 'manage-policy')) return
  throw refusal('forbidden', { actor, ask, why: 'manage-policy is not granted' })
}
