/** What a list tells of each person: who they are, their allergies in one of four states, and what waits about them. */
import { openList } from '../../access/index.ts'
import type { Tx } from '../../base/index.ts'
import { type Member, membersOfPersons } from '../../identity/index.ts'
import { buildRecord, readSourceFreshness } from '../../record/index.ts'
import { readTypes } from '../../store/index.ts'
import { type ListedPerson, type ListPage, newSinceLook, resultsWaiting, type SinceLook } from '../../worklist/index.ts'
import type { PersonLine } from '../find/people-table.tsx'
import { personLine } from '../find/person-line.ts'
import { askFor, type Visit } from '../visit.ts'

export type ListRow = {
  readonly person: string
  readonly who: PersonLine
  readonly place: string
  readonly since: Date | null
  readonly allergies: string
  /** There are allergies, or what is known of them conflicts: said with a mark. */
  readonly alert: boolean
  readonly restricted: boolean
  readonly waiting: number
  /** What has come since this reader last opened the record; absent: they never did. */
  readonly sinceLook?: SinceLook
}

/** Reads one page of a list and what it shows of each person, with its line in the trail. @throws Problem 'forbidden' */
export async function readRows(
  tx: Tx,
  visit: Visit,
  { list, read }: { readonly list: string; readonly read: () => Promise<ListPage> },
): Promise<{ readonly rows: readonly ListRow[]; readonly next?: string }> {
  let next: string | undefined
  const { lines, scope } = await openList<ListedPerson>(
    tx,
    visit.actor,
    { ...askFor(visit, 'list-look', { list }), permission: 'see-lists' },
    async () => {
      const page = await read()
      next = page.next
      return { lines: page.people, pks: page.people.flatMap(({ pks }) => pks) }
    },
  )
  if (lines.length === 0) return { rows: [] }
  const facts = await readTypes(tx, scope, ['Patient', 'AllergyIntolerance', 'List'])
  const sources = await readSourceFreshness(tx)
  const members = await membersOfPersons(
    tx,
    lines.map(({ person }) => person),
  )
  const waiting = await resultsWaiting(tx, lines)
  const looks = await newSinceLook(tx, visit.actor, lines)
  const rows = lines.flatMap((line): readonly ListRow[] => {
    const theirs = members.filter(({ person }) => person === line.person)
    if (theirs.length === 0) return []
    const sinceLook = looks.get(line.person)
    const own = facts.filter(({ pk }) => line.pks.includes(pk))
    const { allergies, identity } = buildRecord({ rows: own, about: [], sources, now: visit.now })
    return [
      {
        person: line.person,
        who: withoutPlace(
          personLine(line.person, theirs as readonly Member[], { role: visit.actor.role, now: visit.now }),
        ),
        place: line.place,
        since: line.since,
        allergies: allergyWords(allergies),
        alert: allergies.state === 'known-allergies' || allergies.conflict,
        restricted: identity.restricted,
        waiting: waiting.get(line.person) ?? 0,
        ...(sinceLook === undefined ? {} : { sinceLook }),
      },
    ]
  })
  return { rows, ...(next === undefined ? {} : { next }) }
}

/** A list needs no postcode: where somebody lives stays on their record, which knows whether it may be told (hazard H-21). */
function withoutPlace({ postcode: _postcode, ...line }: PersonLine): PersonLine {
  return line
}

const named = 3

/** In the four states of the banner, never inferred from an empty list (hazard H-01). */
function allergyWords({ state, allergies, conflict }: ReturnType<typeof buildRecord>['allergies']): string {
  switch (state) {
    case 'known-allergies': {
      const known = allergies
        .filter(({ standing }) => standing !== 'resolved')
        .map(
          ({ substance, severity, criticality }) =>
            `${substance}${severity === 'severe' || criticality === 'high' ? ' (severe)' : ''}`,
        )
      const words = known.slice(0, named).join(', ') + (known.length > named ? ` and ${known.length - named} more` : '')
      return conflict ? `${words}. Sources disagree` : words
    }
    case 'no-known-allergies':
      return 'No known allergies'
    case 'not-recorded':
      return 'Allergies not recorded'
    case 'unavailable':
      return 'Allergies unavailable'
  }
}
