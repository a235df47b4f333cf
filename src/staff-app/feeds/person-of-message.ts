import type { Sql } from '../../base/index.ts'
import type { MessageDetail } from '../../feeds/index.ts'
import { personsOfCompartments } from '../../identity/index.ts'
import { compartmentsOfFacts } from '../../store/index.ts'

/** Whose records a message's facts stand in: whoever reads the message has looked at each of them. None: nothing of it was applied. */
export async function personsOfMessage(
  sql: Sql,
  { translation }: Pick<MessageDetail, 'translation'>,
): Promise<readonly string[]> {
  const pks = await compartmentsOfFacts(sql, translation?.lineage ?? [])
  return [...new Set((await personsOfCompartments(sql, pks)).values())]
}
