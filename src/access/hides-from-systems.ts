/** What is hidden from a system at the FHIR door, by the policy in force: kinds of facts, and people. What its own source said is never hidden from it. */
import type { Sql } from '../base/index.ts'
import { codeKey, type Hidden, type KeptBack } from '../store/index.ts'
import type { System } from './actor.ts'
import { hiddenFromSystem, hiddenPattern, type Policy, seesAsSystem } from './policy.ts'
import { policyInForce } from './policy-in-force.ts'

export type Hides = { readonly hidden?: Hidden | undefined; readonly keptBack?: KeptBack; readonly source?: string }

/** For a Scope. The program's own work, which shows nothing to anybody, sees everything. */
export async function hidesFromSystem(sql: Sql, actor: System): Promise<Hides> {
  return actor.within === true ? {} : hidesBy((await policyInForce(sql)).policy, actor)
}

/** The same, by a policy that was read already. Pure. */
export function hidesBy(policy: Policy, actor: System): Hides {
  if (actor.within === true) return {}
  const hidden = hiddenPattern(policy, hiddenFromSystem(policy, actor.id))
  return {
    ...(hidden === undefined ? {} : { hidden }),
    keptBack: {
      restricted: !seesAsSystem(policy, actor.id, 'restricted'),
      objecting: !seesAsSystem(policy, actor.id, 'objection'),
      ...(actor.uses === 'beyond-care' ? { optedOut: type1Keys(policy) } : {}),
    },
    ...(actor.source === undefined ? {} : { source: actor.source }),
  }
}

const types = ['Observation', 'Condition', 'Procedure', 'ServiceRequest', 'DiagnosticReport'] as const

/** The codes of Type 1 opt-outs as the store files them. */
export function type1Keys({ type1 }: Pick<Policy, 'type1'>): NonNullable<KeptBack['optedOut']> {
  const keys = (codes: readonly string[]) => codes.flatMap((code) => types.map((type) => codeKey(type, 'code', code)))
  return { type1: keys(type1.optedOut), withdrawn: keys(type1.withdrawn) }
}
