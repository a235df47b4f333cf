/** What a file is by its own first bytes: what its sender calls it is not believed (hazard H-36). */

/** The only kinds that a browser may show from here. */
export type FileKind = 'png' | 'jpeg' | 'gif' | 'pdf'

export const fileTypes: Readonly<Record<FileKind, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  pdf: 'application/pdf',
}

/** Undefined: anything else, to be downloaded only. @param bytes the beginning of the file, 16 bytes or more if it has them */
export function fileKind(bytes: Uint8Array): FileKind | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  if (head === '\x89PNG\r\n\x1a\n') return 'png'
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif'
  return head.startsWith('%PDF-') ? 'pdf' : undefined
}
