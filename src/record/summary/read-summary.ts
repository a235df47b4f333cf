/**
 * Reading one person's record to send it out: the record, and the very facts that it was built from. Three statements.
 * Safeguarding is left out of all that leaves the screen, whatever the reader's role: who holds the paper is not known (hazard H-34).
 */
import type { Tx } from '../../base/index.ts'
import { readCompartments, readReferenced } from '../../store/index.ts'
import { buildRecord } from '../build-record.ts'
import type { FactRow } from '../held.ts'
import type { PersonRecord } from '../model.ts'
import type { Opened } from '../read-record.ts'
import { isSafeguardingText } from '../safeguarding.ts'
import { readSourceFreshness } from '../sources.ts'

export type ReadSummary = {
  readonly record: PersonRecord
  readonly rows: readonly FactRow[]
  readonly about: readonly FactRow[]
}

/** @param mayRead whether whoever asks may read a type: facts of others are not even looked at. A Patient always says whom it is about */
export async function readForSummary(
  tx: Tx,
  { scope }: Opened,
  now: Date,
  mayRead: (type: string) => boolean = () => true,
): Promise<ReadSummary> {
  const all = await readCompartments(tx, scope)
  const rows = all.filter((row) => (row.type === 'Patient' || mayRead(row.type)) && !isSafeguardingText(row.body))
  const about = (await readReferenced(tx, scope, rows)).filter(({ type }) => mayRead(type))
  const sources = await readSourceFreshness(tx, [...new Set(rows.map(({ messageId }) => messageId))])
  return { record: buildRecord({ rows, about, sources, now }), rows, about }
}
