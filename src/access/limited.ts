/** A record that does not open by itself, and could: what the page that says so needs. It rides on the Problem that was thrown. */
import type { Problem } from '../base/index.ts'
import type { Answer, Situation } from './policy.ts'

export type Limited = {
  readonly person: string
  readonly situation: Situation
  readonly answer: Extract<Answer, 'reason' | 'break-glass'>
  /** Name and age only. Absent: not known, or restricted. */
  readonly name?: string
  readonly bornOn?: string
  readonly minutes: number
}

const limits = new WeakMap<Problem, Limited>()

/** @internal for access */
export function limit(problem: Problem, limited: Limited): Problem {
  limits.set(problem, limited)
  return problem
}

/** Why a record did not open, when a reason would open it; undefined for every other Problem. */
export function limitedBy(problem: Problem): Limited | undefined {
  return limits.get(problem)
}
