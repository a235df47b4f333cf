/** Opening one person's record as it was known at a past moment, for one page: decision, lines of the trail and reads in one transaction. */
import { type OpenedRecordAt, openRecord, openRecordAt, withTrail } from '../../access/index.ts'
import type { Pool, Tx } from '../../base/index.ts'
import { readRecordAt } from '../../record/index.ts'
import { accessTags } from '../limited/why.tsx'
import { askFor, type Visit } from '../visit.ts'
import type { RecordModel } from './frame.tsx'
import type { Moment } from './moment.ts'
import type { NoRecordThen } from './past.tsx'

export type OpenedPast<Extra> =
  | { readonly kind: 'record'; readonly model: RecordModel; readonly extra: Extra; readonly movedTo?: string }
  | { readonly kind: 'none'; readonly no: NoRecordThen; readonly person: string }

/**
 * What cannot be looked at is asked for in the trail all the same, as the record it is about.
 * @throws Problem 'forbidden' | 'not-found'
 */
export async function openPast<Extra>(
  sql: Pool,
  visit: Visit,
  {
    person,
    moment,
    what,
    detail,
    also,
  }: {
    readonly person: string
    readonly moment: Exclude<Moment, { readonly kind: 'now' }>
    readonly what: string
    readonly detail: Readonly<Record<string, string>>
    readonly also: (tx: Tx, opened: OpenedRecordAt) => Promise<Extra>
  },
): Promise<OpenedPast<Extra>> {
  return await withTrail(sql, async (tx): Promise<OpenedPast<Extra>> => {
    const ask = askFor(visit, what, detail)
    if (moment.kind !== 'past') {
      const opened = await openRecord(tx, visit.actor, person, ask)
      return {
        kind: 'none',
        no: moment.kind === 'future' ? { why: 'future', at: moment.at } : { why: 'unreadable' },
        person: opened.person,
      }
    }
    const { at } = moment
    const opened = await openRecordAt(tx, visit.actor, person, ask, at)
    if (opened.compartments.length === 0)
      return { kind: 'none', no: { why: 'before-first', at, firstKnown: opened.firstKnown }, person: opened.person }
    const { record } = await readRecordAt(tx, opened)
    const extra = await also(tx, opened)
    const past = { at, partedSince: opened.partedSince }
    return {
      kind: 'record',
      model: {
        shell: visit.shell,
        person: opened.person,
        record,
        now: at,
        past,
        ...(opened.access === undefined ? {} : { access: opened.access, tags: accessTags(opened.access) }),
      },
      extra,
      ...(opened.person === person ? {} : { movedTo: opened.person }),
    }
  })
}
