import { openFind } from '../../access/index.ts'
import { readAudit } from '../../audit/index.ts'
import type { Tx } from '../../base/index.ts'
import { Ago } from '../../design/index.ts'
import { membersOfPersons, standsNow } from '../../identity/index.ts'
import type { PersonLine } from '../find/people-table.tsx'
import { personLine } from '../find/person-line.ts'
import { askFor, type Visit } from '../visit.ts'

/** Lines of the trail that are no opening of a record by this member of staff. */
const notOpened = new Set(['search-result', 'patient-search', 'recent-patients', 'sign-in', 'sign-out'])

/**
 * The people whose records this member of staff opened, newest first. Read from the trail, so that nothing else has to be kept; showing
 * the names is a look of its own, and is written down.
 */
export async function recentPeople(tx: Tx, visit: Visit, most: number): Promise<readonly PersonLine[]> {
  const { lines } = await readAudit(tx, { actor: { kind: 'staff', id: visit.actor.id }, limit: 200 })
  const lastOpened = new Map<string, Date>()
  for (const { person, what, outcome, at } of lines) {
    if (person === undefined || outcome !== 0 || notOpened.has(what) || lastOpened.has(person)) continue
    lastOpened.set(person, new Date(at))
    if (lastOpened.size === most) break
  }
  if (lastOpened.size === 0) return []
  const shown = await openFind(tx, visit.actor, askFor(visit, 'recent-patients'), () =>
    readPeople(tx, [...lastOpened.keys()]),
  )
  return shown.map(({ person, asked, members, restricted }) => ({
    ...personLine(person, members, { role: visit.actor.role, now: visit.now, restricted }),
    note: Ago({ at: lastOpened.get(asked) ?? visit.now, now: visit.now }),
  }))
}

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
