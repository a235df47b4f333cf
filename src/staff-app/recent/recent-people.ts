import { openFind, sessionHoursMax } from '../../access/index.ts'
import { type KeptLine, readAudit } from '../../audit/index.ts'
import type { Tx } from '../../base/index.ts'
import { Ago } from '../../design/index.ts'
import { membersOfPersons, standsNow } from '../../identity/index.ts'
import type { PersonLine } from '../find/people-table.tsx'
import { personLine } from '../find/person-line.ts'
import { paths } from '../paths.ts'
import { askFor, type Visit } from '../visit.ts'

/** Lines of the trail that are no opening of a record by this member of staff. */
const notOpened = new Set([
  'search-result',
  'patient-search',
  'recent-patients',
  'sign-in',
  'sign-out',
  'draft',
  'draft-kept',
])

/**
 * The people whose records this member of staff opened, newest first. Read from the trail, so that nothing else has to be kept; showing
 * the names is a look of its own, and is written down.
 */
export async function recentPeople(tx: Tx, visit: Visit, most: number): Promise<readonly PersonLine[]> {
  return (await recentAndResume(tx, visit, most)).people
}

/** Where somebody was in their last session, when they have opened no record since: here or at another PC. */
export type Resume = { readonly name: string; readonly href: string; readonly section: string; readonly at: Date }

/** The same people, and the page to go on at. Whether it still opens is decided when it is asked for, like any other. */
export async function recentAndResume(
  tx: Tx,
  visit: Visit,
  most: number,
): Promise<{ readonly people: readonly PersonLine[]; readonly resume?: Resume }> {
  const { lines } = await readAudit(tx, { actor: { kind: 'staff', id: visit.actor.id }, limit: 200 })
  const lastOpened = new Map<string, Date>()
  for (const { person, what, outcome, at } of lines) {
    if (person === undefined || outcome !== 0 || notOpened.has(what) || lastOpened.has(person)) continue
    lastOpened.set(person, new Date(at))
    if (lastOpened.size === most) break
  }
  if (lastOpened.size === 0) return { people: [] }
  const shown = await openFind(tx, visit.actor, askFor(visit, 'recent-patients'), () =>
    readPeople(tx, [...lastOpened.keys()]),
  )
  const people = shown.map(({ person, asked, members, restricted }) => ({
    ...personLine(person, members, { role: visit.actor.role, now: visit.now, restricted }),
    note: Ago({ at: lastOpened.get(asked) ?? visit.now, now: visit.now }),
  }))
  const left = lastPage(lines, visit)
  const place = left === undefined ? -1 : shown.findIndex(({ asked }) => asked === left.person)
  const [person, line] = [shown[place], people[place]]
  if (left === undefined || !person || !line) return { people }
  const { section, at } = left
  return {
    people,
    resume: { name: line.name, href: paths.patient(person.person, ...section), section: section.join(' '), at },
  }
}

const resumeWithinMs = sessionHoursMax * 3_600_000

/** The record page that was opened last, when that was in a session before this one. */
function lastPage(lines: readonly KeptLine[], { session, now }: Visit) {
  const last = lines.find(
    ({ what, outcome, person }) => what === 'record-page' && outcome === 0 && person !== undefined,
  )
  if (last?.person === undefined) return undefined
  const at = new Date(last.at)
  if (at >= session.startedAt || now.getTime() - at.getTime() >= resumeWithinMs) return undefined
  const said = typeof last.detail?.section === 'string' ? last.detail.section : 'summary'
  // Pages of one thing need more than the section: they lead to the list that it stands in.
  return { person: last.person, at, section: resumable.has(said) ? [said] : [] }
}

const resumable = new Set([
  'timeline',
  'problems',
  'medicines',
  'allergies',
  'tests',
  'letters',
  'care-plans',
  'about',
  'contacts',
  'history',
  'social-care',
  'referrals',
  'sources',
])

/** A person who was merged since is shown where they stand now; twice the same is shown once. */
async function readPeople(tx: Tx, asked: readonly string[]) {
  const now = await Promise.all(asked.map(async (each) => ({ asked: each, person: await standsNow(tx, each) })))
  const once = now.filter(({ person }, place) => now.findIndex((other) => other.person === person) === place)
  const members = await membersOfPersons(
    tx,
    once.map(({ person }) => person),
  )
  return once
    .map((each) => ({ ...each, members: members.filter(({ person }) => person === each.person) }))
    .filter((each) => each.members.length > 0)
}
