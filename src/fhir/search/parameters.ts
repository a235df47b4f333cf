/** The search parameters of R4, by resource type, read from the compact table when a type is first used. @see FHIR R4 searchparameter-registry.html */
import { searchParameterTable } from '../definitions/search-parameters.ts'

export type SearchParameterType = 'token' | 'reference' | 'date' | 'string' | 'quantity' | 'number' | 'uri'

export type SearchParameter = {
  readonly code: string
  readonly type: SearchParameterType
  /** Ways through the resource: steps, the last of which is the data type found there. */
  readonly walks: readonly (readonly string[])[]
  /** For references: the types it may point to; absent means any. */
  readonly targets?: readonly string[]
}

type Row = [code: string, type: SearchParameterType, walks: string[][], targets?: string[]]

const read = new Map<string, ReadonlyMap<string, SearchParameter>>()

/** By code: `birthdate`, `_lastUpdated`. Composite and special parameters are not among them. Empty for an unknown type. */
export function searchParameters(resourceType: string): ReadonlyMap<string, SearchParameter> {
  let parameters = read.get(resourceType)
  if (!parameters) {
    const text = Object.hasOwn(searchParameterTable, resourceType) ? searchParameterTable[resourceType] : undefined
    const rows = JSON.parse(text ?? '[]') as Row[]
    parameters = new Map(
      rows.map(([code, type, walks, targets]) => [
        code,
        targets ? { code, type, walks, targets } : { code, type, walks },
      ]),
    )
    // An unknown type is not remembered: callers may ask for any text.
    if (text !== undefined) read.set(resourceType, parameters)
  }
  return parameters
}

/** The resource types of R4, in alphabetical order. */
export const resourceTypes: readonly string[] = Object.keys(searchParameterTable)

export function isResourceType(type: string): boolean {
  return Object.hasOwn(searchParameterTable, type)
}
