/** Opening a record to write in it. */
import { openWriting, withTrail } from '../../access/index.ts'
import { Problem } from '../../base/index.ts'
import { type HeldEntry, heldEntry, isAuthor, ownSourceId } from '../../feeds/index.ts'
import { isOwnSource } from '../../fhir/index.ts'
import { readRecord } from '../../record/index.ts'
import { readResource } from '../../store/index.ts'
import type { StaffNeeds } from '../needs.ts'
import type { RecordModel } from '../patients/frame.tsx'
import { askFor, type Visit } from '../visit.ts'

export type OpenedForm = {
  readonly model: RecordModel
  /** The entry that is to be corrected or withdrawn. */
  readonly held?: HeldEntry
}

/**
 * The record behind a form, with the decision and the audit line.
 * @param entry one's own entry, that is to be changed
 * @throws Problem 'forbidden' | 'not-found'; 'conflict' when the person was merged into another, or the entry is somebody else's
 */
export async function openForm(
  needs: Pick<StaffNeeds, 'sql' | 'sources'>,
  visit: Visit,
  person: string,
  { form, entry }: { readonly form: string; readonly entry?: { readonly type: string; readonly id: string } },
): Promise<OpenedForm> {
  return await withTrail(needs.sql, async (tx) => {
    const opened = await openWriting(tx, visit.actor, person, askFor(visit, 'entry-form', { form }))
    if (opened.person !== person) throw joined()
    const held = entry ? heldEntry(await readResource(tx, opened.scope, entry)) : undefined
    if (entry && !held) throw new Problem('not-found', 'There is no such entry', 'Choose one that was written here.')
    if (held) checkOwn(needs, visit, held)
    const record = await readRecord(tx, opened, visit.now)
    const model = { shell: visit.shell, person, record, doubts: opened.doubts, now: visit.now }
    return held ? { model, held } : { model }
  })
}

/** Only its author changes an entry: anybody else writes what they know beside it. */
function checkOwn({ sources }: Pick<StaffNeeds, 'sources'>, { actor }: Visit, held: HeldEntry): void {
  const source = sources.get(ownSourceId(actor.organisation.code))
  if (!source || !isOwnSource(source.id) || !isAuthor(held, source, actor.id))
    throw new Problem(
      'forbidden',
      'Only its author can change an entry',
      'Add an entry of your own, or ask its author.',
    )
  if (held.withdrawn)
    throw new Problem('conflict', 'This entry was withdrawn before', 'Add a new one, if it should stand.')
}

export const joined = () =>
  new Problem(
    'conflict',
    'This record was joined with another, and nothing was saved',
    'Find the person again, make sure that it is the right record, and write it there.',
  )
