/**
 * Base: shapes and small tools that know no word of health.
 * Called by every room. Never holds anything that only one room needs.
 */
export type { Clock, Day, Instant } from './clock.ts'
export { faultPlaces } from './fault-places.ts'
export { hash64 } from './hash64.ts'
export { opaqueId, type Part, timeOrderedIds } from './ids.ts'
export { type DueKind, type Limits, limits, setLimits, usualLimits } from './limits.ts'
export { type Log, silentLog } from './log.ts'
export { ownText } from './own-text.ts'
export { type Issue, type Parsed, right, wrong } from './parsed.ts'
export { Problem, type ProblemKind, toProblem } from './problem.ts'
export type { Int64, JsonValue, Pool, Sql, Statement, Tx } from './sql.ts'
export { together } from './together.ts'
