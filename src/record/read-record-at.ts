/** The record as it was known at a past moment: facts, links, references and feeds as they stood, and ages as they were. */
import type { Int64, Tx } from '../base/index.ts'
import {
  type EndedResource,
  readByKeys,
  readCompartmentsAt,
  readReferencesAt,
  referencesIn,
  type Scope,
} from '../store/index.ts'
import { recordFrom } from './build-record.ts'
import { hold, holdFacts, readFact } from './held.ts'
import { isRestricted } from './identity-block.ts'
import { type LetterFile, letterFile } from './letters.ts'
import type { PersonRecord } from './model.ts'
import type { Opened } from './read-record.ts'
import { readSourceFreshnessAt } from './sources.ts'

/** What opening a record at a moment yields; only `access/` makes it, with the audit line, in the same transaction. */
export type OpenedAt = Opened & {
  readonly at: Date
  /** The person's Patients today. */
  readonly now: {
    readonly scope: Scope
    readonly patients: readonly { readonly pk: Int64; readonly patientId: string }[]
  }
}

export type RecordThen = {
  readonly record: PersonRecord
  /** What had been here and had ended by then. */
  readonly ended: readonly EndedResource[]
}

/**
 * The record as it was known at `at`. Where the person is protected now is protected here too, whatever was known then (hazard H-21).
 * Four statements.
 */
export async function readRecordAt(tx: Tx, opened: OpenedAt): Promise<RecordThen> {
  const { scope, at, now, safeguarding = 'shown' } = opened
  const instant = at.toISOString()
  const { resources, ended } = await readCompartmentsAt(tx, scope, instant)
  const about = await readReferencesAt(tx, scope, referencesIn(resources), instant)
  const sources = await readSourceFreshnessAt(tx, [...new Set(resources.map(({ messageId }) => messageId))], at)
  const protectedNow = await isProtected(tx, now)
  const held = hold({ rows: resources.map(readFact), about: about.map(readFact), sources, safeguarding })
  return { record: recordFrom(held, { sources, now: at, protectedNow }), ended }
}

/** One file of one letter as it was known then; undefined when there is none such. */
export async function readLetterFileAt(
  tx: Tx,
  { scope, at, safeguarding }: OpenedAt,
  { key, index }: { readonly key: string; readonly index: number },
): Promise<LetterFile | undefined> {
  const instant = at.toISOString()
  const { resources } = await readCompartmentsAt(tx, scope, instant)
  const letters = resources.filter(({ type, id }) => `${type}-${id}` === key)
  const about = await readReferencesAt(tx, scope, referencesIn(letters), instant)
  return letterFile(holdFacts(letters, about, [], safeguarding), key, index)
}

async function isProtected(tx: Tx, { scope, patients }: OpenedAt['now']): Promise<boolean> {
  const keys = patients.map(({ pk, patientId }) => ({ pk, type: 'Patient', id: patientId }))
  const found = await readByKeys(tx, scope, keys)
  return found.map(readFact).some(({ resource }) => resource?.resourceType === 'Patient' && isRestricted(resource))
}
