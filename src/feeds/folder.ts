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
  /** Milliseconds that only ever grow: file times may be another machine's. */
  readonly elapsed?: () => number
  readonly log: Log
  readonly everyMs?: number
  /** A file that neither grew nor was touched for this long counts as whole. */
  readonly quietMs?: number
  readonly fileLengthMax?: number
}

/** What the watcher remembers between looks. */
type Seen = {
  /** By path: how a file was when it last changed, and when that was noticed (by `elapsed`). */
  readonly files: Map<string, { readonly state: string; readonly since: number }>
  /** Trouble that was told already, so that a look every half second does not fill the log. */
  readonly told: Set<string>
}

/**
 * Watches drop folders. A file is taken once it is whole (named without a leading dot or `.part`/`.tmp`, and unchanged for two seconds),
 * and moved to `taken/` after the commit that holds it; killed in between, it is read again and found to be the same. A sender that
 * may pause for longer writes under another name and renames.
 */
export function watchFolders(needs: FolderNeeds): { close(): Promise<void>; look(): Promise<void> } {
  const seen: Seen = { files: new Map(), told: new Set() }
  let looking: Promise<void> | undefined
  let closed = false
  const look = async () => {
    await tellOfStrangers(needs, seen)
    for (const source of needs.sources.all()) {
      if (closed) return
      // One source's folder that cannot be read or moved in holds up no other's.
      await lookIn(source, needs, seen).catch((fault) =>
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

/** Files in the folder of a source that nobody declared would wait unseen. */
async function tellOfStrangers({ inbox, sources, log }: FolderNeeds, { told }: Seen): Promise<void> {
  const declared = new Set(sources.all().map(({ id }) => id))
  const entries = await readdir(inbox, { withFileTypes: true }).catch(() => [])
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
    if (declared.has(name) || told.has(name)) continue
    told.add(name)
    log.warn({ folder: name }, 'a drop folder has the name of no declared source: nothing in it is taken in')
  }
}

async function lookIn(source: Source, needs: FolderNeeds, seen: Seen): Promise<void> {
  const folder = join(needs.inbox, source.id)
  const names = await readdir(folder).catch((fault) => {
    tellOnce(fault, folder, { source: source.id }, needs, seen)
    return []
  })
  for (const name of names.filter((one) => !one.startsWith('.') && !/\.(part|tmp)$/i.test(one)).sort()) {
    const path = join(folder, name)
    // Never through a link: whoever may drop files here must not make us read others.
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isFile()) continue
    if (!isQuiet(path, found, needs, seen)) continue
    try {
      await takeFile({ path, name, folder, length: found.size }, source, needs)
      seen.files.delete(path)
      seen.told.delete(path)
    } catch (fault) {
      // One file that cannot be read or moved holds up no other; a file's name may be a person's, so it is not logged.
      tellOnce(fault, path, { source: source.id }, needs, seen)
    }
  }
}

function isQuiet(
  path: string,
  { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number },
  { clock, elapsed = () => performance.now(), quietMs = 2_000 }: FolderNeeds,
  { files }: Seen,
): boolean {
  const state = `${size} ${mtimeMs}`
  const before = files.get(path)
  const now = elapsed()
  if (before?.state !== state) files.set(path, { state, since: now })
  const unchangedMs = before?.state === state ? now - before.since : 0
  return unchangedMs >= quietMs || clock().getTime() - mtimeMs >= quietMs
}

/** A folder that is not there is no trouble: its source sends by another door. */
function tellOnce(
  fault: unknown,
  path: string,
  about: Readonly<Record<string, unknown>>,
  { log }: FolderNeeds,
  { told }: Seen,
): void {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined
  if (code === 'ENOENT' || told.has(path)) return
  told.add(path)
  log.error(
    { ...about, code, fault: toProblem(fault).message },
    'a drop folder or a file in it cannot be read or moved',
  )
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
