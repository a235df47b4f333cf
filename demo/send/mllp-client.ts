import { connect, type Socket } from 'node:net'

const startBlock = 0x0b
const endBlock = Buffer.from([0x1c, 0x0d])

export type MllpClient = {
  /** Sends one message and waits for its acknowledgement. @returns MSA-1: `AA`, `AE`, `AR` @throws when the connection fails or nothing comes in time */
  readonly send: (message: Uint8Array) => Promise<string>
  readonly close: () => void
}

/** One long-lived connection, opened when first needed and again after a failure. @see HL7 v2.4 appendix C, minimal lower layer protocol */
export function mllpClient({
  host,
  port,
  answerWithinMs = 30_000,
}: {
  readonly host: string
  readonly port: number
  readonly answerWithinMs?: number
}): MllpClient {
  let socket: Socket | undefined
  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const opening = connect({ host, port, noDelay: true, keepAlive: true })
      opening.once('error', reject)
      opening.once('connect', () => {
        opening.off('error', reject)
        resolve(opening)
      })
    })
  const drop = () => {
    socket?.destroy()
    socket = undefined
  }
  return {
    async send(message) {
      socket ??= await open()
      try {
        const answer = exchange(socket, answerWithinMs)
        socket.write(Buffer.concat([Buffer.from([startBlock]), message, endBlock]))
        return acknowledgementCode(await answer, message)
      } catch (fault) {
        drop()
        throw fault
      }
    },
    close: drop,
  }
}

/** The next whole frame: it may come in many reads. */
function exchange(socket: Socket, withinMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0)
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      socket.off('data', read).off('error', fail).off('close', closed)
      settle()
    }
    const fail = (fault: Error) => finish(() => reject(fault))
    const closed = () => fail(new Error('the connection closed before the acknowledgement'))
    const timer = setTimeout(() => fail(new Error(`no acknowledgement within ${withinMs} ms`)), withinMs)
    const read = (bytes: Buffer) => {
      held = Buffer.concat([held, bytes])
      const start = held.indexOf(startBlock)
      const end = held.indexOf(endBlock, Math.max(start, 0))
      if (start >= 0 && end > start) finish(() => resolve(held.subarray(start + 1, end)))
    }
    socket.on('data', read).once('error', fail).once('close', closed)
  })
}

/** MSA-1, once MSA-2 is seen to answer this very message. */
function acknowledgementCode(answer: Buffer, message: Uint8Array): string {
  const msa = answer
    .toString('latin1')
    .split('\r')
    .find((line) => line.startsWith('MSA|'))
    ?.split('|')
  const controlId = Buffer.from(message).toString('latin1').split('\r', 1)[0]?.split('|')[9]
  if (msa?.[1] === undefined || msa[2] !== controlId)
    throw new Error('the acknowledgement does not answer this message')
  return msa[1]
}
