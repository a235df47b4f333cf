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
  /** Bytes in memory for a frame that is not whole yet. */
  readonly held: () => number
} {
  const headMax = Math.min(lengthMax, 65_536)
  // Grows by doubling: a sender that gives one byte at a time costs no object for each.
  let room = Buffer.alloc(0)
  let length = 0
  let inside = false
  let justEnded = false

  function hold(piece: Uint8Array): void {
    const before = length
    length += piece.length
    if (overlong) return
    if (length <= lengthMax) {
      if (length > room.length) {
        const more = Buffer.allocUnsafe(before === 0 ? length : Math.min(lengthMax, Math.max(length, room.length * 2)))
        room.copy(more, 0, 0, before)
        room = more
      }
      room.set(piece, before)
    } else {
      // Over the limit: keep the beginning, so that the sender can be told which message it was.
      overlong = Uint8Array.prototype.slice.call(
        Buffer.concat([room.subarray(0, before), piece.subarray(0, headMax)]).subarray(0, headMax),
      )
      room = Buffer.alloc(0)
    }
  }
  let overlong: Uint8Array | undefined

  function end(): Frame {
    const frame = overlong ? { bytes: overlong, tooLong: { length } } : afterLastStart(room.subarray(0, length))
    room = Buffer.alloc(0)
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
    held: () => room.length,
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
