import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DemoMessage } from '../write/message.ts'

/** Drops a file as a careful system does: written under a hidden name, renamed once it is whole. */
export async function dropFile(inbox: string, { source, name, bytes }: DemoMessage): Promise<void> {
  const folder = join(inbox, source)
  await mkdir(folder, { recursive: true })
  const unfinished = join(folder, `.${name}.part`)
  await writeFile(unfinished, bytes)
  await rename(unfinished, join(folder, name))
}
