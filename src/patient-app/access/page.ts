import type { FastifyInstance } from 'fastify'
import { openOwnRecord, withTrail } from '../../access/index.ts'
import { type KeptLine, readAudit } from '../../audit/index.ts'
import { Problem } from '../../base/index.ts'
import { dayOf } from '../../design/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { accessView, type Look } from './view.tsx'

/** Who has looked at my record, and why: this look among them. */
export function accessPage(app: FastifyInstance, { sql }: PatientNeeds): void {
  app.get<{ Querystring: { before?: unknown } }>(routes.access, async (request, reply) => {
    const visit = visitOf(request)
    const before = lineNumber(request.query.before)
    const page = await withTrail(sql, async (tx) => {
      const { persons } = await openOwnRecord(tx, visit.actor, askFor(visit, 'patient-record', { section: 'access' }))
      // Which clinics looked would tell what the person keeps to themselves.
      if (visit.actor.actingFor !== undefined)
        throw new Problem('forbidden', 'Only the person themselves sees who has looked', 'Go back to Home.')
      return readAudit(tx, { persons, limit: 60, ...(before === undefined ? {} : { before }) })
    })
    return sendPage(
      reply,
      accessView({
        shell: visit.shell,
        looks: together(page.lines.map((line) => lookOf(line, visit.actor.id))),
        first: before === undefined,
        ...(page.next === undefined ? {} : { next: page.next }),
      }),
    )
  })
}

function lineNumber(asked: unknown): string | undefined {
  if (typeof asked !== 'string' || !/^\d{1,19}$/.test(asked)) return undefined
  return BigInt(asked) <= 0x7fff_ffff_ffff_ffffn ? asked : undefined
}

const whats: Readonly<Record<string, string>> = {
  'record-page': 'Opened your record',
  'patient-record': 'Opened your record in this app',
  'search-result': 'Saw your name in a search',
  'choice-changed': 'Changed a choice about your record',
  'proxy-began': 'Began to act for you',
  'proxies-listed': 'Saw your name in the list of people they act for',
  'recent-patients': 'Saw your name in a list of recent patients',
  'fact-lineage': 'Looked up where something in your record came from',
  'letter-file': 'Opened a letter',
  'summary-export': 'Took out a summary of your record',
  'summary-print': 'Printed a summary of your record',
  'downtime-pack': 'Put a summary of your record in a locked file, for when computers fail',
  'delivery-sent': 'What was written here was sent to another place that looks after you',
  'app-read': 'An app that you let in read part of your record',
  'app-search': 'An app that you let in searched your record',
  'app-allowed': 'You let an app read your record',
  'app-token': 'An app that you let in came back',
  'identity-review': 'Checked whether two records are yours',
  'identity-decision': 'Decided whether two records are yours',
  'fhir-read': 'A system read part of your record',
  'fhir-result': 'A system was given part of your record',
  'fhir-everything': 'A system read your whole record',
  message: 'Read a message about you',
  trail: 'Checked who has looked at your record',
  'identity-links': 'Checked which places your record comes from',
}

const whys: Readonly<Record<KeptLine['purpose'], string>> = {
  TREAT: 'To care for you',
  ETREAT: 'In an emergency',
  PATRQT: 'Because you asked for it',
  HOPERAT: 'To keep your record right',
  SYSADMIN: 'To keep the system running',
}

/** Looks of one person of one kind on one day, one after the other, are told once, with how many there were. */
export function together(looks: readonly Look[]): readonly Look[] {
  const told: Look[] = []
  for (const look of looks) {
    const last = told.at(-1)
    const alike =
      last?.who === look.who &&
      last.what === look.what &&
      last.why === look.why &&
      last.refused === look.refused &&
      dayOf(last.at) === dayOf(look.at)
    if (last && alike) told[told.length - 1] = { ...last, times: last.times + look.times }
    else told.push(look)
  }
  return told
}

/** A line of the trail in plain words. A kind of look that has no words yet is shown as it is written: never left out. */
export function lookOf({ at, actor, what, purpose, outcome, detail }: KeptLine, me?: string): Look {
  const where = [actor.role?.replaceAll('-', ' '), actor.organisation].filter(Boolean).join(', ')
  return {
    at: new Date(at),
    who:
      detail?.proxy !== undefined && actor.id !== me
        ? `${actor.name}, acting for you`
        : actor.kind === 'patient'
          ? 'You'
          : [actor.name, where].filter(Boolean).join(', '),
    what: whats[what] ?? `Did this: ${what.replaceAll('-', ' ')}`,
    why: whys[purpose],
    refused: outcome !== 0,
    times: 1,
  }
}
