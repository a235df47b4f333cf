/** Opening one person's record for one page: decision, audit line and every read in one transaction. No line, no data. */
import { mayStaff, type OpenedRecord, openRecord, withTrail } from '../../access/index.ts'
import { type Pool, type Tx, together } from '../../base/index.ts'
import { type Delivery, deliveriesOf } from '../../feeds/index.ts'
import { isOwnSource } from '../../fhir/index.ts'
import { readRecord } from '../../record/index.ts'
import { accessTags } from '../limited/why.tsx'
import { askFor, type Visit } from '../visit.ts'
import { deliveryWords } from '../write/delivery-words.ts'
import type { RecordModel } from './frame.tsx'

export type OpenedPage<Extra> = {
  readonly model: RecordModel
  readonly extra: Extra
  /** The id asked for belongs to someone merged into another: lead the reader to this one. */
  readonly movedTo?: string
}

/**
 * @param what the audit line's word for the page: `record-page`, `fact-lineage`
 * @param detail ids and names of pages only, for the audit line
 * @param also further reads of this page, in the same transaction
 * @throws Problem 'forbidden' | 'not-found'
 */
export async function openPage<Extra>(
  sql: Pool,
  visit: Visit,
  {
    person,
    what,
    detail,
    also,
  }: {
    readonly person: string
    readonly what: string
    readonly detail: Readonly<Record<string, string>>
    readonly also: (tx: Tx, opened: OpenedRecord) => Promise<Extra>
  },
): Promise<OpenedPage<Extra>> {
  return await withTrail(
    sql,
    async (tx) => {
      const opened = await openRecord(tx, visit.actor, person, askFor(visit, what, detail))
      const own = opened.compartments.filter(({ source }) => isOwnSource(source))
      // None waits for another's answer: they travel together.
      const [record, extra, deliveries] = await together(
        readRecord(tx, opened, visit.now),
        also(tx, opened),
        own.length === 0
          ? []
          : deliveriesOf(
              tx,
              own.map(({ pk }) => pk),
            ),
      )
      const model = {
        shell: visit.shell,
        person: opened.person,
        record,
        doubts: opened.doubts,
        ...(opened.access === undefined ? {} : { access: opened.access, tags: accessTags(opened.access) }),
        ...(opened.lookedBefore === undefined ? {} : { lookedBefore: opened.lookedBefore }),
        now: visit.now,
        mayWrite: mayStaff(visit.actor.role, 'write-record'),
        deliveries: byFact(deliveries, visit.now),
      }
      return { model, extra, ...(opened.person === person ? {} : { movedTo: opened.person }) }
    },
    { keepPlans: true },
  )
}

/** The newest words of each fact for each source. */
function byFact(deliveries: readonly Delivery[], now: Date): ReadonlyMap<string, readonly string[]> {
  const newest = new Map<string, Map<string, string>>()
  for (const delivery of deliveries) {
    const fact = `${delivery.type}/${delivery.factId}`
    const words = newest.get(fact) ?? new Map<string, string>()
    if (!words.has(delivery.target)) words.set(delivery.target, deliveryWords(delivery, now))
    newest.set(fact, words)
  }
  return new Map([...newest].map(([fact, words]) => [fact, [...words.values()]]))
}
