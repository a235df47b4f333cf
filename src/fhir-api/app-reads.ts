/** What a SMART app reads: one person's record, as the one who let it in may see it, and of that what its scopes name. */
import { type Ask, narrowedForApp, openOwnRecord, openRecord, withTrail } from '../access/index.ts'
import { Problem, type Tx } from '../base/index.ts'
import { type AppCaller, grantsAppScope } from '../smart-apps/index.ts'
import { isHiddenProblem, readResource, type Scope, searchResources } from '../store/index.ts'
import type { Answer } from './answer.ts'
import { bundleText, type Link, outcomeEntry, searchEntry } from './bundle-text.ts'
import type { FhirApiNeeds } from './needs.ts'
import { hiddenOutcome } from './outcome.ts'
import { answerOf, plainId } from './read.ts'
import { Refusal, refuse } from './refusal.ts'

export type AppVisit = { readonly caller: AppCaller; readonly address: string; readonly requestId: string }

type Needs = Pick<FhirApiNeeds, 'sql' | 'clock'>

export async function appRead(
  needs: Needs,
  visit: AppVisit,
  { type, id }: { readonly type: string; readonly id: string },
): Promise<Answer> {
  demandScope(visit, 'r', type)
  return await looking(needs, visit, { what: 'app-read', detail: { type, id: plainId(id) } }, async (tx, scope) => {
    try {
      return answerOf(await readResource(tx, scope, { type, id }))
    } catch (thrown) {
      // To whom a hint may be a danger, what may not be seen answers as what is not there.
      if (thrown instanceof Problem && isHiddenProblem(thrown) && visit.caller.actor.kind === 'patient')
        throw new Problem('not-found', `${type}/${plainId(id)} was not found`, 'Check the id.')
      throw thrown
    }
  })
}

/** A page of matches in this person's record; whatever the parameters say, nobody else's is searched. */
export async function appSearch(
  needs: Needs,
  visit: AppVisit,
  { type, query }: { readonly type: string; readonly query: URLSearchParams },
  base: string,
): Promise<Answer> {
  demandScope(visit, 's', type)
  const parameters: (readonly [string, string])[] = []
  let cursor: string | undefined
  for (const [name, value] of query) {
    if (name === '_format' || name === '_pretty') continue
    // Pages are cut where what is hidden is left out, in the statement: none has a gap that would tell of it.
    if (name === '_cursor') cursor = value
    // How many there are would count what is hidden too.
    else if (name === '_total' || name === '_summary')
      throw refuse(400, 'not-supported', `An app may not ask for ${name}`, 'Leave it out.')
    else if (
      name.startsWith('_has') ||
      name.includes('.') ||
      name.startsWith('_include') ||
      name.startsWith('_revinclude')
    )
      throw refuse(
        400,
        'not-supported',
        'An app searches one type by its own parameters',
        'Search each type by itself.',
      )
    else parameters.push([name, value])
  }
  const detail = {
    type,
    parameters: [...new Set(parameters.map(([name]) => (/^[A-Za-z0-9_:-]{1,64}$/.test(name) ? name : '(not a name)')))],
  }
  return await looking(needs, visit, { what: 'app-search', action: 'E', detail }, async (tx, scope) => {
    const page = await searchResources(tx, scope, { type, parameters, ...(cursor === undefined ? {} : { cursor }) })
    if (page.issues.length > 0)
      throw new Refusal(
        400,
        'not-supported',
        page.issues.map(({ message, remedy }) => ({ place: '', message, remedy: remedy ?? 'Leave it out.' })),
      )
    const entries = page.entries.map((entry) => searchEntry(entry, base, 'match'))
    if (page.mayHide && visit.caller.actor.kind === 'staff') entries.push(outcomeEntry(hiddenOutcome()))
    const here = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]))
    const links: Link[] = [['self', `${base}/${type}?${here}`]]
    if (page.next !== undefined) {
      here.set('_cursor', page.next)
      links.push(['next', `${base}/${type}?${here}`])
    }
    return { status: 200, body: bundleText({ type: 'searchset', links, entries }) }
  })
}

/** Opens the record anew for every request, as the one who let the app in: a right that ended since ends here too. */
async function looking<T>(
  { sql, clock }: Needs,
  { caller, address, requestId }: AppVisit,
  {
    what,
    action,
    detail,
  }: { readonly what: string; readonly action?: 'E'; readonly detail: Readonly<Record<string, unknown>> },
  read: (tx: Tx, scope: Scope) => Promise<T>,
): Promise<T> {
  const { actor, person, app } = caller
  const ask: Ask = {
    what,
    now: clock(),
    address,
    requestId,
    detail: { ...detail, app: app.id },
    ...(action === undefined ? {} : { action }),
  }
  const answer = await withTrail(sql, async (tx) => {
    const opened =
      actor.kind === 'patient' ? await openOwnRecord(tx, actor, ask) : await openRecord(tx, actor, person, ask)
    if (actor.kind === 'patient' && opened.person !== person && !opened.persons.includes(person))
      throw new Problem('not-found', 'This record is not here', 'Let the app in again.')
    const { scope } = await narrowedForApp(tx, opened)
    return await read(tx, scope).catch((thrown: unknown) => {
      // The look stays in the trail though nothing was found.
      if (
        thrown instanceof Problem &&
        (thrown.kind === 'not-found' || thrown.kind === 'gone' || isHiddenProblem(thrown))
      )
        return thrown
      throw thrown
    })
  })
  if (answer instanceof Problem) throw answer
  return answer as T
}

function demandScope({ caller }: AppVisit, right: 'r' | 's', type: string): void {
  // Nothing found would read as: nobody has looked.
  if (type === 'AuditEvent')
    throw refuse(403, 'forbidden', 'An app does not read the trail', 'The person reads it in the patient app.')
  if (!grantsAppScope(caller.allowed, right, type))
    throw refuse(
      403,
      'forbidden',
      `This app was not given ${right === 'r' ? 'reading' : 'searching'} of ${type}`,
      `Ask for patient/${type}.rs.`,
    )
}
