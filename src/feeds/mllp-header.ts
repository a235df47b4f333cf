/** What the MLLP door needs of a message before anyone understands it. */
export type MllpHeader = {
  readonly application: string
  readonly facility: string
  readonly controlId: string
  /** P production, T training, D debugging; '' when not given. */
  readonly processingId: string
}

/** A look at MSH-3, MSH-4, MSH-10 and MSH-11; undefined when the bytes do not begin with a message header. Never throws. */
export function mllpHeader(bytes: Uint8Array): MllpHeader | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8_192))
    .toString('latin1')
    .replace(/^(?:ï»¿|\s)+/, '')
  const [line = ''] = text.split(/[\r\n]/, 1)
  if (!/^MSH[^A-Za-z0-9\s]/.test(line)) return undefined
  // MSH-1 is the separator itself, so MSH-n is the (n - 1)th text after splitting.
  const fields = line.split(line.charAt(3))
  const component = fields[1]?.charAt(0) || '^'
  const first = (n: number) => fields[n - 1]?.split(component)[0]?.trim() ?? ''
  return { application: first(3), facility: first(4), controlId: fields[9] ?? '', processingId: first(11) }
}
