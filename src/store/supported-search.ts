/** What searches can use, found by asking: the capability statement says neither more nor less than what is answered. */
import { type SearchParameterType, searchParameters } from '../fhir/index.ts'
import { readSearch } from './search-criteria.ts'

export type SupportedParameter = { readonly name: string; readonly type: SearchParameterType | 'composite' }

const examples: Readonly<Record<SearchParameterType, string>> = {
  token: 'a',
  reference: 'Patient/a',
  date: '2024',
  string: 'a',
  quantity: '1',
  number: '1',
  uri: 'http://example.org/a',
}

/** The parameters of a resource type that a search uses, in alphabetical order. */
export function supportedParameters(type: string): readonly SupportedParameter[] {
  const isUsed = (name: string, value: string) => readSearch(type, [[name, value]]).issues.length === 0
  const supported: SupportedParameter[] = [...searchParameters(type).values()]
    .filter(({ code, type: kind, targets }) =>
      isUsed(code, kind === 'reference' && targets ? `${targets[0]}/a` : examples[kind]),
    )
    .map(({ code, type: kind }) => ({ name: code, type: kind }))
  if (isUsed('_id', 'a') && !supported.some(({ name }) => name === '_id'))
    supported.push({ name: '_id', type: 'token' })
  if (isUsed('_lastUpdated', '2024') && !supported.some(({ name }) => name === '_lastUpdated'))
    supported.push({ name: '_lastUpdated', type: 'date' })
  if (isUsed('code-value-quantity', 'http://example.org|a$1'))
    supported.push({ name: 'code-value-quantity', type: 'composite' })
  return supported.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
