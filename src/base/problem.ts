/** The few kinds of failure; each outer room turns them into its own answer in one place. */
export type ProblemKind = 'invalid' | 'not-found' | 'gone' | 'conflict' | 'forbidden' | 'too-many' | 'busy' | 'fault'

/**
 * Why something could not be done, and what the reader can do about it.
 * Carries ids and places only, never a patient's data: it is logged and shown.
 */
export class Problem extends Error {
  readonly kind: ProblemKind
  /** One sentence to the caller, the feed's owner or the operator. */
  readonly remedy: string

  constructor(kind: ProblemKind, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Problem'
    this.kind = kind
    this.remedy = remedy
  }
}

/** The Problem behind any thrown value; what is not one of ours is a fault of ours. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return new Problem(
    'fault',
    'Something went wrong on our side',
    'Try again; if it goes on, tell the operator.',
    thrown,
  )
}
