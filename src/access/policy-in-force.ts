/** The policy that holds now: the newest version, or the defaults of the program. */
import type { Sql } from '../base/index.ts'
import { defaultPolicy, type Policy } from './policy.ts'

export type PolicyVersion = {
  /** 0: the defaults of the program. */
  readonly id: number
  readonly policy: Policy
  readonly madeAt?: Date
  readonly byName?: string
  readonly why?: string
}

/** The policy in force. One statement. */
export async function policyInForce(sql: Sql): Promise<PolicyVersion> {
  return (await policyVersions(sql, 1))[0] ?? { id: 0, policy: defaultPolicy }
}

export async function policyVersions(sql: Sql, most: number): Promise<readonly PolicyVersion[]> {
  return await sql<Required<PolicyVersion>[]>`
    select id, policy, made_at as "madeAt", by_name as "byName", why from policy_version order by id desc limit ${most}`
}
