import type { FastifyInstance } from 'fastify'
import { openOwnRecord, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { fileHeaders } from '../../design/index.ts'
import { type PersonRecord, readLetterFile, readRecord } from '../../record/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { answering } from '../words.ts'
import { letterView } from './letter-view.tsx'
import { healthSections } from './sections.ts'
import { type HealthSection, healthView } from './view.tsx'

/** The signed-in person's own record: decision, audit line and reads in one transaction. */
export async function ownRecord(
  { sql }: Pick<PatientNeeds, 'sql'>,
  visit: Visit,
  detail: { readonly section: string },
): Promise<PersonRecord> {
  return await withTrail(sql, async (tx) => {
    const opened = await openOwnRecord(tx, visit.actor, askFor(visit, 'patient-record', detail))
    return readRecord(tx, opened, visit.now)
  })
}

/** To somebody who acts for the person no list says that there is nothing: what is sensitive is left out of it, without a sign. */
function forProxy(sections: readonly HealthSection[]): readonly HealthSection[] {
  return sections.map((section) => ({
    ...section,
    empty: 'Nothing that you can see. Some things may be hidden from you.',
  }))
}

/** My record, and one of my letters. */
export function healthPages(app: FastifyInstance, needs: PatientNeeds): void {
  app.get(routes.health, async (request, reply) => {
    const visit = visitOf(request)
    const record = await ownRecord(needs, visit, { section: 'health' })
    const { answered, missing } = answering(record)
    return sendPage(
      reply,
      healthView({
        shell: visit.shell,
        sections: visit.actor.actingFor ? forProxy(healthSections(record)) : healthSections(record),
        organisations: answered,
        missing,
      }),
    )
  })

  app.get<{ Params: { letter: string } }>(routes.letter, async (request, reply) => {
    const visit = visitOf(request)
    const record = await ownRecord(needs, visit, { section: 'letter' })
    const letter = record.letters.find(({ key }) => key === request.params.letter)
    if (!letter) throw new Problem('not-found', 'This letter is not here any more', 'Choose one from your letters.')
    return sendPage(reply, letterView({ shell: visit.shell, letter }))
  })

  app.get<{ Params: { letter: string; index: string } }>(routes.letterFile, async (request, reply) => {
    const visit = visitOf(request)
    const { letter: key, index } = request.params
    const file = await withTrail(needs.sql, async (tx) => {
      const opened = await openOwnRecord(tx, visit.actor, askFor(visit, 'letter-file', { letter: key }))
      return readLetterFile(tx, opened, { key, index: /^\d{1,4}$/.test(index) ? Number(index) : -1 })
    })
    if (file?.shows === undefined)
      throw new Problem('not-found', 'This letter has no such file', 'Choose one from your letters.')
    const name = `letter-${Number(index) + 1}${file.shows === 'pdf' ? '.pdf' : ''}`
    return reply
      .headers(fileHeaders({ contentType: file.contentType, name, shows: file.shows }))
      .send(Buffer.from(file.bytes))
  })
}
