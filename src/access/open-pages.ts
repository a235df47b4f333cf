import { recordAudit, tryAudit } from '../audit/index.ts'
import type { Int64, Tx } from '../base/index.ts'
import { makeScope, type Scope } from '../store/index.ts'
import type { Actor } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { type Hides, hidesFromSystem } from './hides-from-systems.ts'
import { mayStaff, type Permission } from './permissions.ts'
import { grantsScope, type Interaction } from './smart-scopes.ts'
import { refusal } from './trail.ts'

/**
 * Runs a search for people and writes what it returned: one line for the search, one for each person whose details were shown.
 * @param search the search itself, e.g. identity's `findPeople`; it runs only when the actor may
 * @returns what was found, and whether a source restricts the person's details: then no list says where they live (hazard H-21)
 * @throws Problem 'forbidden'
 */
export async function openFind<Found extends { readonly person: string }>(
  tx: Tx,
  actor: Actor,
  ask: Ask,
  search: () => Promise<readonly Found[]>,
): Promise<readonly (Found & { readonly restricted: boolean })[]> {
  demand(actor, 'find-people', ask)
  tryAudit(tx, lineFor(actor, { ...ask, action: 'E' }, { outcome: 0 }))
  const found = await search()
  const shown = found.map(({ person }) =>
    lineFor(actor, { ...ask, what: 'search-result', action: 'R' }, { outcome: 0, person }),
  )
  await recordAudit(tx, [
    lineFor(actor, { ...ask, action: 'E' }, { outcome: 0, detail: { found: found.length } }),
    ...shown,
  ])
  const restricted = await tx<{ person: string }[]>`
    select distinct s.person from unnest(${found.map(({ person }) => person)}::text[]) f (person)
      join person_link s on s.person = f.person and s.until is null
     where exists (select from restricted_patient k where k.pk = s.pk offset 0)`
  const protectedOnes = new Set(restricted.map(({ person }) => person))
  return found.map((one) => ({ ...one, restricted: protectedOnes.has(one.person) }))
}

/**
 * Opens a list of people, or of work about people: one line of the trail with how many were shown and the ids of the people. What a list
 * shows of each of them is read by `scope`, in this transaction.
 * @param read runs only when the actor may; gives the lines, and the compartments of those people of whom facts are shown too
 * @throws Problem 'forbidden'
 */
export async function openList<Line extends { readonly person?: string }>(
  tx: Tx,
  actor: Actor,
  ask: Ask & { readonly permission: 'see-worklist' | 'see-lists' },
  read: () => Promise<{ readonly lines: readonly Line[]; readonly pks?: readonly Int64[] }>,
): Promise<{ readonly lines: readonly Line[]; readonly scope: Scope }> {
  const { permission, ...rest } = ask
  demand(actor, permission, rest)
  tryAudit(tx, lineFor(actor, rest, { outcome: 0 }))
  const { lines, pks } = await read()
  const persons = [...new Set(lines.flatMap(({ person }) => person ?? []))]
  const detail = { ...rest.detail, shown: lines.length, persons }
  await recordAudit(tx, [lineFor(actor, { ...rest, detail }, { outcome: 0 })])
  return { lines, scope: makeScope('persons', pks ?? []) }
}

/** Lets somebody change lists, tasks or the list of what waits; about a person when one is given. @throws Problem 'forbidden' */
export async function openWork(
  tx: Tx,
  actor: Actor,
  ask: Ask & {
    readonly permission: 'answer-results' | 'do-tasks' | 'see-lists' | 'see-worklist'
    readonly person?: string
  },
): Promise<void> {
  const { permission, person, ...rest } = ask
  demand(actor, permission, rest)
  await recordAudit(tx, [lineFor(actor, rest, { outcome: 0, ...(person === undefined ? {} : { person }) })])
}

/** Opens a page about feeds. @param persons whose data it shows: each finds it among the looks at their own record. @throws Problem 'forbidden' */
export async function openFeeds(
  tx: Tx,
  actor: Actor,
  ask: Ask,
  permission: 'see-feeds' | 'read-messages' | 'mend-feeds' = 'see-feeds',
  persons: readonly string[] = [],
): Promise<void> {
  await openPage(tx, actor, permission, ask, persons)
}

/** Opens the identity officer's work. @param person whose details are shown; several: write `detail`. @throws Problem 'forbidden' */
export async function openIdentity(tx: Tx, actor: Actor, ask: Ask, persons: readonly string[] = []): Promise<void> {
  await openPage(tx, actor, 'settle-identity', ask, persons)
}

/**
 * Reads the trail about anybody, and writes what was asked and what it returned: how many lines, from which to which.
 * Who has looked at one's own record is `openOwnRecord`.
 * @param persons about whom was asked: each finds it among the looks at their own record
 * Staff need the permission; a system needs a scope that names AuditEvent, since one for all types does not cover the trail.
 * @throws Problem 'forbidden'
 */
export async function openTrail<Found extends { readonly lines: readonly { readonly id: string }[] }>(
  tx: Tx,
  actor: Actor,
  {
    persons = [],
    interaction = 'search',
    ...ask
  }: Ask & { readonly persons?: readonly string[]; readonly interaction?: 'read' | 'search' },
  read: () => Promise<Found>,
): Promise<Found> {
  if (actor.kind === 'system') demandScope(actor, ask, { interaction, type: 'AuditEvent' })
  else demand(actor, 'read-trail', ask)
  tryAudit(tx, lineFor(actor, { action: 'E', purpose: 'HOPERAT', ...ask }, { outcome: 0 }))
  const found = await read()
  const [newest, oldest] = [found.lines[0], found.lines.at(-1)]
  const detail = {
    ...ask.detail,
    found: found.lines.length,
    ...(newest && oldest ? { newest: newest.id, oldest: oldest.id } : {}),
  }
  const told: Ask = { action: interaction === 'read' ? 'R' : 'E', purpose: 'HOPERAT', ...ask, detail }
  const lines = persons.map((person) => lineFor(actor, told, { outcome: 0, person }))
  await recordAudit(tx, lines.length > 0 ? lines : [lineFor(actor, told, { outcome: 0 })])
  return found
}

/**
 * Writes how something long ended: a file that was taken out. What allowed it has its own line.
 * @param outcome 0 whole; 4 whoever took it went before its end; 8 it broke off here
 */
export async function recordDone(tx: Tx, actor: Actor, ask: Ask, outcome: 0 | 4 | 8): Promise<void> {
  await recordAudit(tx, [{ ...lineFor(actor, ask, { outcome: 0 }), outcome }])
}

/** Opens a page with figures that name nobody. @throws Problem 'forbidden' */
export async function openProgress(tx: Tx, actor: Actor, ask: Ask): Promise<void> {
  await openPage(tx, actor, 'see-progress', ask)
}

/** Opens the page about devices and how long they take to start. @throws Problem 'forbidden' */
export async function openEstate(tx: Tx, actor: Actor, ask: Ask): Promise<void> {
  await openPage(tx, actor, 'see-estate', ask)
}

/**
 * Lets a system search, and writes what it returned: how many resources, of how many people.
 * @throws Problem 'forbidden' as `openSystem` does
 */
export async function openSystemSearch<T>(
  tx: Tx,
  actor: Actor,
  ask: Ask & { readonly type: string },
  search: (scope: Scope) => Promise<{ readonly value: T; readonly found: number; readonly people: number }>,
): Promise<T> {
  const { type, ...rest } = ask
  const detail = { ...ask.detail, interaction: 'search', type }
  demandScope(actor, { ...rest, action: 'E', detail }, { interaction: 'search', type })
  tryAudit(tx, lineFor(actor, { ...rest, action: 'E', detail }, { outcome: 0 }))
  const { value, found, people } = await search(makeScope('everyone', [], await hidesFrom(tx, actor)))
  await recordAudit(tx, [
    lineFor(actor, { ...rest, action: 'E', detail: { ...detail, found, people } }, { outcome: 0 }),
  ])
  return value
}

const hidesFrom = async (tx: Tx, actor: Actor): Promise<Hides> =>
  actor.kind === 'system' ? await hidesFromSystem(tx, actor) : {}

function demandScope(
  actor: Actor,
  ask: Ask,
  asked: { readonly interaction: Interaction; readonly type: string },
): void {
  if (actor.kind === 'system' && grantsScope(actor.scopes, asked)) return
  throw refusal('forbidden', { actor, ask, why: `no scope for ${asked.interaction} ${asked.type}` })
}

/**
 * Lets a system do one FHIR interaction on one type. Two statements.
 * @param type a resource type, or '*' for one on the whole server (transaction, history)
 * @throws Problem 'forbidden' when none of its scopes covers it, and for anybody who is not a system
 */
export async function openSystem(
  tx: Tx,
  actor: Actor,
  ask: Ask & { readonly interaction: Interaction; readonly type: string; readonly person?: string },
): Promise<Scope> {
  const { interaction, type, person, ...rest } = ask
  const action = ({ create: 'C', read: 'R', update: 'U', delete: 'D', search: 'E' } as const)[interaction]
  const told = { ...rest, action: ask.action ?? action, detail: { ...ask.detail, interaction, type } }
  demandScope(actor, told, { interaction, type })
  await recordAudit(tx, [lineFor(actor, told, { outcome: 0, ...(person === undefined ? {} : { person }) })])
  return makeScope('everyone', [], await hidesFrom(tx, actor))
}

async function openPage(
  tx: Tx,
  actor: Actor,
  permission: Permission,
  ask: Ask,
  persons: readonly string[] = [],
): Promise<void> {
  demand(actor, permission, ask)
  const purposed: Ask = { purpose: 'HOPERAT', ...ask }
  const lines = persons.map((person) => lineFor(actor, purposed, { outcome: 0, person }))
  await recordAudit(tx, lines.length > 0 ? lines : [lineFor(actor, purposed, { outcome: 0 })])
}

function demand(actor: Actor, permission: Permission, ask: Ask): void {
  if (actor.kind === 'staff' && mayStaff(actor.role, permission)) return
  throw refusal('forbidden', { actor, ask, why: `${permission} is not granted` })
}
