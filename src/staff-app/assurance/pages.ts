import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type Ask, openFind, openTrail, recordDone, withTrail } from '../../access/index.ts'
import {
  auditOrganisations,
  exportTrail,
  findActors,
  isLineNumber,
  newestCheckpoint,
  proveLine,
  readAudit,
  readAuditLine,
  toAuditEvent,
} from '../../audit/index.ts'
import { Problem } from '../../base/index.ts'
import type { DateParts, FormError } from '../../design/index.ts'
import { findPeople, parsePeopleQuery } from '../../identity/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { lineView } from './line-view.tsx'
import { isDay, readTrailQuery, type TrailQuery, toAuditQuery, trailSearch } from './trail-query.ts'
import { type Typed, trailView } from './trail-view.tsx'

const pageLength = 50

/** The trail about anybody: searched, one line with its proof, and taken out as a file. For privacy officers. */
export function trailPages(app: FastifyInstance, { sql, clock }: Pick<StaffNeeds, 'sql' | 'clock'>): void {
  const showTrail = async (
    visit: Visit,
    query: TrailQuery,
    wrong?: { readonly typed: Typed; readonly errors: readonly FormError[] },
  ) => {
    const told = await withTrail(sql, async (tx) => {
      const ask = askTrail(visit, query)
      const page = await openTrail(tx, visit.actor, ask, () =>
        readAudit(tx, { ...toAuditQuery(query), limit: pageLength }),
      )
      return { page, organisations: await auditOrganisations(tx), sealed: await newestCheckpoint(tx) }
    })
    return trailView({ shell: visit.shell, now: visit.now, query, ...told, ...wrong })
  }

  app.get(routes.trail, async (request, reply) =>
    sendPage(reply, await showTrail(visitOf(request), readTrailQuery(request.query))),
  )

  // What is typed may name a patient: it is sent in the body, and the address that shows the lines holds ids only.
  app.post(routes.trail, async (request, reply) => {
    const visit = visitOf(request)
    const typed = typedIn(request.body)
    const errors: FormError[] = []
    const days = ['from', 'to'] as const
    for (const name of days)
      if (!isNoDay(typed[name]) && !isDay(dayText(typed[name])))
        errors.push({ field: name, text: 'Write a day that there is, such as 22 11 2026' })
    const base = readTrailQuery({
      ...typed,
      refused: typed.refused ? 'yes' : '',
      from: dayText(typed.from),
      to: dayText(typed.to),
    })
    const found = await withTrail(sql, async (tx) => {
      const fields = [...(typed.staff === '' ? [] : ['staff']), ...(typed.patient === '' ? [] : ['patient'])]
      const actors = await openTrail(tx, visit.actor, askFor(visit, 'trail-lookup', { fields }), async () => ({
        lines: typed.staff === '' ? [] : await findActors(tx, typed.staff.slice(0, 100)),
      }))
      const query = typed.patient === '' ? undefined : parsePeopleQuery(typed.patient)
      const people = query?.ok
        ? await openFind(
            tx,
            visit.actor,
            askFor(visit, 'patient-search', { fields: Object.keys(query.value) }),
            async () => {
              const { people: like } = await findPeople(tx, query.value)
              return like
            },
          )
        : []
      return { actors: actors.lines, people }
    })
    if (typed.staff !== '' && found.actors.length === 0)
      errors.push({ field: 'staff', text: 'Nobody of this name or number stands in the trail' })
    if (found.actors.length > 20)
      errors.push({ field: 'staff', text: 'More than 20 have a name like this. Write more of it' })
    if (typed.patient !== '' && found.people.length !== 1)
      errors.push({
        field: 'patient',
        text:
          found.people.length === 0
            ? 'Nobody like this was found'
            : `${found.people.length} people are like this. Write the NHS number, or name and date of birth`,
      })
    const [person] = found.people
    const query = {
      ...base,
      ...(person ? { person: person.person } : {}),
      ...(found.actors.length > 0 ? { actors: found.actors.slice(0, 20).map(({ kind, id }) => `${kind}:${id}`) } : {}),
    }
    if (errors.length > 0) return sendPage(reply, await showTrail(visit, base, { typed, errors }), 422)
    return reply.redirect(`${paths.trail}?${trailSearch(query)}`, 303)
  })

  app.get<{ Params: { line: string } }>(routes.trailLine, async (request, reply) => {
    const visit = visitOf(request)
    const id = lineNumber(request.params.line)
    const line = await withTrail(sql, async (tx) => {
      const page = await openTrail(
        tx,
        visit.actor,
        { ...askFor(visit, 'trail-line', { line: id }), action: 'R' },
        async () => {
          const found = await readAuditLine(tx, id)
          return { lines: found ? [found] : [] }
        },
      )
      return page.lines[0]
    })
    if (!line) throw noSuchLine()
    return sendPage(reply, lineView({ shell: visit.shell, line, event: toAuditEvent(line, 'Throughline') }))
  })

  app.get<{ Params: { line: string } }>(routes.trailProof, async (request, reply) => {
    const visit = visitOf(request)
    const id = lineNumber(request.params.line)
    const proof = await withTrail(sql, async (tx) => {
      await openTrail(tx, visit.actor, { ...askFor(visit, 'trail-proof', { line: id }), action: 'R' }, async () => ({
        lines: [{ id }],
      }))
      return await proveLine(tx, id)
    })
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="trail-proof-${id}.json"`)
      .header('cache-control', 'no-store')
      .send(`${JSON.stringify(proof, null, 2)}\n`)
  })

  app.get(routes.trailExport, { config: { risky: true } }, async (request, reply) => {
    const visit = visitOf(request)
    const query = readTrailQuery(request.query)
    const form = queryField(request.query, 'form') === 'ndjson' ? 'ndjson' : 'csv'
    const ask = askTrail(visit, query, 'trail-export', { form })
    // Committed before the first byte goes out; how many lines went is written when the last one has, or the reader has gone.
    await withTrail(sql, (tx) => openTrail(tx, visit.actor, ask, async () => ({ lines: [] })))
    let lines = 0
    let outcome: 0 | 4 | 8 = 4
    async function* pieces(): AsyncGenerator<string> {
      try {
        yield* exportTrail(sql, toAuditQuery(query), {
          form,
          observer: 'Throughline',
          counted: (more) => {
            lines += more
          },
        })
        outcome = 0
      } catch (fault) {
        outcome = 8
        throw fault
      } finally {
        const detail = { ...ask.detail, lines, whole: outcome === 0 }
        const done = { ...ask, what: 'trail-exported', now: clock(), detail }
        await sql.begin((tx) => recordDone(tx, visit.actor, done, outcome))
      }
    }
    return (
      reply
        .header('content-type', form === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="trail.${form}"`)
        .header('cache-control', 'no-store')
        // One piece ahead of the reader, so that what is counted is near what went.
        .send(Readable.from(pieces(), { objectMode: false, highWaterMark: 1 }))
    )
  })
}

/** Which filters were used, without what a name was. */
function askTrail(visit: Visit, query: TrailQuery, what = 'trail', more: Ask['detail'] = {}) {
  const { person, actors, ...rest } = query
  const detail = { ...rest, ...(actors ? { actors: actors.join(' ') } : {}), ...more }
  return {
    ...askFor(visit, what, detail),
    purpose: 'HOPERAT' as const,
    ...(person === undefined ? {} : { persons: [person] }),
  }
}

function typedIn(body: unknown): Typed {
  return {
    patient: formField(body, 'patient'),
    staff: formField(body, 'staff'),
    what: formField(body, 'what'),
    organisation: formField(body, 'organisation'),
    from: partsIn(body, 'from'),
    to: partsIn(body, 'to'),
    refused: formField(body, 'refused') === 'yes',
  }
}

function partsIn(body: unknown, name: string): DateParts {
  const part = (which: string) => formField(body, `${name}-${which}`)
  return { day: part('day'), month: part('month'), year: part('year') }
}

function isNoDay({ day, month, year }: DateParts): boolean {
  return day + month + year === ''
}

function dayText({ day, month, year }: DateParts): string {
  return isNoDay({ day, month, year }) ? '' : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

function lineNumber(text: string): string {
  if (!isLineNumber(text)) throw noSuchLine()
  return text
}

const noSuchLine = () => new Problem('not-found', 'There is no such line in the trail', 'Choose one from the trail.')
