/**
 * The trail as FHIR AuditEvents in the shape of IHE BALP: read and search, for systems whose scopes name AuditEvent. Nothing is written through
 * here: lines come from what they tell of. @see FHIR R4 auditevent.html; IHE BALP 1.1; ITI-81
 */
import { openTrail, withTrail } from '../access/index.ts'
import { type AuditQuery, isLineNumber, type KeptLine, readAudit, readAuditLine, toAuditEvent } from '../audit/index.ts'
import { Problem } from '../base/index.ts'
import { dateRange } from '../fhir/index.ts'
import { personsUnder } from '../identity/index.ts'
import { patientKey } from '../store/index.ts'
import type { Answer } from './answer.ts'
import { bundleText, type Link } from './bundle-text.ts'
import type { FhirApiNeeds } from './needs.ts'
import { refuse } from './refusal.ts'
import type { Visit } from './visit.ts'

type Needs = Pick<FhirApiNeeds, 'sql' | 'clock'>

/** What can be searched by. `_count` and `_cursor` page; newest first. */
export const trailParameters = [
  { name: 'patient', type: 'reference' },
  { name: 'agent', type: 'reference' },
  { name: 'date', type: 'date' },
  { name: 'action', type: 'token' },
  { name: 'outcome', type: 'token' },
] as const

const observer = 'Throughline'
const countUsual = 50
const countMax = 500

export async function readTrailEvent({ sql, clock }: Needs, visit: Visit, id: string): Promise<Answer> {
  const asked = isLineNumber(id) ? id : undefined
  const line = await withTrail(sql, async (tx) => {
    const ask = { ...askOf(visit, clock()), interaction: 'read' as const, detail: { line: asked ?? 'none' } }
    const found = await openTrail(tx, visit.actor, ask, async () => {
      const one = asked === undefined ? undefined : await readAuditLine(tx, asked)
      return { lines: one ? [one] : [] }
    })
    return found.lines[0]
  })
  if (!line) throw new Problem('not-found', 'There is no such line in the trail', 'Search for it.')
  return { status: 200, body: eventText(line), version: 1, savedAt: new Date(line.at) }
}

export async function searchTrailEvents(
  { sql, clock }: Needs,
  visit: Visit,
  query: URLSearchParams,
  base: string,
): Promise<Answer> {
  const asked = readQuery(query)
  const { lines, next } = await withTrail(sql, async (tx) => {
    const persons = asked.patient === undefined ? undefined : await personsUnder(tx, patientKey(asked.patient))
    const ask = {
      ...askOf(visit, clock()),
      interaction: 'search' as const,
      detail: { parameters: [...new Set(query.keys())] },
      ...(persons === undefined ? {} : { persons }),
    }
    return await openTrail(tx, visit.actor, ask, () =>
      readAudit(tx, { ...asked.query, ...(persons ? { persons } : {}) }),
    )
  })
  const here = new URLSearchParams([...query].filter(([name]) => name !== '_cursor' && name !== '_format'))
  const links: Link[] = [['self', `${base}/AuditEvent?${here}`]]
  if (next !== undefined) {
    here.set('_cursor', next)
    links.push(['next', `${base}/AuditEvent?${here}`])
  }
  const entries = lines.map(
    (line) => `{"fullUrl":"${base}/AuditEvent/${line.id}","resource":${eventText(line)},"search":{"mode":"match"}}`,
  )
  return { status: 200, body: bundleText({ type: 'searchset', links, entries }) }
}

function askOf({ address, requestId }: Visit, now: Date) {
  return { what: 'fhir-audit', now, address, requestId }
}

function eventText(line: KeptLine): string {
  return JSON.stringify(toAuditEvent(line, observer))
}

type Asked = { readonly patient?: string; readonly query: AuditQuery }

/** @throws Refusal 400 for what is not supported, said twice, or not readable: never by guessing */
function readQuery(query: URLSearchParams): Asked {
  let patient: string | undefined
  let asked: AuditQuery = { limit: countUsual }
  const seen = new Set<string>()
  for (const [name, value] of query) {
    if (name === '_format' || name === '_pretty') continue
    if (seen.has(name) && name !== 'date') throw wrong(name, 'said twice')
    seen.add(name)
    const read = readers[name]
    if (!read) throw refuse(400, 'not-supported', `AuditEvents are not searched by ${plain(name)}`, remedy)
    const one = read(value)
    if (one === undefined) throw wrong(name, 'not readable')
    if ('patient' in one) patient = one.patient
    else asked = narrower(asked, one)
  }
  return { query: asked, ...(patient === undefined ? {} : { patient }) }
}

const remedy = `Search by ${trailParameters.map(({ name }) => name).join(', ')}, with _count.`
const wrong = (name: string, why: string) => refuse(400, 'invalid', `${plain(name)} is ${why}`, remedy)
const plain = (name: string) => (/^[A-Za-z0-9_.:-]{1,64}$/.test(name) ? name : '(not a name)')

/** Two dates are both held to. */
function narrower(all: AuditQuery, one: AuditQuery): AuditQuery {
  const from = all.from && one.from && all.from > one.from ? all.from : (one.from ?? all.from)
  const until = all.until && one.until && all.until < one.until ? all.until : (one.until ?? all.until)
  return { ...all, ...one, ...(from ? { from } : {}), ...(until ? { until } : {}) }
}

const agents = /^(?:urn:throughline:audit:(staff|patient|system)\|)?([^|,]{1,200})$/
type Read = AuditQuery | { readonly patient: string }
const readers: Readonly<Record<string, (value: string) => Read | undefined>> = {
  patient: (value) => {
    const [, id] = /^(?:Patient\/)?([A-Za-z0-9\-.]{1,64})$/.exec(value) ?? []
    return id === undefined ? undefined : { patient: id }
  },
  'agent:identifier': agentOf,
  agent: agentOf,
  date: (value) => {
    const [, prefix = 'eq', text = ''] = /^(eq|ge|gt|le|lt)?(\d.*)$/.exec(value) ?? []
    const range = dateRange(text)
    if (!range) return undefined
    const [start, end] = [new Date(range.start), new Date(range.end)]
    if (prefix === 'ge') return { from: start }
    if (prefix === 'gt') return { from: end }
    if (prefix === 'le') return { until: end }
    return prefix === 'lt' ? { until: start } : { from: start, until: end }
  },
  action: (value) =>
    value === 'C' || value === 'R' || value === 'U' || value === 'D' || value === 'E' ? { action: value } : undefined,
  outcome: (value) => {
    const [refused, ...others] = [...new Set(value.split(',').map((code) => code === '4' || code === '8'))]
    return refused === true && others.length === 0
      ? { refused: true, outcomes: value.split(',').map(Number) }
      : undefined
  },
  _count: (value) => (/^\d{1,6}$/.test(value) ? { limit: Math.min(countMax, Math.max(1, Number(value))) } : undefined),
  _cursor: (value) => (isLineNumber(value) ? { before: value } : undefined),
  _sort: (value) => (value === '-date' ? {} : undefined),
}

/** `urn:throughline:audit:staff|gp-rao`; without a system, whoever has that number in any of them. */
function agentOf(value: string): AuditQuery | undefined {
  const [, kind, id] = agents.exec(value) ?? []
  if (id === undefined) return undefined
  const kinds = ['staff', 'patient', 'system'] as const
  return { actors: kinds.filter((one) => kind === undefined || one === kind).map((one) => ({ kind: one, id })) }
}
