import { connect, type Socket } from 'node:net'

/** A sender of HL7 v2 as hospitals have them: one connection, one message at a time, waits for each acknowledgement. */
export type MllpClient = {
  /** @returns the acknowledgement's text @throws when the connection ends before it came */
  send(message: Uint8Array): Promise<string>
  /** Bytes as they are, with no frame around them. */
  raw(bytes: Uint8Array): void
  /** The next acknowledgement, for those who send by `raw`. */
  next(): Promise<string>
  close(): void
}

export async function connectMllp({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<MllpClient> {
  const socket: Socket = connect({ host, port, noDelay: true })
  await new Promise<void>((done, failed) => {
    socket.once('connect', done)
    socket.once('error', failed)
  })
  const answers: string[] = []
  const waiting: { readonly done: (answer: string) => void; readonly failed: (why: Error) => void }[] = []
  let pending: Buffer = Buffer.alloc(0)
  let ended: Error | undefined

  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (let end = pending.indexOf(0x1c); end >= 0; end = pending.indexOf(0x1c)) {
      const start = pending.indexOf(0x0b)
      const answer = pending.subarray(start + 1, end).toString('latin1')
      pending = pending.subarray(Math.min(end + 2, pending.length))
      const next = waiting.shift()
      if (next) next.done(answer)
      else answers.push(answer)
    }
  })
  const end = (why: Error) => {
    ended ??= why
    for (const { failed } of waiting.splice(0)) failed(ended)
  }
  socket.on('error', end)
  socket.on('close', () => end(new Error('the connection ended')))

  const next = () => {
    const answer = answers.shift()
    if (answer !== undefined) return Promise.resolve(answer)
    return new Promise<string>((done, failed) => {
      if (ended) failed(ended)
      else waiting.push({ done, failed })
    })
  }
  return {
    next,
    raw: (bytes) => void socket.write(bytes),
    send(message) {
      const answer = next()
      socket.write(Buffer.concat([Buffer.of(0x0b), message, Buffer.of(0x1c, 0x0d)]))
      return answer
    },
    close: () => socket.destroy(),
  }
}

/** Field `n` of the acknowledgement's first segment of that name, e.g. `ackField(ack, 'MSA', 1)`. */
export function ackField(ack: string, segment: string, n: number): string | undefined {
  const line = ack.split('\r').find((one) => one.startsWith(segment))
  return line?.split('|')[segment === 'MSH' ? n - 1 : n]
}
