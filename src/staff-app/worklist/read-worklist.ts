import { openList } from '../../access/index.ts'
import type { Tx } from '../../base/index.ts'
import { membersOfPersons } from '../../identity/index.ts'
import { byUrgency, type WorkKind, type WorkLine } from '../../worklist/index.ts'
import type { PersonLine } from '../find/people-table.tsx'
import { personLine } from '../find/person-line.ts'
import { askFor, type Visit } from '../visit.ts'

export const worklistLength = 50

export type ReadWorklist = {
  readonly kinds: readonly {
    readonly id: string
    readonly many: string
    readonly one: string
    readonly open: number
    readonly surfaced: number
  }[]
  readonly lines: readonly (WorkLine & { readonly who?: PersonLine })[]
  readonly more: boolean
}

/** How many of each kind wait. Counts name nobody: they leave no line in the trail. */
export async function countWork(tx: Tx, visit: Visit, kinds: readonly WorkKind[]): Promise<ReadWorklist['kinds']> {
  const counted = []
  for (const { id, one, many, count } of kinds)
    counted.push({ id, one, many, ...(await count(tx, visit.actor, visit.now)) })
  return counted
}

/** One page of one kind, or the most urgent of all; and the line of the trail that tells whom it showed. @throws Problem 'forbidden' */
export async function readWorklist(
  tx: Tx,
  visit: Visit,
  {
    kinds,
    kind,
    page,
  }: { readonly kinds: readonly WorkKind[]; readonly kind: string | undefined; readonly page: number },
): Promise<ReadWorklist> {
  const { actor, now } = visit
  const chosen = kinds.filter(({ id }) => kind === undefined || id === kind)
  const ask = { ...askFor(visit, 'worklist', { kind: kind ?? 'all', page }), permission: 'see-worklist' as const }
  const offset = kind === undefined ? 0 : (page - 1) * worklistLength
  const { lines } = await openList(tx, actor, ask, async () => {
    const all: WorkLine[] = []
    for (const each of chosen) all.push(...(await each.page(tx, actor, { now, limit: worklistLength + 1, offset })))
    return { lines: (kind === undefined ? all.sort(byUrgency) : all).slice(0, worklistLength + 1) }
  })
  const shown = lines.slice(0, worklistLength)
  const persons = [...new Set(shown.flatMap(({ person }) => person ?? []))]
  const members = persons.length === 0 ? [] : await membersOfPersons(tx, persons)
  return {
    kinds: await countWork(tx, visit, kinds),
    more: lines.length > worklistLength,
    lines: shown.map((line) => {
      const theirs = members.filter(({ person }) => person === line.person)
      return line.person === undefined || theirs.length === 0
        ? line
        : { ...line, who: personLine(line.person, theirs, { role: actor.role, now }) }
    }),
  }
}

/** What is most urgent of all, without whom it is about; undefined: nothing waits. */
export async function topOfAll(
  tx: Tx,
  { actor, now }: Visit,
  kinds: readonly WorkKind[],
): Promise<WorkLine | undefined> {
  const first: WorkLine[] = []
  for (const kind of kinds) first.push(...(await kind.page(tx, actor, { now, limit: 1, offset: 0 })))
  return first.sort(byUrgency)[0]
}
