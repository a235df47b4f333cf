/** Requests that name what they mean by a search. @see FHIR R4 http.html#ccreate, #cond-update, #trules */
import { Problem } from '../base/index.ts'
import type { StoredResource } from '../store/index.ts'
import type { FhirApiNeeds } from './needs.ts'
import { refuse } from './refusal.ts'
import { searchPage } from './search.ts'
import type { Visit } from './visit.ts'

/**
 * The one resource that a search finds; undefined when there is none.
 * @throws Refusal 412 when there are several: which one was meant would be a guess
 */
export async function theOne(
  needs: FhirApiNeeds,
  visit: Visit,
  type: string,
  query: string,
): Promise<StoredResource | undefined> {
  const parameters = [...new URLSearchParams(query)]
  if (parameters.length === 0)
    throw new Problem('invalid', 'A condition without parameters would mean every resource', 'Name an identifier.')
  const page = await searchPage(needs, visit, {
    type,
    parameters: [...parameters, ['_count', '2']],
    cursor: undefined,
    lenient: false,
  })
  if (page.entries.length > 1) {
    throw refuse(
      412,
      'multiple-matches',
      `The condition meets more than one ${type}`,
      'Name an identifier that only one has.',
    )
  }
  return page.entries[0]
}

/** `Type/id` for each reference that is a search. @throws Refusal 412 when one meets none or several */
export async function meetReferences(
  needs: FhirApiNeeds,
  visit: Visit,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const met = new Map<string, string>()
  for (const reference of references) {
    const mark = reference.indexOf('?')
    const found = await theOne(needs, visit, reference.slice(0, mark), reference.slice(mark + 1))
    if (!found)
      throw refuse(
        412,
        'not-found',
        `A reference by search to a ${reference.slice(0, mark)} meets none`,
        'Send that resource first.',
      )
    met.set(reference, `${found.type}/${found.id}`)
  }
  return met
}
