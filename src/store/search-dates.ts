/** Dates in searches: `ge2024-01`, `2024-05-01`, `lt2024-06-01T10:00:00Z`. @see FHIR R4 search.html#date */
import type { Issue } from '../base/index.ts'
import { dateRange } from '../fhir/index.ts'
import { type Criterion, type DatePrefix, type DateTest, split, unreadable, unsupported } from './search-criteria.ts'

export function dateTests(kind: 'date' | 'saved', name: string, value: string): Criterion | Issue {
  const tests: DateTest[] = []
  for (const text of split(value, ',')) {
    const [, prefix = 'eq', rest = ''] = /^([a-z]{2})?(.*)$/s.exec(text) ?? []
    if (prefix === 'ap') return unsupported(name, 'the prefix ap is not supported')
    const range = dateRange(rest.replace(' ', '+'))
    if (!range || !isPrefix(prefix))
      return unreadable(name, 'expected eq, ne, lt, le, gt, ge, sa, eb or nothing, and a date')
    tests.push({ prefix, start: new Date(range.start).toISOString(), end: new Date(range.end).toISOString() })
  }
  return tests.length === 0 ? unreadable(name, 'it has no value') : { kind, tests }
}

const prefixes: readonly string[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'sa', 'eb'] satisfies DatePrefix[]
const isPrefix = (text: string): text is DatePrefix => prefixes.includes(text)
