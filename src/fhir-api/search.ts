/** FHIR search by type, by GET and by POST. @see FHIR R4 search.html, http.html#search */
import { type Issue, Problem } from '../base/index.ts'
import { type SearchPage, searchResources } from '../store/index.ts'
import type { Answer } from './answer.ts'
import { searchTrailEvents } from './audit-events.ts'
import { bundleText, type Link, outcomeEntry, searchEntry } from './bundle-text.ts'
import type { FhirApiNeeds } from './needs.ts'
import { hiddenOutcome, outcomeText } from './outcome.ts'
import { Refusal } from './refusal.ts'
import { looking, type Visit } from './visit.ts'

export type SearchAsk = {
  readonly type: string
  readonly query: URLSearchParams
  /** `Prefer: handling=lenient`: what is not supported is left out and reported, in place of refused. */
  readonly lenient: boolean
}

export async function search(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, query, lenient }: SearchAsk,
  base: string,
): Promise<Answer> {
  if (type === 'AuditEvent') return await searchTrailEvents(needs, visit, query, base)
  const { parameters, cursor } = readQuery(query)
  const page = await searchPage(needs, visit, { type, parameters, cursor, lenient })
  const asked = parameters.filter(([name]) => !page.issues.some((issue) => issue.place === name))
  const links: Link[] = [['self', urlOf(base, type, asked)]]
  if (page.next !== undefined) links.push(['next', urlOf(base, type, [...asked, ['_cursor', page.next]])])
  const warned = [...page.issues, ...countWarning(page)]
  const entries = page.entries.map((entry) => searchEntry(entry, base, 'match'))
  if (page.mayHide) entries.push(outcomeEntry(hiddenOutcome()))
  if (warned.length > 0) entries.push(outcomeEntry(outcomeText(warned, 'not-supported')))
  return {
    status: 200,
    body: bundleText({
      type: 'searchset',
      ...(page.total && !page.total.more ? { total: page.total.count } : {}),
      links,
      entries,
    }),
  }
}

type PageAsk = {
  readonly type: string
  readonly parameters: readonly (readonly [string, string])[]
  readonly cursor: string | undefined
  readonly lenient: boolean
}

export async function searchPage(
  needs: FhirApiNeeds,
  visit: Visit,
  { type, parameters, cursor, lenient }: PageAsk,
): Promise<SearchPage> {
  const look = {
    interaction: 'search',
    type,
    what: 'fhir-search',
    detail: { parameters: [...new Set(parameters.map(([name]) => plainName(name)))] },
  } as const
  return await looking(needs, visit, look, async (tx, scope) => {
    const page = await searchResources(tx, scope, { type, parameters, ...(cursor === undefined ? {} : { cursor }) })
    // A search never reports success by guessing: the page would hold more than was asked for.
    if (page.issues.length > 0 && !lenient) throw new Refusal(400, 'not-supported', page.issues.map(asError))
    return { value: page, shown: page.entries }
  })
}

/** Parameters for the store, apart from those that are about form and paging. */
function readQuery(query: URLSearchParams): {
  readonly parameters: readonly (readonly [string, string])[]
  readonly cursor: string | undefined
} {
  const parameters: [string, string][] = []
  let cursor: string | undefined
  for (const [name, value] of query) {
    if (name === '_format' || name === '_pretty') continue
    if (name === '_cursor') cursor = value
    else if (name === '_summary' && value === 'false') continue
    else if (name === '_summary' && value === 'count') parameters.push(['_count', '0'])
    else parameters.push([name, value])
  }
  if (parameters.length > 100)
    throw new Problem('invalid', 'A search has at most 100 parameters', 'Ask in several searches.')
  return { parameters, cursor }
}

function urlOf(base: string, type: string, parameters: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]))
  return `${base}/${type}${parameters.length === 0 ? '' : `?${query}`}`
}

function countWarning({ total }: SearchPage): readonly Issue[] {
  if (!total?.more) return []
  return [
    {
      place: '',
      severity: 'warning',
      message: `There are more than ${total.count}; counting stopped there`,
      remedy: 'Narrow the search.',
    },
  ]
}

function asError({ place, message, remedy }: Issue): Issue {
  return { place: plainName(place), message, remedy: remedy ?? 'Leave it out, or send Prefer: handling=lenient.' }
}

/** A name that is none could be anything that was typed. */
function plainName(name: string): string {
  return /^[A-Za-z0-9_.:-]{1,64}$/.test(name) ? name : '(not a name)'
}
