import { lstat, mkdir, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Log, toProblem } from '../base/index.ts'
import type { Format } from './format.ts'
import type { Receipt } from './message.ts'
import { cutOffKind } from './never-applied.ts'
import type { Pipeline } from './pipeline.ts'
import { recogniseFormat } from './recognise-format.ts'
import type { Source } from './source.ts'
import type { Sources } from './sources.ts'

export type FolderNeeds = {
  /** Holds one folder per source: `inbox/<source id>/`. */
  readonly inbox: string
  readonly pipeline: Pipeline
  readonly sources: Sources
  readonly format: (id: string) => Format | undefined
  readonly clock: Clock
  readonly log: Log
  readonly everyMs?: number
  readonly fileLengthMax?: number
}

/**
 * Watches drop folders. A file is taken once it is whole (named without a leading dot or `.part`/`.tmp`, and as long as it was a
 * look ago), and moved to `taken/` after the commit that holds it; killed in between, it is read again and found to be the same.
 */
export function watchFolders(needs: FolderNeeds): { close(): Promise<void>; look(): Promise<void> } {
  const lengths = new Map<string, number>()
  let looking: Promise<void> | undefined
  let closed = false
  const look = async () => {
    for (const source of needs.sources.all()) {
      if (closed) return
      // One source's folder that cannot be read or moved in holds up no other's.
      await lookIn(source, needs, lengths).catch((fault) =>
        needs.log.error(
          {
            source: source.id,
            fault: toProblem(fault).message,
            code: fault instanceof Error && 'code' in fault ? fault.code : undefined,
          },
          'a drop folder could not be worked on',
        ),
      )
    }
  }
  const timer = setInterval(() => {
    looking ??= look()
      .catch((fault) =>
        needs.log.error(
          { fault: toProblem(fault).message, code: fault instanceof Error && 'code' in fault ? fault.code : undefined },
          'the drop folders could not be read',
        ),
      )
      .finally(() => {
        looking = undefined
      })
  }, needs.everyMs ?? 500)
  return {
    look,
    async close() {
      closed = true
      clearInterval(timer)
      await looking
    },
  }
}

async function lookIn(source: Source, needs: FolderNeeds, lengths: Map<string, number>): Promise<void> {
  const folder = join(needs.inbox, source.id)
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => !one.startsWith('.') && !/\.(part|tmp)$/i.test(one)).sort()) {
    const path = join(folder, name)
    // Never through a link: whoever may drop files here must not make us read others.
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isFile()) continue
    const before = lengths.get(path)
    lengths.set(path, found.size)
    if (before !== found.size && needs.clock().getTime() - found.mtimeMs < 1_000) continue // still being written, perhaps
    await takeFile({ path, name, folder, length: found.size }, source, needs)
    lengths.delete(path)
  }
}

async function takeFile(
  file: { readonly path: string; readonly name: string; readonly folder: string; readonly length: number },
  source: Source,
  needs: FolderNeeds,
): Promise<void> {
  const lengthMax = needs.fileLengthMax ?? 64_000_000
  const tooLong = file.length > lengthMax
  const body = await readStart(file.path, Math.min(file.length, tooLong ? 65_536 : lengthMax))
  const format = recogniseFormat(body, source.formats, file.name)
  const language = format && needs.format(format)
  const envelope = language?.envelope(body, source) ?? { controlId: '', kind: 'file', orderKey: '' }
  const issues = tooLong
    ? [
        {
          place: '',
          message: `A file of ${file.length} bytes, expected at most ${lengthMax}; only its beginning was kept`,
          remedy: 'Send it in smaller files.',
        },
      ]
    : language
      ? undefined
      : [
          {
            place: '',
            message: `None of the formats that ${source.id} declares (${source.formats.join(', ')}) fits this file`,
            remedy: 'Correct the file, or declare its format.',
          },
        ]
  const receipt: Receipt = await needs.pipeline.receive({
    ...envelope,
    ...(tooLong ? { kind: `${cutOffKind}${envelope.kind}` } : {}),
    source: source.id,
    format: format ?? source.formats[0] ?? 'csv',
    body,
    receivedAt: needs.clock(),
    ...(issues ? { issues } : {}),
  })
  needs.log.info(
    { source: source.id, messageId: receipt.messageId, status: receipt.status, ...receipt.parts },
    'a file was taken in',
  )
  await mkdir(join(file.folder, 'taken'), { recursive: true })
  await rename(file.path, join(file.folder, 'taken', file.name))
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const bytes = Buffer.alloc(length)
    let at = 0
    while (at < length) {
      const { bytesRead } = await handle.read(bytes, at, length - at, at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await handle.close()
  }
}
