import type { Sql } from '../../base/index.ts'
import type { MessageDetail } from '../../feeds/index.ts'
import { personOf } from '../../identity/index.ts'
import { patientKey } from '../../store/index.ts'

/** Whose record a message's facts stand in, when they are all of one person; undefined when of several, or of nobody. */
export async function personOfMessage(
  sql: Sql,
  { translation }: Pick<MessageDetail, 'translation'>,
): Promise<string | undefined> {
  const patients = new Set(translation?.lineage.filter(({ type }) => type === 'Patient').map(({ id }) => id))
  if (patients.size === 0 || patients.size > 4) return undefined
  const persons = new Set(await Promise.all([...patients].map((id) => personOf(sql, patientKey(id)))))
  return persons.size === 1 ? [...persons][0] : undefined
}
