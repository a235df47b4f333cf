import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openRecord, openRecordAt, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { fileHeaders } from '../../design/index.ts'
import { readLetterFile, readLetterFileAt } from '../../record/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { askFor, visitOf } from '../visit.ts'
import { hasPast } from './asked.ts'
import { askedMoment, momentText } from './moment.ts'

type Asked = FastifyRequest<{ Params: { person: string; key: string; index: string } }>

/** The files of letters, as they are or as they were known then: to be saved, or, for pictures and PDF, to be looked at. Inert either way (hazards H-10, H-36). */
export function letterFiles(app: FastifyInstance, { sql }: Pick<StaffNeeds, 'sql'>): void {
  hasPast('/letters/:key/:index')
  hasPast('/letters/:key/:index/view')
  app.get('/patients/:person/letters/:key/:index', async (request: Asked, reply) =>
    send(sql, request, { reply, view: false }),
  )
  app.get('/patients/:person/letters/:key/:index/view', async (request: Asked, reply) =>
    send(sql, request, { reply, view: true }),
  )
}

async function send(
  sql: StaffNeeds['sql'],
  request: Asked,
  { reply, view }: { readonly reply: FastifyReply; readonly view: boolean },
): Promise<FastifyReply> {
  const { person, key, index } = request.params
  const visit = visitOf(request)
  const number = /^\d{1,4}$/.test(index) ? Number(index) : -1
  const moment = askedMoment(request, 'at', visit.now)
  if (moment.kind === 'future' || moment.kind === 'unreadable')
    throw new Problem('invalid', 'The address has no moment that has passed', 'Go back to the letter.')
  const { file, movedTo } = await withTrail(sql, async (tx) => {
    if (moment.kind === 'past') {
      const then = await openRecordAt(tx, visit.actor, person, askFor(visit, 'letter-file', { letter: key }), moment.at)
      if (then.person !== person) return { movedTo: then.person }
      return { file: await readLetterFileAt(tx, then, { key, index: number }) }
    }
    const opened = await openRecord(tx, visit.actor, person, askFor(visit, 'letter-file', { letter: key }))
    if (opened.person !== person) return { movedTo: opened.person }
    return { file: await readLetterFile(tx, opened, { key, index: number }) }
  })
  if (movedTo !== undefined)
    return reply.redirect(
      paths.patient(movedTo, 'letters', key, index, ...(view ? ['view'] : [])) +
        (moment.kind === 'past' ? `?at=${encodeURIComponent(momentText(moment.at))}` : ''),
      303,
    )
  if (!file) throw new Problem('not-found', 'This letter has no such file', 'Go back to the letter.')
  const name = `letter-${number + 1}${extensions[file.contentType] ?? '.bin'}`
  return reply
    .headers(fileHeaders({ contentType: file.contentType, name, shows: view ? file.shows : undefined }))
    .send(Buffer.from(file.bytes))
}

const extensions: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/tiff': '.tif',
  'application/rtf': '.rtf',
  'text/rtf': '.rtf',
  'application/msword': '.doc',
}
