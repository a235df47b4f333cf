/** Every failure as an OperationOutcome and a status: the one place where kinds of Problem meet HTTP. @see FHIR R4 operationoutcome.html, http.html#summary */
import { type Issue, Problem, type ProblemKind, toProblem } from '../base/index.ts'
import { isHiddenProblem } from '../store/index.ts'
import { type IssueType, Refusal } from './refusal.ts'

export type Failure = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** OperationOutcome as JSON text. */
  readonly body: string
  /** Ours to mend: to be logged. */
  readonly isFault: boolean
}

const kinds: Readonly<Record<ProblemKind, readonly [status: number, code: IssueType]>> = {
  invalid: [400, 'invalid'],
  'not-found': [404, 'not-found'],
  gone: [410, 'deleted'],
  conflict: [409, 'conflict'],
  forbidden: [403, 'forbidden'],
  'too-many': [429, 'throttled'],
  busy: [503, 'transient'],
  fault: [500, 'exception'],
}

/** Whatever was thrown, as it is answered. What is not one of ours tells the caller nothing but that it was our fault. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Refusal) {
    return {
      status: thrown.status,
      headers: thrown.headers,
      body: outcomeText(thrown.issues, thrown.code),
      isFault: false,
    }
  }
  const refused = thrown instanceof Problem ? undefined : fromFastify(thrown)
  if (refused) return refused
  const problem = toProblem(thrown)
  const [status, code] = kinds[problem.kind]
  // What is hidden is said to be so, and not as what scopes do not cover.
  const said = isHiddenProblem(problem) ? 'suppressed' : code
  const body = outcomeText([{ place: '', message: problem.message, remedy: problem.remedy }], said)
  const headers = problem.kind === 'busy' ? { 'retry-after': '10' } : {}
  return { status, headers, body, isFault: problem.kind === 'fault' }
}

/** What goes with an answer from which entries were left out, or may have been. @param many how many; absent: not told, since that would tell what they are */
export function hiddenOutcome(many?: number): string {
  const diagnostics =
    many === undefined
      ? 'Entries that the access policy hides from this system are not among these'
      : `${many === 1 ? '1 entry is' : `${many} entries are`} hidden from this system by the access policy, and not among these`
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: many === undefined ? 'information' : 'warning', code: 'suppressed', diagnostics }],
  })
}

/** OperationOutcome text. @param code what kind all of the errors are */
export function outcomeText(issues: readonly Issue[], code: IssueType): string {
  const issue = issues.map(({ place, message, remedy, severity = 'error' }) => ({
    severity: severity === 'error' ? 'error' : 'warning',
    code: severity === 'error' ? code : 'informational',
    diagnostics: remedy === undefined ? message : `${message}${/[.?!]$/.test(message) ? '' : '.'} ${remedy}`,
    ...(place === '' ? {} : { expression: [place] }),
  }))
  return JSON.stringify({ resourceType: 'OperationOutcome', issue })
}

/** What Fastify itself refuses before we see it: bodies too large, broken or of an unknown type. */
function fromFastify(thrown: unknown): Failure | undefined {
  const status = typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown ? thrown.statusCode : undefined
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  const [code, message, remedy] = fastifyWords[status] ?? [
    'invalid',
    'The request could not be read',
    'Check the request.',
  ]
  return { status, headers: {}, body: outcomeText([{ place: '', message, remedy }], code), isFault: false }
}

const fastifyWords: Readonly<Record<number, readonly [IssueType, string, string]>> = {
  413: ['too-long', 'The body is too large', 'Send it in smaller bundles.'],
  415: ['not-supported', 'The body is of a type that is not read here', 'Send FHIR JSON as application/fhir+json.'],
  429: ['throttled', 'Too many requests', 'Wait a minute, then try again.'],
}
