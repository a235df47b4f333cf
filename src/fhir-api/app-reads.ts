/** What a SMART app reads: one person's record, as the one who let it in may see it, and of that what its scopes name. */
import { type Ask, openOwnRecord, openRecord, withTrail } from '../access/index.ts'
import { Problem, type Tx } from '../base/index.ts'
import { isSafeguardingText } from '../record/index.ts'
import { type AppCaller, grantsAppScope } from '../smart-apps/index.ts'
import { readResource, type Scope, type StoredResource, searchResources } from '../store/index.ts'
import type { Answer } from './answer.ts'
import { bundleText, type Link, searchEntry } from './bundle-text.ts'
import type { FhirApiNeeds } from './needs.ts'
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
  return await looking(
    needs,
    visit,
    { what: 'app-read', detail: { type, id: plainId(id) } },
    async (tx, scope, mayShow) => {
      const found = await readResource(tx, scope, { type, id })
      // What may not be seen answers as what is not there: the difference would tell of it.
      if (!mayShow(found.body)) throw new Problem('not-found', `${type}/${plainId(id)} is not here`, 'Check the id.')
      return answerOf(found)
    },
  )
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
  let count = 50
  let from = 0
  for (const [name, value] of query) {
    if (name === '_format' || name === '_pretty') continue
    if (name === '_cursor' && /^\d{1,6}$/.test(value)) from = Number(value)
    else if (name === '_count' && /^\d{1,9}$/.test(value)) count = Math.min(Number(value), pageMax)
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
  return await looking(needs, visit, { what: 'app-search', action: 'E', detail }, async (tx, scope, mayShow) => {
    // Cut into pages after what is hidden was taken out: a page with a gap, or one more page, would tell of it.
    const shown = (await allMatches(tx, scope, { type, parameters })).filter(({ body }) => mayShow(body))
    const entries = shown.slice(from, from + count).map((entry) => searchEntry(entry, base, 'match'))
    const here = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]))
    if (count !== 50) here.set('_count', String(count))
    const links: Link[] = [['self', `${base}/${type}?${here}`]]
    if (count > 0 && from + count < shown.length) {
      here.set('_cursor', String(from + count))
      links.push(['next', `${base}/${type}?${here}`])
    }
    return { status: 200, body: bundleText({ type: 'searchset', links, entries }) }
  })
}

const pageMax = 1_000
/** Of one person and one type; who holds more asks by date. */
const matchesMax = 20_000

async function allMatches(
  tx: Tx,
  scope: Scope,
  { type, parameters }: { readonly type: string; readonly parameters: readonly (readonly [string, string])[] },
): Promise<readonly StoredResource[]> {
  const found: StoredResource[] = []
  let cursor: string | undefined
  do {
    const page = await searchResources(tx, scope, {
      type,
      parameters: [...parameters, ['_count', String(pageMax)]],
      ...(cursor === undefined ? {} : { cursor }),
    })
    if (page.issues.length > 0)
      throw new Refusal(
        400,
        'not-supported',
        page.issues.map(({ message, remedy }) => ({ place: '', message, remedy: remedy ?? 'Leave it out.' })),
      )
    found.push(...page.entries)
    cursor = page.next
  } while (cursor !== undefined && found.length < matchesMax)
  if (cursor !== undefined)
    throw refuse(400, 'too-costly', `There are more than ${matchesMax} matches`, 'Narrow the search by date.')
  return found
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
  read: (tx: Tx, scope: Scope, mayShow: (body: string) => boolean) => Promise<T>,
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
    const hides = actor.kind === 'patient' || opened.access === undefined || opened.access.hidden.length > 0
    // Where anything is hidden from this reader, an app is given nothing that carries a label: it could not show it as hidden.
    const mayShow = (body: string) =>
      (opened.safeguarding === 'shown' || !isSafeguardingText(body)) && !(hides && isLabelled(body))
    return await read(tx, opened.scope, mayShow).catch((thrown: unknown) => {
      // The look stays in the trail though nothing was found.
      if (thrown instanceof Problem && (thrown.kind === 'not-found' || thrown.kind === 'gone')) return thrown
      throw thrown
    })
  })
  if (answer instanceof Problem) throw answer
  return answer as T
}

function demandScope({ caller }: AppVisit, right: 'r' | 's', type: string): void {
  if (!grantsAppScope(caller.allowed, right, type))
    throw refuse(
      403,
      'forbidden',
      `This app was not given ${right === 'r' ? 'reading' : 'searching'} of ${type}`,
      `Ask for patient/${type}.rs.`,
    )
}

/** Whether a source marked it: restricted, very restricted, or by kind. */
function isLabelled(body: string): boolean {
  const resource = JSON.parse(body) as { readonly meta?: { readonly security?: readonly unknown[] } }
  return (resource.meta?.security?.length ?? 0) > 0
}
