/** Adding to a record, correcting and withdrawing one's own entries. Form, check, save: what is saved was on the page before. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openWriting, roleNames } from '../../access/index.ts'
import { opaqueId, Problem, timeOrderedIds } from '../../base/index.ts'
import {
  type Entry,
  type EntryKind,
  type HeldEntry,
  ownSourceOf,
  type SourceSettings,
  withdrawEntry,
  writeEntries,
} from '../../feeds/index.ts'
import { formField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths } from '../paths.ts'
import { askFor, sendPage, type Visit, visitOf } from '../visit.ts'
import { allergyForm } from './allergy-form.tsx'
import { type Answers, type EntryForm, plainLine } from './entry-form.ts'
import { checkView, type FormModel, formView, withdrawReasons, withdrawView } from './form-view.tsx'
import { noteForm } from './note-form.tsx'
import { observationForm } from './observation-form.tsx'
import { joined, type OpenedForm, openForm } from './open.ts'
import { problemForm } from './problem-form.tsx'
import { type Draft, draftMinutesMax, openDraft, sealDraft } from './seal.ts'

/** By the word in the address: `/patients/…/add/allergy`. */
export const entryForms: Readonly<Record<EntryKind, EntryForm>> = {
  observation: observationForm,
  allergy: allergyForm,
  problem: problemForm,
  note: noteForm,
}

type WriteNeeds = Pick<StaffNeeds, 'sql' | 'sources' | 'pipeline' | 'clock' | 'wakeSender'>
type Asked = FastifyRequest<{ Params: { person: string; kind?: string; type?: string; id?: string } }>

export function writePages(app: FastifyInstance, needs: WriteNeeds): void {
  for (const [route, change] of [
    ['/patients/:person/add/:kind', false],
    ['/patients/:person/entries/:type/:id/correct', true],
  ] as const) {
    app.get(route, async (request: Asked, reply) => {
      const { form, opened, model } = await openAsked(needs, request, change)
      const begin = opened.held ? form.answersOf(opened.held.resource) : form.begin(visitOf(request).now)
      return sendPage(reply, formView(model, begin))
    })
    app.post(route, async (request: Asked, reply) => await posted(needs, request, reply, change))
  }
  app.get('/patients/:person/entries/:type/:id/withdraw', async (request: Asked, reply) => {
    const { form, opened, action, back } = await openAsked(needs, request, true)
    return sendPage(reply, withdrawPage(request, { form, opened, action, back, answers: {}, errors: [] }))
  })
  app.post(
    '/patients/:person/entries/:type/:id/withdraw',
    async (request: Asked, reply) => await withdraw(needs, request, reply),
  )
}

type Open = {
  readonly form: EntryForm
  readonly opened: OpenedForm
  readonly model: FormModel
  readonly action: string
  readonly back: string
}

async function openAsked(needs: WriteNeeds, request: Asked, change: boolean): Promise<Open> {
  const { person, kind = '', type = '', id = '' } = request.params
  const visit = visitOf(request)
  if (!change && !Object.hasOwn(entryForms, kind))
    throw new Problem('not-found', 'There is no such form', 'Choose what to add from the record.')
  const opened = await openForm(needs, visit, person, {
    form: change ? 'change' : kind,
    ...(change ? { entry: { type, id } } : {}),
  })
  const form = entryForms[opened.held?.kind ?? (kind as EntryKind)]
  const action = request.url.split('?')[0] ?? ''
  const back = paths.patient(person, form.section)
  return { form, opened, action, back, model: { model: opened.model, form, correcting: change, action, back } }
}

async function posted(needs: WriteNeeds, request: Asked, reply: FastifyReply, change: boolean): Promise<FastifyReply> {
  const visit = visitOf(request)
  const open = await openAsked(needs, request, change)
  const { form, model, opened, action } = open
  const step = formField(request.body, 'step')
  const sealed = formField(request.body, 'draft')
  if (sealed === '' || step === 'check') return check(needs, request, reply, open, answersIn(request.body, form))
  const draft = openDraft(visit.token, sealed)
  if (!draft || draft.person !== request.params.person || draft.form !== action)
    throw new Problem('conflict', 'This page was made for another form or another sign-in', 'Fill in the form again.')
  if (step !== 'save') return sendPage(reply, formView(model, draft.answers))
  const read = form.read(draft.answers, new Date(draft.at))
  if (!read.ok) return sendPage(reply, formView(model, draft.answers, read.errors), 422)
  if (visit.now.getTime() - Date.parse(draft.at) > draftMinutesMax * 60_000)
    return check(
      needs,
      request,
      reply,
      open,
      draft.answers,
      'You checked these answers more than an hour ago, and nothing was saved. Check them again and save.',
    )
  try {
    const facts = await save(needs, visit, {
      draft,
      entries: read.entries,
      ...(opened.held ? { held: opened.held } : {}),
    })
    needs.wakeSender()
    return reply.redirect(`${paths.patient(draft.person, 'written')}?done=${facts.length}#written`, 303)
  } catch (thrown) {
    if (!(thrown instanceof Problem) || (thrown.kind !== 'conflict' && thrown.kind !== 'busy')) throw thrown
    // The answers stay: they are checked anew, under a new number.
    return check(needs, request, reply, open, draft.answers, `${thrown.message}. ${thrown.remedy}`)
  }
}

/** The answers as they will be saved; or the form again, with every mistake. */
function check(
  needs: WriteNeeds,
  request: Asked,
  reply: FastifyReply,
  { form, model, opened, action }: Open,
  answers: Answers,
  trouble?: string,
): FastifyReply {
  const visit = visitOf(request)
  const read = form.read(answers, visit.now)
  if (!read.ok) return sendPage(reply, formView(model, answers, read.errors), 422)
  const draft: Draft = {
    token: opaqueId(),
    at: visit.now.toISOString(),
    person: request.params.person,
    form: action,
    version: opened.held?.version ?? 0,
    answers,
  }
  const page = checkView(model, {
    rows: form.rows(read.entries),
    warnings: form.warnings(read.entries, opened.model.record),
    draft: sealDraft(visit.token, draft),
    accepting: acceptingNames(needs, opened.model.record, form.kind),
    ...(trouble === undefined ? {} : { trouble }),
  })
  return sendPage(reply, page, trouble === undefined ? 200 : 409)
}

async function save(
  needs: WriteNeeds,
  visit: Visit,
  { draft, entries, held }: { readonly draft: Draft; readonly entries: readonly Entry[]; readonly held?: HeldEntry },
) {
  const common = await commonOf(needs, visit, draft, held ? 'entry-corrected' : 'entry-written')
  const { facts } = await writeEntries(writing(needs), {
    ...common,
    entries,
    ...(held ? { corrects: { ...held, version: draft.version } } : {}),
  })
  return facts
}

async function withdraw(needs: WriteNeeds, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const visit = visitOf(request)
  const { form, opened, action, back } = await openAsked(needs, request, true)
  const { held } = opened
  const draft = openDraft(visit.token, formField(request.body, 'draft'))
  if (!held || !draft || draft.person !== request.params.person || draft.form !== action)
    throw new Problem('conflict', 'This page was made for another entry or another sign-in', 'Open the entry again.')
  const answers = { reason: formField(request.body, 'reason'), words: plainLine(formField(request.body, 'words')) }
  const reason = withdrawReasons.find(([value]) => value === answers.reason)
  const errors = [
    ...(reason ? [] : [{ field: 'reason', text: 'Choose why you withdraw it' }]),
    ...(answers.reason === 'other' && answers.words === '' ? [{ field: 'words', text: 'Enter the reason' }] : []),
    ...(answers.words.length > 200 ? [{ field: 'words', text: 'The reason must be 200 letters or fewer' }] : []),
  ]
  if (!reason || errors.length > 0)
    return sendPage(reply, withdrawPage(request, { form, opened, action, back, answers, errors }), 422)
  const why = [reason[0] === 'other' ? '' : reason[1], answers.words].filter(Boolean).join(': ')
  const common = await commonOf(needs, visit, draft, 'entry-withdrawn')
  await withdrawEntry(writing(needs), { ...common, held: { ...held, version: draft.version }, reason: why })
  needs.wakeSender()
  return reply.redirect(`${paths.patient(draft.person, 'written')}?done=withdrawn#written`, 303)
}

function withdrawPage(
  request: Asked,
  page: Pick<Open, 'form' | 'opened' | 'action' | 'back'> & {
    readonly answers: Answers
    readonly errors: Parameters<typeof withdrawView>[1]['errors']
  },
) {
  const visit = visitOf(request)
  const { form, opened, action, back, answers, errors } = page
  const entry = opened.held ? form.read(form.answersOf(opened.held.resource), visit.now) : undefined
  const draft: Draft = {
    token: opaqueId(),
    at: visit.now.toISOString(),
    person: request.params.person,
    form: action,
    version: opened.held?.version ?? 0,
    answers: {},
  }
  return withdrawView(opened.model, {
    rows: entry?.ok ? form.rows(entry.entries) : [],
    action,
    back,
    draft: sealDraft(visit.token, draft),
    answers,
    errors,
    section: form.section,
  })
}

const writing = ({ sql, pipeline, clock }: WriteNeeds) => ({
  sql,
  receive: pipeline.receive,
  nextId: timeOrderedIds(clock),
})

async function commonOf(needs: WriteNeeds, visit: Visit, draft: Draft, what: string) {
  const { actor } = visit
  return {
    source: await ownSourceOf(needs, actor.organisation),
    author: { id: actor.id, name: actor.name, role: roleNames[actor.role], organisation: actor.organisation },
    person: draft.person,
    token: draft.token,
    writtenAt: new Date(draft.at),
    open: async (tx: Parameters<typeof openWriting>[0]) => {
      const ask = {
        ...askFor(visit, what, { entry: draft.token }),
        action: draft.version > 0 ? ('U' as const) : ('C' as const),
      }
      const opened = await openWriting(tx, actor, draft.person, ask)
      if (opened.person !== draft.person) throw joined()
      return opened
    },
  }
}

function answersIn(body: unknown, form: EntryForm): Answers {
  return Object.fromEntries(form.fields.map((name) => [name, formField(body, name)]))
}

/** Sources that know this person and take such entries, by name. */
function acceptingNames(
  { sources }: Pick<WriteNeeds, 'sources'>,
  record: OpenedForm['model']['record'],
  kind: EntryKind,
): readonly string[] {
  return record.sources.flatMap(({ source, facts }) => {
    const known = facts > 0 ? sources.get(source) : undefined
    const accepts: SourceSettings['accepts'] = known?.settings.accepts
    return known && accepts?.kinds.includes(kind) ? [known.name] : []
  })
}
