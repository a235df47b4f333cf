/** One request of a system: who asks, and the transaction that decides, reads and leaves the trail. */
import { type Interaction, openSystem, openSystemSearch, type System, withTrail } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { type Int64, Problem, type Tx } from '../base/index.ts'
import { personOf } from '../identity/index.ts'
import { isHiddenProblem, resourceKey, type Scope, type StoredResource } from '../store/index.ts'
import type { FhirApiNeeds } from './needs.ts'
import { printScopes } from './scopes.ts'
import type { Caller } from './tokens.ts'

export type Visit = {
  readonly caller: Caller
  readonly actor: System
  readonly address: string
  readonly requestId: string
}

export function visitOf(caller: Caller, from: { readonly address: string; readonly requestId: string }): Visit {
  const { id, name, source, uses } = caller.client
  const scopes = printScopes(caller.scopes).split(' ')
  return { caller, actor: { kind: 'system', id, name, scopes, source, ...(uses ? { uses } : {}) }, ...from }
}

/** What is asked for, as scopes and the trail name it. */
export type Look = {
  readonly interaction: Interaction
  /** A resource type. */
  readonly type: string
  /** `fhir-read`, `fhir-search` … */
  readonly what: string
  /** Ids, versions and names of parameters; never a value that was searched for. */
  readonly detail?: Readonly<Record<string, unknown>>
}

type Found<T> = { readonly value: T; readonly shown: readonly Pick<StoredResource, 'pk' | 'type' | 'id'>[] }

/**
 * Decides, writes the trail and reads, in one transaction: one line for the request, and one for each person of whom something is shown.
 * A read that finds nothing leaves its line too: who asks for what is not there is worth knowing.
 * @throws Problem 'forbidden' when no scope covers it, and what `read` throws
 */
export async function looking<T>(
  { sql, clock }: Pick<FhirApiNeeds, 'sql' | 'clock'>,
  visit: Visit,
  look: Look,
  read: (tx: Tx, scope: Scope) => Promise<Found<T>>,
): Promise<T> {
  const now = clock()
  const { actor, address, requestId } = visit
  const ask = { ...look, now, address, requestId }
  const answer = await withTrail(sql, async (tx) => {
    if (look.interaction === 'search')
      return await openSystemSearch(tx, actor, ask, async (scope) => {
        const { value, shown } = await read(tx, scope)
        const persons = await tellPersons(tx, shown)
        return { value: { value }, found: shown.length, people: persons }
      })
    const scope = await openSystem(tx, actor, ask)
    const found = await read(tx, scope).catch((thrown: unknown) => {
      // The transaction still stands after these, and the line with it.
      if (
        thrown instanceof Problem &&
        (thrown.kind === 'not-found' || thrown.kind === 'gone' || isHiddenProblem(thrown))
      )
        return thrown
      throw thrown
    })
    if (found instanceof Problem) return { problem: found }
    await tellPersons(tx, found.shown)
    return { value: found.value }
  })
  if ('problem' in answer) throw answer.problem
  return answer.value

  async function tellPersons(tx: Tx, shown: Found<T>['shown']): Promise<number> {
    const persons = await personsOf(tx, shown)
    await recordAudit(
      tx,
      persons.map((person) => ({
        at: now,
        action: 'R',
        what: 'fhir-result',
        actor: { kind: 'system', id: actor.id, name: actor.name },
        purpose: 'HOPERAT',
        outcome: 0,
        person,
        detail: { of: look.what, type: look.type },
        address,
        requestId,
      })),
    )
    return persons.length
  }
}

/** The people whose records these stand in. */
async function personsOf(tx: Tx, shown: Found<unknown>['shown']): Promise<readonly string[]> {
  const pks = new Set<Int64>()
  for (const { pk, type, id } of shown) if (type === 'Patient' || pk !== resourceKey(type, id)) pks.add(pk)
  const persons = await Promise.all([...pks].map((pk) => personOf(tx, pk)))
  return [...new Set(persons.filter((person) => person !== undefined))]
}
