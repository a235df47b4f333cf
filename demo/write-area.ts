import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Area } from './area.ts'

/** Writes every message to `folder/<source>/<name>`, to be looked at. @returns how many, by source */
export async function writeArea(area: Area, folder: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const { source, name, bytes } of area.messages()) {
    if (counts[source] === undefined) await mkdir(join(folder, source), { recursive: true })
    counts[source] = (counts[source] ?? 0) + 1
    await writeFile(join(folder, source, name), bytes)
  }
  return counts
}
