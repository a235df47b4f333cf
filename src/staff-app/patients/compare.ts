/** The record at two moments, side by side: opened twice in one transaction, each with its line of the trail. */
import type { FastifyInstance } from 'fastify'
import { type Actor, idleMinutesMax, openRecordAt, toAuditActor, withTrail } from '../../access/index.ts'
import { readAudit } from '../../audit/index.ts'
import type { Pool, Tx } from '../../base/index.ts'
import { compareRecords, readRecordAt } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import type { Asked } from './asked.ts'
import { type Comparison, compareView } from './compare-view.tsx'
import { askedMoment, momentText } from './moment.ts'

export function comparePage(app: FastifyInstance, { sql }: { readonly sql: Pool }): void {
  app.get('/patients/:person/compare', async (request: Asked, reply) => {
    const visit = visitOf(request)
    const { person } = request.params
    const comparison = await withTrail(sql, (tx) => compare(tx, visit, request))
    if (comparison.person !== person) {
      const { search } = new URL(request.url, 'http://localhost')
      return reply.redirect(paths.patient(comparison.person, 'compare') + search, 303)
    }
    const page = Math.max(1, Number(/[?&]page=(\d{1,6})/.exec(request.url)?.[1] ?? 1))
    return sendPage(reply, compareView(comparison, page), comparison.errors.length > 0 ? 400 : 200)
  })
}

async function compare(tx: Tx, visit: Visit, request: Asked): Promise<Comparison> {
  const { now } = visit
  // From a past view: what has changed since that moment.
  const first = request.query.from === undefined && request.query.at !== undefined ? 'at' : 'from'
  const asked = { from: askedMoment(request, first, now), to: askedMoment(request, 'to', now) }
  const to = asked.to.kind === 'past' ? asked.to.at : now
  const errors = (['from', 'to'] as const).flatMap((name) => {
    const { kind } = asked[name]
    if (kind === 'unreadable') return [{ field: name, text: 'Give a day, or a day and a time, in London time' }]
    return kind === 'future' ? [{ field: name, text: 'This moment is still to come' }] : []
  })
  const later = await openRecordAt(
    tx,
    visit.actor,
    request.params.person,
    askFor(visit, 'record-page', { section: 'compare' }),
    to,
  )
  const looked = await lastLook(tx, { actor: visit.actor, persons: later.persons, before: now })
  const monthBefore = minuteOf(to.getTime() - 30 * 86_400_000)
  const from = asked.from.kind === 'past' ? asked.from.at : (looked ?? monthBefore)
  if (errors.length === 0 && from > to) errors.push({ field: 'from', text: 'The earlier moment must come first' })
  const after = await readRecordAt(tx, later)
  const model = { shell: visit.shell, person: later.person, record: after.record, now: to }
  const shared = {
    model,
    person: later.person,
    to,
    from,
    ...(looked ? { looked } : {}),
    typed: typedOf(request, { from, to, now }),
  }
  if (errors.length > 0) return { ...shared, errors, sections: [], hadBegun: true }
  const earlier = await openRecordAt(
    tx,
    visit.actor,
    later.person,
    askFor(visit, 'record-page', { section: 'compare' }),
    from,
  )
  const before = await readRecordAt(tx, earlier)
  return {
    ...shared,
    errors,
    sections: compareRecords(before.record, after.record, after.ended),
    hadBegun: earlier.compartments.length > 0,
  }
}

/** The minute that a moment lies in: fit for the field of a form, and never later than the moment. */
function minuteOf(ms: number): Date {
  return new Date(Math.floor(ms / 60_000) * 60_000)
}

/** When this member of staff looked at this record before this visit to it: what has gone on without a pause is one visit. */
async function lastLook(
  tx: Tx,
  { actor, persons, before }: { readonly actor: Actor; readonly persons: readonly string[]; readonly before: Date },
): Promise<Date | undefined> {
  const { kind, id } = toAuditActor(actor)
  const { lines } = await readAudit(tx, { persons, actor: { kind, id }, what: ['record-page'], limit: 200 })
  const pause = idleMinutesMax * 60_000
  let seen = before.getTime()
  for (const line of lines) {
    const at = Date.parse(line.at)
    if (line.outcome !== 0 || line.detail?.section === 'compare') continue
    if (seen - at > pause) return minuteOf(at)
    seen = Math.min(seen, at)
  }
  return undefined
}

/** What stands in the two fields: what was typed, else the moments that were chosen; nothing for now. */
function typedOf(
  request: Asked,
  { from, to, now }: { readonly from: Date; readonly to: Date; readonly now: Date },
): Comparison['typed'] {
  const typed = (name: 'from' | 'to') => {
    const value = request.query[name]
    return typeof value === 'string' ? value.slice(0, 60) : undefined
  }
  return { from: typed('from') || momentText(from), to: typed('to') ?? (to === now ? '' : momentText(to)) }
}
