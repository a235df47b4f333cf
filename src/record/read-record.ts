/** Reading one person's record: three statements, whatever its size. */
import type { Tx } from '../base/index.ts'
import { readReferenced, readResource, type Scope } from '../store/index.ts'
import { recordFrom } from './build-record.ts'
import { holdFacts } from './held.ts'
import { readHeld } from './keep-facts.ts'
import { type LetterFile, letterFile } from './letters.ts'
import type { PersonRecord } from './model.ts'
import type { SafeguardingView } from './safeguarding.ts'

/** What opening a record yields; only `access/` makes the Scope, with the audit line, in the same transaction. */
export type Opened = { readonly scope: Scope; readonly safeguarding?: SafeguardingView }

/** The record as all sources tell it now. @param now for ages and for what is still to come */
export async function readRecord(tx: Tx, opened: Opened, now: Date): Promise<PersonRecord> {
  const { held, sources } = await readHeld(tx, opened, now)
  return recordFrom(held, { sources, now })
}

/** One file of one letter; undefined when there is none such. */
export async function readLetterFile(
  tx: Tx,
  { scope, safeguarding }: Opened,
  { key, index }: { readonly key: string; readonly index: number },
): Promise<LetterFile | undefined> {
  const [type = '', id = ''] = [key.slice(0, key.indexOf('-')), key.slice(key.indexOf('-') + 1)]
  const letter = await readResource(tx, scope, { type, id })
  const about = await readReferenced(tx, scope, [letter])
  return letterFile(holdFacts([letter], about, [], safeguarding), key, index)
}
