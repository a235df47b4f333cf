import { type AuditLine, lostLines, recordAudit } from '../audit/index.ts'
import { type Pool, Problem, type Tx } from '../base/index.ts'
import type { Actor } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'

/** Lines of refusals that were thrown and are not yet written: the transaction they were thrown in is lost. */
const unwritten = new WeakMap<Problem, AuditLine>()

type RefusalKind =
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'own-record'
  | 'limited'
  | 'conflict-policy'
  | 'proxy-ended'
  | 'too-young'

/** A refusal to throw. `withTrail` writes its line after the transaction is rolled back. */
export function refusal(
  kind: RefusalKind,
  { actor, ask, person, why }: { actor: Actor; ask: Ask; person?: string; why: string },
): Problem {
  const problem = {
    forbidden: () =>
      new Problem('forbidden', 'You may not open this', 'Ask whoever manages access if your work needs it.'),
    'own-record': () =>
      new Problem(
        'forbidden',
        'This is your own record',
        'Look at your own record as every patient does: in the patient app. Ask a colleague if your record needs work.',
      ),
    'proxy-ended': () =>
      new Problem(
        'forbidden',
        'You may not act for this person now',
        'Go to “People you act for”. If you care for them, ask their surgery.',
      ),
    'too-young': () =>
      new Problem(
        'forbidden',
        'You are too young to see your record here by yourself',
        'Ask your parent or your surgery. You can always talk to your doctor or nurse.',
      ),
    'conflict-policy': () =>
      new Problem(
        'conflict',
        'Somebody else changed the policy meanwhile',
        'Look at it as it is now, and begin again.',
      ),
    limited: () =>
      new Problem(
        'forbidden',
        'This record does not open without a reason',
        'Open the record’s first page, and give your reason there.',
      ),
    'not-found': () => new Problem('not-found', 'This record was not found', 'Search for the person again.'),
    conflict: () =>
      new Problem(
        'conflict',
        'Your record cannot be shown safely yet',
        'We must first make sure which records are yours. Ask your GP practice.',
      ),
  }[kind]()
  return refusalOf(problem, { actor, ask, why, ...(person === undefined ? {} : { person }) })
}

/** The same for a Problem that was made elsewhere. */
export function refusalOf(
  problem: Problem,
  { actor, ask, person, why }: { actor: Actor; ask: Ask; person?: string; why: string },
): Problem {
  unwritten.set(
    problem,
    lineFor(actor, ask, { outcome: 4, detail: { refused: why }, ...(person === undefined ? {} : { person }) }),
  )
  return problem
}

/**
 * Runs one page's or request's work in one transaction. Its audit lines are kept with it or not at all. When it breaks off, nothing was given,
 * and the trail tells that it was tried, in a transaction of its own, before what was thrown is thrown on: a refusal by its own line with
 * outcome 4; anything else by the lines that were lost, with outcome 4 where the one who asked can mend it, 8 where something failed here.
 * Every outer room opens records through this.
 * @param options as the pool's own
 */
export async function withTrail<T>(
  pool: Pool,
  work: (tx: Tx) => Promise<T>,
  options?: Parameters<Pool['begin']>[1],
): Promise<T> {
  let begun: Tx | undefined
  try {
    // The driver's type unwraps arrays of promises; what `work` gives is given back.
    return (await pool.begin((tx) => {
      begun = tx
      return work(tx)
    }, options)) as T
  } catch (thrown) {
    const line = thrown instanceof Problem ? unwritten.get(thrown) : undefined
    if (line) await pool.begin((tx) => recordAudit(tx, [line]))
    else if (begun) await tellBrokenOff(pool, lostLines(begun), thrown)
    throw thrown
  }
}

/** Writes that something was tried and broke off. Where even this cannot be written, why it broke off is what must be heard of. */
export async function tellBrokenOff(pool: Pool, lost: readonly AuditLine[], thrown: unknown): Promise<void> {
  if (lost.length === 0) return
  const outcome = isTheirs(thrown) ? 4 : 8
  const lines = lost.map((line): AuditLine => ({ ...line, outcome, detail: { ...line.detail, failed: true } }))
  await pool.begin((tx) => recordAudit(tx, lines)).catch(() => {})
}

/** A Problem that is no fault, or an error that HTTP says with 4xx. */
function isTheirs(thrown: unknown): boolean {
  if (thrown instanceof Problem) return thrown.kind !== 'fault' && thrown.kind !== 'busy'
  return thrown instanceof Error && 'status' in thrown && Number(thrown.status) >= 400 && Number(thrown.status) < 500
}
