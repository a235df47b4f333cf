import type { Int64, Sql } from '../base/index.ts'
import { findLeaf } from './leaves.ts'
import { type LineFields, leafOf, lineFields } from './line-text.ts'

/** A month whose lines were exported and dropped. */
export type Retired = {
  readonly idFirst: Int64
  readonly idNext: Int64
  readonly lines: number
  /** SHA-256 of the exported file, hexadecimal. */
  readonly digest: string
  /** The line of the trail that says so. */
  readonly line: Int64
  /** That line stands in the sealed order and names this month and this file: without it, the month was simply removed. */
  readonly sealed: boolean
}

export async function readRetired(sql: Sql): Promise<readonly Retired[]> {
  const rows = await sql<Omit<Retired, 'sealed'>[]>`
    select id_first as "idFirst", id_next as "idNext", lines::int as lines, digest, line from audit_retired order by id_first`
  const told: Retired[] = []
  for (const row of rows) {
    const [line] = await sql<LineFields[]>`select ${lineFields(sql)} from audit_event where id = ${row.line}`
    const leaf = await findLeaf(sql, row.line)
    const names =
      line?.what === 'trail-retired' &&
      [row.idFirst, row.idNext, row.digest].every((text) => line.detail.includes(`"${text}"`))
    told.push({
      ...row,
      sealed: line !== undefined && leaf !== undefined && names === true && leafOf(line).equals(leaf.hash),
    })
  }
  return told
}
