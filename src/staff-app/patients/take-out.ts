/** A person's summary as it leaves the screen: printed, as a letter, as an International Patient Summary. Each is in the trail as what it is. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type OpenedRecord, openRecord, roleNames, withTrail } from '../../access/index.ts'
import { ipsBundle, letterPdf, type ReadSummary, readForSummary, summarise } from '../../record/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { printView } from './print.tsx'

export type TakeOutNeeds = Pick<StaffNeeds, 'sql' | 'publicUrl'>

type Asked = FastifyRequest<{ Params: { person: string } }>
type Taken = { readonly opened: OpenedRecord; readonly read: ReadSummary; readonly visit: Visit }

/** On one side of paper or two: what is beyond is counted on it. */
const printedMax = 12
/** A letter of thirty pages is read by nobody: the rest of a long list is counted in it. */
const letterMax = 30

export function takeOutPages(app: FastifyInstance, needs: TakeOutNeeds): void {
  app.get('/patients/:person/print', async (request: Asked, reply) =>
    take(request, reply, { what: 'summary-print', section: 'print' }, ({ opened, read, visit }) => {
      const { record } = read
      const model = { shell: visit.shell, person: opened.person, record, doubts: opened.doubts, now: visit.now }
      const summary = summarise(record, { doubts: opened.doubts.length, max: printedMax })
      return sendPage(reply, printView(model, summary, byWhom(visit)))
    }),
  )
  app.get('/patients/:person/summary.pdf', async (request: Asked, reply) =>
    take(request, reply, { what: 'summary-export', section: 'summary.pdf', format: 'pdf' }, async (taken) => {
      const { opened, read, visit } = taken
      const summary = summarise(read.record, { doubts: opened.doubts.length, max: letterMax })
      const pdf = await letterPdf(summary, { by: byWhom(visit), demo: visit.shell.demo })
      return attach(reply, 'application/pdf', 'pdf').send(pdf)
    }),
  )
  app.get('/patients/:person/summary.json', async (request: Asked, reply) =>
    take(request, reply, { what: 'summary-export', section: 'summary.json', format: 'ips' }, ({ opened, read }) => {
      const { record, rows, about } = read
      const base = `${needs.publicUrl?.() ?? `${request.protocol}://${request.host}`}/fhir`
      const text = ipsBundle({ record, rows, about, person: opened.person, base, doubts: opened.doubts.length })
      return attach(reply, 'application/fhir+json; charset=utf-8', 'json').send(text)
    }),
  )

  /** Decides, writes the line and reads in one transaction; what is made of it is made after, so that no connection waits for a letter. */
  async function take(
    request: Asked,
    reply: FastifyReply,
    { what, section, format }: { readonly what: string; readonly section: string; readonly format?: string },
    make: (taken: Taken) => FastifyReply | Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const visit = visitOf(request)
    const { person } = request.params
    const taken = await withTrail(needs.sql, async (tx): Promise<Taken> => {
      const ask = askFor(visit, what, format === undefined ? {} : { format })
      const opened = await openRecord(tx, visit.actor, person, ask)
      return { opened, visit, read: await readForSummary(tx, opened, visit.now) }
    })
    return taken.opened.person === person
      ? await make(taken)
      : reply.redirect(paths.patient(taken.opened.person, section), 303)
  }
}

function byWhom({ actor }: Visit): string {
  return `${actor.name}, ${roleNames[actor.role]}, ${actor.organisation.name}`
}

/** Saved under a name that tells nobody whose it is. */
function attach(reply: FastifyReply, type: string, ending: string): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename="health-record-summary.${ending}"`)
    .header('x-content-type-options', 'nosniff')
    .header(
      'content-security-policy',
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    )
    .header('cache-control', 'no-store')
}
