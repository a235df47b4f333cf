import type { Issue } from '../base/index.ts'

/** FHIR's words for what kind of thing went wrong. @see FHIR R4 valueset-issue-type.html */
export type IssueType =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'not-supported'
  | 'not-found'
  | 'deleted'
  | 'conflict'
  | 'multiple-matches'
  | 'duplicate'
  | 'forbidden'
  | 'login'
  | 'expired'
  | 'too-long'
  | 'too-costly'
  | 'transient'
  | 'throttled'
  | 'exception'
  | 'processing'
  | 'informational'
  | 'suppressed'

/** A refusal that HTTP says more exactly than a Problem's kind does: 401, 406, 412, 415, 422 … */
export class Refusal extends Error {
  readonly status: number
  readonly code: IssueType
  readonly issues: readonly Issue[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: IssueType,
    issues: readonly Issue[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(issues[0]?.message ?? 'refused')
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.issues = issues
    this.headers = headers
  }
}

/** A refusal with one issue that concerns the whole request. */
export function refuse(status: number, code: IssueType, message: string, remedy: string): Refusal {
  return new Refusal(status, code, [{ place: '', message, remedy }])
}
