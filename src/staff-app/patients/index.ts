/** The pages of one person's record. Each opens the record anew: decision, audit line and reads in one transaction. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { mayStaff, type OpenedRecord } from '../../access/index.ts'
import { readAudit } from '../../audit/index.ts'
import { Problem, type Tx } from '../../base/index.ts'
import type { Safe } from '../../design/index.ts'
import { deliveriesOf, heldEntry, isAuthor, ownSourceId } from '../../feeds/index.ts'
import { isOwnSource } from '../../fhir/index.ts'
import { isSafeguardingText, type Letter, type Lineage, readLineage, type Test } from '../../record/index.ts'
import { readCompartments } from '../../store/index.ts'
import { recordWork } from '../../worklist/index.ts'
import type { StaffNeeds } from '../needs.ts'
import { sendPage, type Visit, visitOf } from '../visit.ts'
import { writtenView } from '../write/written-view.tsx'
import { aboutView } from './about.tsx'
import { accessView } from './access.tsx'
import { allergiesView } from './allergies.tsx'
import { type Asked, hasPast, moved, openAsked, refusePastElsewhere, sendRecordPage } from './asked.ts'
import { contactsView } from './care.tsx'
import { comparePage } from './compare.ts'
import { chosenLine, factWords, originalOf } from './fact.ts'
import { factView } from './fact-view.tsx'
import type { RecordModel } from './frame.tsx'
import { historyView } from './history.tsx'
import { letterFiles } from './letter-files.ts'
import { lettersView, letterView } from './letters.tsx'
import { lookOf } from './look.ts'
import { medicinesView } from './medicines.tsx'
import { news2View } from './news2.tsx'
import { openPage } from './open.ts'
import { carePlansView } from './plans.tsx'
import { problemsView } from './problems.tsx'
import { referralsView } from './referrals.tsx'
import { searchPages } from './search-pages.ts'
import { socialCareView } from './social-care.tsx'
import { sourcesView } from './sources.tsx'
import { summaryView } from './summary.tsx'
import { type TakeOutNeeds, takeOutPages } from './take-out.ts'
import { testsView, testView } from './tests.tsx'
import { timelineView } from './timeline.tsx'

export type PatientPagesNeeds = Pick<StaffNeeds, 'sql' | 'format'> & {
  readonly sources: Pick<StaffNeeds['sources'], 'get'>
} & TakeOutNeeds

type View = (model: RecordModel, asked: Asked) => Safe

/** Pages that need nothing beyond the record, by the section of the address. */
const sectionPages: Readonly<Record<string, View>> = {
  '': (model) => summaryView(model),
  timeline: (model, asked) =>
    timelineView(model, { kind: query(asked, 'kind'), source: query(asked, 'from'), page: pageOf(asked) }),
  problems: (model, asked) => problemsView(model, pageOf(asked)),
  medicines: (model, asked) => medicinesView(model, pageOf(asked)),
  allergies: (model) => allergiesView(model),
  tests: (model, asked) => testsView(model, pageOf(asked)),
  'tests/news2': (model, asked) => news2View(model, pageOf(asked)),
  'tests/:key': (model, asked) => testView(model, testNamed(model, asked), pageOf(asked)),
  letters: (model, asked) => lettersView(model, pageOf(asked)),
  'letters/:key': (model, asked) => letterView(model, letterNamed(model, asked), pageOf(asked)),
  'care-plans': (model, asked) => carePlansView(model, pageOf(asked)),
  about: (model, asked) => aboutView(model, pageOf(asked)),
  contacts: (model, asked) => contactsView(model, pageOf(asked)),
  history: (model, asked) => historyView(model, pageOf(asked)),
  'social-care': (model, asked) => socialCareView(model, pageOf(asked)),
  referrals: (model, asked) => referralsView(model, pageOf(asked)),
  sources: (model, asked) => sourcesView(model, pageOf(asked)),
}

/** Registers the routes; addresses are within the staff app's own (`/patients/…`). */
export function patientPages(app: FastifyInstance, needs: PatientPagesNeeds): void {
  refusePastElsewhere(app)
  searchPages(app, needs)
  comparePage(app, needs)
  for (const [section, view] of Object.entries(sectionPages)) {
    hasPast(section === '' ? '' : `/${section}`)
    app.get(section === '' ? '/patients/:person' : `/patients/:person/${section}`, async (request: Asked, reply) => {
      const opened = await openAsked(
        needs.sql,
        { request, reply },
        {
          what: 'record-page',
          detail: { section: section || 'summary' },
          // What waits, waits now: a past view has no work in it.
          also: async (tx, record) => ('at' in record ? {} : workOf(tx, visitOf(request), { section, opened: record })),
        },
      )
      return opened ? sendRecordPage(reply, view({ ...opened.model, ...opened.extra }, request), opened.model) : reply
    })
  }
  takeOutPages(app, needs)
  app.get('/patients/:person/access', async (request: Asked, reply) => {
    const before = query(request, 'before')
    const { model, extra, movedTo } = await openPage(needs.sql, visitOf(request), {
      person: request.params.person,
      what: 'record-page',
      detail: { section: 'access' },
      also: (tx, { persons }) => readAudit(tx, { persons, ...(/^\d{1,19}$/.test(before) ? { before } : {}) }),
    })
    return movedTo === undefined
      ? sendPage(reply, accessView(model, extra.lines.map(lookOf), extra.next))
      : moved(reply, movedTo, request)
  })
  app.get('/patients/:person/written', async (request: Asked, reply) => writtenPage(needs, request, reply))
  app.get('/patients/:person/facts/:type/:id', async (request: Asked, reply) => factPage(needs, request, reply))
  letterFiles(app, needs)
}

async function writtenPage(needs: PatientPagesNeeds, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const visit = visitOf(request)
  const source = needs.sources.get(ownSourceId(visit.actor.organisation.code))
  const { model, extra, movedTo } = await openPage(needs.sql, visit, {
    person: request.params.person,
    what: 'record-page',
    detail: { section: 'written' },
    also: async (tx, { compartments, scope }) => {
      const own = compartments.filter((compartment) => isOwnSource(compartment.source))
      if (own.length === 0) return { deliveries: [], mine: new Set<string>() }
      const pks = own.map(({ pk }) => pk)
      const mine =
        !source || !mayStaff(visit.actor.role, 'write-record')
          ? []
          : (await readCompartments(tx, scope)).filter((row) => {
              const held = row.source === source.id ? heldEntry({ ...row, version: row.version ?? 0 }) : undefined
              return held && isAuthor(held, source, visit.actor.id)
            })
      return { deliveries: await deliveriesOf(tx, pks), mine: new Set(mine.map(({ id }) => id)) }
    },
  })
  if (movedTo !== undefined) return moved(reply, movedTo, request)
  return sendPage(reply, writtenView(model, { ...extra, done: query(request, 'done') }))
}

/** On the summary and beside results; other pages say nothing of work. */
async function workOf(
  tx: Tx,
  { actor }: Visit,
  { section, opened }: { readonly section: string; readonly opened: OpenedRecord },
): Promise<Pick<RecordModel, 'work' | 'mayAnswer'>> {
  if (section !== '' && !section.startsWith('tests')) return {}
  const { compartments, persons } = opened
  const work = await recordWork(tx, actor, { pks: compartments.map(({ pk }) => pk), persons })
  return { work, mayAnswer: mayStaff(actor.role, 'answer-results') }
}

async function factPage(needs: PatientPagesNeeds, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const { type = '', id = '' } = request.params
  const version = wholeNumber(query(request, 'version'))
  const messageId = query(request, 'message')
  const opened = await openAsked(
    needs.sql,
    { request, reply },
    {
      what: 'fact-lineage',
      detail: { type, id },
      also: async (tx, record) => ({
        lineage: await readLineage(tx, record, {
          type,
          id,
          ...(version === undefined ? {} : { version }),
          ...(messageId === '' ? {} : { messageId }),
          ...('at' in record ? { at: record.at } : {}),
        }),
        masked: record.safeguarding !== 'shown',
      }),
    },
  )
  if (!opened) return reply
  const {
    model,
    extra: { lineage, masked },
  } = opened
  if ((masked && showsHidden(model, lineage)) || cameWithHidden(model, lineage))
    throw new Problem(
      'forbidden',
      'This entry, or the message it came in, is about safeguarding or hidden by the access policy, and your role may not read it',
      'Ask the organisation that it is from.',
    )
  const place = query(request, 'place')
  const chosen = chosenLine(lineage, place)
  const original = originalOf(lineage, {
    place: place || (chosen?.from ?? ''),
    source: needs.sources.get(lineage.source.id),
    format: needs.format(lineage.message.format),
    whole: query(request, 'whole') === 'yes',
    href: request.url,
  })
  return sendRecordPage(
    reply,
    factView(model, {
      lineage,
      what: factWords(model.record, lineage),
      ...(chosen ? { chosen } : {}),
      original,
      page: pageOf(request),
    }),
    model,
  )
}

/** The message also told something that is hidden from this reader: its original would show it. */
function cameWithHidden({ record }: RecordModel, lineage: Lineage): boolean {
  return record.hidden.some(({ messageId }) => messageId === lineage.message.id)
}

/** The fact is about safeguarding, or came in a message of a source that told such a thing of this person: its original would show it (hazard H-34). */
function showsHidden({ record }: RecordModel, lineage: Lineage): boolean {
  if (isSafeguardingText(lineage.body)) return true
  return record.hidden.some(({ source }) => source === lineage.source.id)
}

function testNamed({ record }: RecordModel, { params }: Asked): Test {
  const found = [...record.tests, ...record.vitalSigns].find(({ key }) => key === params.key)
  if (!found) throw new Problem('not-found', 'This record has no such test', 'Choose one from the list of tests.')
  return found
}

function letterNamed({ record }: RecordModel, { params }: Asked): Letter {
  const found = record.letters.find(({ key }) => key === params.key)
  if (!found) throw new Problem('not-found', 'This record has no such letter', 'Choose one from the list of letters.')
  return found
}

/** One parameter of the query; '' when it is absent or given twice. */
function query({ query: all }: Asked, name: string): string {
  const value = all[name]
  return typeof value === 'string' ? value.slice(0, 400) : ''
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** From 1. */
function pageOf(asked: Asked): number {
  return Math.max(1, wholeNumber(query(asked, 'page')) ?? 1)
}
