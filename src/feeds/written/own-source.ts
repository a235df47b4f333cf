import { createHash } from 'node:crypto'
import type { Clock, Sql } from '../../base/index.ts'
import { ownSourcePrefix } from '../../fhir/index.ts'
import { factId, type Source } from '../source.ts'
import { type Sources, saveSource } from '../sources.ts'

/** The source of what an organisation's staff write here: `Throughline, Riverside Surgery`. Its id follows from the organisation's code. */
export async function ownSourceOf(
  {
    sql,
    sources,
    clock,
  }: { readonly sql: Sql; readonly sources: Pick<Sources, 'get' | 'refresh'>; readonly clock: Clock },
  organisation: { readonly code: string; readonly name: string },
): Promise<Source> {
  const id = ownSourceId(organisation.code)
  const known = sources.get(id)
  if (known) return known
  // Two processes that meet here make the same one: the first namespace stays.
  await saveSource(
    sql,
    { id, name: `Throughline, ${organisation.name}`, kind: 'other', organisation, formats: ['fhir'], settings: {} },
    clock,
  )
  await sources.refresh()
  const made = sources.get(id)
  if (!made) throw new Error('own source: it was saved and is not there')
  return made
}

/** Codes hold letters and digits; what else stands in one must not make two organisations meet. */
export function ownSourceId(code: string): string {
  const plain = code.toLowerCase()
  if (/^[a-z0-9]{1,40}$/.test(plain)) return ownSourcePrefix + plain
  return ownSourcePrefix + createHash('sha256').update(code).digest('hex').slice(0, 20)
}

/** The Practitioner of a member of staff in our own source: by it an entry is known as one's own. */
export function authorId(source: Source, staffId: string): string {
  return factId(source, 'Practitioner', staffId)
}
