/** A search of the trail as its address says it: ids and names of kinds only, never what was typed about a patient. */
import { type AuditQuery, isLineNumber } from '../../audit/index.ts'
import { queryField } from '../form.ts'

export type TrailQuery = {
  readonly person?: string
  /** `staff:gp-rao`, at most 20, comma between. */
  readonly actors?: readonly string[]
  readonly what?: string
  readonly organisation?: string
  readonly refused?: true
  /** Days in UTC, as the lines are kept: YYYY-MM-DD. */
  readonly from?: string
  readonly to?: string
  readonly before?: string
}

export function readTrailQuery(query: unknown): TrailQuery {
  const text = (name: string, like: RegExp): string | undefined => {
    const said = queryField(query, name)
    return said !== undefined && like.test(said) ? said : undefined
  }
  const person = text('person', /^[\w.-]{1,64}$/)
  const actors = text(
    'actors',
    /^(?:(?:staff|patient|system):[^,\s]{1,100})(?:,(?:staff|patient|system):[^,\s]{1,100}){0,19}$/,
  )
  const what = text('what', /^[a-z-]{1,40}$/)
  const organisation = text('organisation', /^.{1,200}$/)
  const from = text('from', /^\d{4}-\d\d-\d\d$/)
  const to = text('to', /^\d{4}-\d\d-\d\d$/)
  const before = text('before', /^\d+$/)
  return {
    ...(person === undefined ? {} : { person }),
    ...(actors === undefined ? {} : { actors: actors.split(',') }),
    ...(what === undefined ? {} : { what }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(queryField(query, 'refused') === 'yes' ? { refused: true } : {}),
    ...(isDay(from) ? { from } : {}),
    ...(isDay(to) ? { to } : {}),
    ...(before === undefined || !isLineNumber(before) ? {} : { before }),
  }
}

export function isDay(text: string | undefined): text is string {
  const at = new Date(`${text}T00:00:00Z`)
  return (
    text !== undefined &&
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    !Number.isNaN(at.getTime()) &&
    at.toISOString().startsWith(text)
  )
}

export function trailSearch({ actors, ...query }: TrailQuery): string {
  const given = Object.entries({
    ...query,
    ...(query.refused ? { refused: 'yes' } : {}),
    ...(actors ? { actors: actors.join(',') } : {}),
  })
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
}

export function toAuditQuery({
  person,
  actors,
  what,
  organisation,
  refused,
  from,
  to,
  before,
}: TrailQuery): AuditQuery {
  return {
    ...(person === undefined ? {} : { persons: [person] }),
    ...(actors === undefined
      ? {}
      : {
          actors: actors.map((each) => {
            const colon = each.indexOf(':')
            return { kind: each.slice(0, colon) as 'staff' | 'patient' | 'system', id: each.slice(colon + 1) }
          }),
        }),
    ...(what === undefined ? {} : { what: [what] }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(refused ? { refused } : {}),
    ...(from === undefined ? {} : { from: new Date(`${from}T00:00:00Z`) }),
    ...(to === undefined ? {} : { until: new Date(new Date(`${to}T00:00:00Z`).getTime() + 86_400_000) }),
    ...(before === undefined ? {} : { before }),
  }
}
