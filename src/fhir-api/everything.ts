/** All that is held of one Patient of one source, and what it refers to. @see FHIR R4 patient-operation-everything.html */
import { Problem } from '../base/index.ts'
import { isResourceType } from '../fhir/index.ts'
import { countHidden, everythingOf, readResource } from '../store/index.ts'
import type { Answer } from './answer.ts'
import { bundleText, outcomeEntry, searchEntry } from './bundle-text.ts'
import type { FhirApiNeeds } from './needs.ts'
import { hiddenOutcome } from './outcome.ts'
import { plainId } from './read.ts'
import { mayDo } from './scopes.ts'
import { looking, type Visit } from './visit.ts'

/** In one page: a record is read whole. `_type` narrows it; types that the caller's scopes do not cover are left out. */
export async function everything(
  needs: FhirApiNeeds,
  visit: Visit,
  id: string,
  query: URLSearchParams,
  base: string,
): Promise<Answer> {
  const types = wantedTypes(query)
  const look = { interaction: 'read', type: 'Patient', what: 'fhir-everything', detail: { id: plainId(id) } } as const
  const found = await looking(needs, visit, look, async (tx, scope) => {
    const patient = await readResource(tx, scope, { type: 'Patient', id })
    const { resources, about } = await everythingOf(tx, scope, patient.pk)
    return { value: { resources, about, hidden: await countHidden(tx, scope, [patient.pk]) }, shown: [patient] }
  })
  const isShown = ({ type }: { readonly type: string }) =>
    (types === undefined || types.has(type)) && mayDo(visit.caller.scopes, 'r', type)
  // The Patient leads, so that a reader knows whom the rest is about.
  const own = found.resources
    .filter(isShown)
    .toSorted((a, b) => Number(b.type === 'Patient') - Number(a.type === 'Patient'))
  const others = found.about.filter(isShown)
  const entries = [
    ...own.map((each) => searchEntry(each, base, 'match')),
    ...others.map((each) => searchEntry(each, base, 'include')),
    ...(found.hidden > 0 ? [outcomeEntry(hiddenOutcome(found.hidden))] : []),
  ]
  const self = `${base}/Patient/${id}/$everything${query.size === 0 ? '' : `?${query}`}`
  const redacted = found.hidden > 0
  return {
    status: 200,
    body: bundleText({ type: 'searchset', total: own.length, redacted, links: [['self', self]], entries }),
  }
}

function wantedTypes(query: URLSearchParams): ReadonlySet<string> | undefined {
  const types = new Set<string>()
  for (const [name, value] of query) {
    if (name === '_format' || name === '_pretty') continue
    if (name !== '_type') throw new Problem('invalid', '$everything knows _type only', 'Leave other parameters out.')
    for (const type of value.split(',')) {
      if (!isResourceType(type)) throw new Problem('invalid', '_type names a type that R4 does not have', 'Correct it.')
      types.add(type)
    }
  }
  return types.size === 0 ? undefined : types
}
