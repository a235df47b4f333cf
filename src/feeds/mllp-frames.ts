const startBlock = 0x0b
const endBlock = 0x1c
const carriageReturn = 0x0d

/** One frame out of a stream: its bytes, or, when it grew over the limit, only its beginning and how large it was. */
export type Frame = {
  readonly bytes: Uint8Array
  readonly tooLong?: { readonly length: number }
  /** Before it a frame was begun and never ended: its sender gave it up, was not answered, and sends it again. */
  readonly afterCutOff?: true
}

const beginsMessage = Buffer.from('\x0bMSH', 'latin1')

/**
 * Cuts a byte stream into MLLP frames: partial reads, several frames in one read, garbage between frames, an end block without
 * its carriage return, frames given up for the next one, and frames over the limit, of which only the first part is held in memory.
 * @param lengthMax bytes of a frame that are accepted
 * @see HL7 v2.4 appendix C.4 (minimal lower layer protocol); facts: hl7v2-uk §1
 */
export function frameReader(lengthMax: number): {
  push(chunk: Uint8Array): readonly Frame[]
  readonly partial: () => boolean
} {
  const headMax = Math.min(lengthMax, 65_536)
  let parts: Uint8Array[] = []
  let length = 0
  let inside = false
  let justEnded = false

  function hold(piece: Uint8Array): void {
    length += piece.length
    if (length <= lengthMax) {
      parts.push(Uint8Array.prototype.slice.call(piece))
    } else if (parts.length > 0 || length === piece.length) {
      // Over the limit: keep the beginning, so that the sender can be told which message it was.
      const head = Buffer.concat([...parts, piece.subarray(0, headMax)]).subarray(0, headMax)
      overlong = Uint8Array.prototype.slice.call(head)
      parts = []
    }
  }
  let overlong: Uint8Array | undefined

  function end(): Frame {
    const frame = overlong
      ? { bytes: overlong, tooLong: { length } }
      : afterLastStart(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))
    parts = []
    length = 0
    overlong = undefined
    inside = false
    justEnded = true
    return frame
  }

  return {
    push(chunk) {
      const frames: Frame[] = []
      let at = 0
      while (at < chunk.length) {
        if (!inside) {
          if (justEnded && chunk[at] === carriageReturn) at += 1
          justEnded = false
          const start = chunk.indexOf(startBlock, at)
          if (start < 0) break
          inside = true
          at = start + 1
          continue
        }
        const stop = chunk.indexOf(endBlock, at)
        hold(chunk.subarray(at, stop < 0 ? chunk.length : stop))
        if (stop < 0) break
        frames.push(end())
        at = stop + 1
      }
      return frames
    },
    partial: () => inside,
  }
}

/**
 * A start block with a header inside a frame is the next message: were they read as one, results of two people would meet in it.
 * A start block alone is left: words pasted from a text program hold it as a soft line break.
 */
function afterLastStart(bytes: Uint8Array): Frame {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(beginsMessage)
  return at < 0 ? { bytes } : { bytes: bytes.subarray(at + 1), afterCutOff: true }
}

/** A message as MLLP sends it. */
export function frame(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(startBlock), bytes, Buffer.of(endBlock, carriageReturn)])
}
