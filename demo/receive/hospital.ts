/** The hospital's own system, as far as it takes what others write: HL7 v2 over MLLP, kept in memory, acknowledged. */
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What the receiver does with a message. AE and AR with a reason; 'silence': it never answers. */
export type Verdict =
  | { readonly code: 'AA' | 'AE' | 'AR'; readonly reason?: string; readonly afterMs?: number; readonly msa2?: string }
  | 'silence'

export type Hospital = {
  readonly port: number
  /** Every message that came, as text with CR between segments, in order. */
  readonly received: readonly string[]
  /** Messages held, by their control id: the same again is acknowledged and not held twice. */
  readonly held: ReadonlyMap<string, string>
  close(): Promise<void>
}

/** @param judge asked for each message, with how many came under its control id, this one included */
export async function openHospital({
  port = 0,
  judge = usual,
}: {
  readonly port?: number
  readonly judge?: (message: string, times: number) => Verdict
} = {}): Promise<Hospital> {
  const received: string[] = []
  const held = new Map<string, string>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let pending = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      for (let end = pending.indexOf(0x1c); end >= 0; end = pending.indexOf(0x1c)) {
        const message = pending.subarray(pending.indexOf(0x0b) + 1, end).toString('utf8')
        pending = pending.subarray(Math.min(end + 2, pending.length))
        take(socket, message)
      }
    })
  })
  function take(socket: Socket, message: string): void {
    const id = message.split('\r')[0]?.split('|')[9] ?? ''
    received.push(message)
    const verdict = judge(message, received.filter((one) => one.split('\r')[0]?.split('|')[9] === id).length)
    if (verdict === 'silence') return
    if (verdict.code === 'AA') held.set(id, message)
    const answer = () =>
      socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(acknowledge(message, verdict)), Buffer.of(0x1c, 0x0d)]))
    if (verdict.afterMs === undefined) answer()
    else setTimeout(answer, verdict.afterMs).unref()
  }
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', done)
  })
  return {
    port: (server.address() as AddressInfo).port,
    received,
    held,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

function acknowledge(message: string, { code, reason, msa2 }: Exclude<Verdict, string>): string {
  const msh = message.split('\r')[0]?.split('|') ?? []
  const [, event = ''] = (msh[8] ?? '').split('^')
  const id = msa2 ?? msh[9] ?? ''
  const header = [
    'MSH',
    '^~\\&',
    msh[4],
    msh[5],
    msh[2],
    msh[3],
    msh[6],
    '',
    `ACK^${event}^ACK`,
    `A${id}`.slice(0, 20),
    'P',
    '2.4',
  ]
  return `${header.join('|')}\rMSA|${code}|${id}${reason === undefined ? '' : `|${reason}`}\r`
}

/** Riverton General is busy: an entry about height is refused, since it keeps none, and every third message is slow. The same each time. */
export function usual(message: string): Verdict {
  if (message.includes('8302-2^')) return { code: 'AE', reason: 'Heights are not kept in this system' }
  const digits = [...message].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7)
  return { code: 'AA', ...(digits % 3 === 0 ? { afterMs: 2_500 } : {}) }
}
