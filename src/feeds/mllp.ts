import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { type Clock, type Issue, type Log, toProblem } from '../base/index.ts'
import { acknowledgement, hl7v2 } from './hl7v2/index.ts'
import type { Receipt } from './message.ts'
import { type Frame, frame, frameReader } from './mllp-frames.ts'
import { mllpHeader } from './mllp-header.ts'
import { cutOffKind, isTraining, training, undeclaredSender } from './never-applied.ts'
import type { Pipeline } from './pipeline.ts'
import type { Source } from './source.ts'
import { type Sources, unrecognised } from './sources.ts'

export type MllpNeeds = {
  readonly pipeline: Pipeline
  readonly sources: Sources
  readonly clock: Clock
  readonly log: Log
  readonly host: string
  readonly port: number
  /** Bytes of one message. */
  readonly frameLengthMax?: number
  readonly idleTimeoutMs?: number
  readonly connectionsMax?: number
  /** Bytes in memory of all connections together, of frames not whole or not answered yet. Default 256 MB. */
  readonly heldMax?: number
  /** How long a frame may take from its first byte to its last. Default two minutes. */
  readonly frameTimeMs?: number
  /** Refuse MSH-11 T and D: training messages must not enter a live record. */
  readonly live: boolean
  readonly tls?: TlsOptions
  /** A sandbox declares senders that nobody declared, at their first message. Absent: they are refused, and wait. */
  readonly declare?: (sender: { readonly application: string; readonly facility: string }) => Promise<void>
}

export type MllpListener = { readonly port: number; readonly connections: () => number; close(): Promise<void> }

/** Frames of one connection that are read ahead of the one being answered; then the socket is paused. */
const aheadMax = 16

/** What connections share, so that none can take everything. */
type Shared = { held: number; readonly stranger: (length: number) => boolean }

/**
 * Listens for HL7 v2 over MLLP. Each frame is answered on its connection, in order, after the commit that holds the message and
 * all it says.
 * @see facts: hl7v2-uk §1, §2
 */
export async function listenMllp(needs: MllpNeeds): Promise<MllpListener> {
  const open = new Set<Socket>()
  const working = new Set<Promise<void>>()
  const connectionsMax = needs.connectionsMax ?? 256
  const shared: Shared = { held: 0, stranger: strangersAllowance(needs.clock) }
  const serve = (socket: Socket) => {
    const peer = socket.remoteAddress
    // One host cannot shut the others out.
    if ([...open].filter((one) => one.remoteAddress === peer).length >= Math.max(1, connectionsMax / 2)) {
      needs.log.warn({ peer }, 'an MLLP connection was refused: this host has half of all there may be')
      socket.destroy()
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const work = converse(socket, needs, shared)
    working.add(work)
    void work.finally(() => working.delete(work))
  }
  const server: Server = needs.tls
    ? createTlsServer(needs.tls, serve)
    : createServer({ keepAlive: true, noDelay: true }, serve)
  server.maxConnections = connectionsMax
  server.on('error', (error) => needs.log.error({ code: 'code' in error ? error.code : error.name }, 'MLLP listener'))
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(needs.port, needs.host, done)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : needs.port,
    connections: () => open.size,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      // What is being worked on is answered; nothing more is read.
      for (const socket of open) socket.pause()
      await within(needs.pipeline.idle(), 5_000)
      for (const socket of open) socket.end()
      await within(Promise.all(working), 1_000)
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

async function converse(socket: Socket, needs: MllpNeeds, shared: Shared): Promise<void> {
  const reader = frameReader(needs.frameLengthMax ?? 16_000_000)
  const peer = socket.remoteAddress ?? ''
  const queue: Frame[] = []
  let wake: (() => void) | undefined
  let ended = false
  const stir = () => {
    wake?.()
    wake = undefined
  }
  socket.setTimeout(needs.idleTimeoutMs ?? 600_000, () => socket.destroy())
  let held = 0
  const count = () => {
    const now = reader.held() + queue.reduce((sum, { bytes }) => sum + bytes.length, 0)
    shared.held += now - held
    held = now
  }
  let slow: NodeJS.Timeout | undefined
  const giveUp = (why: string) => {
    needs.log.warn({ peer }, why)
    socket.destroy()
  }
  socket.on('data', (chunk: Buffer) => {
    const whole = reader.push(chunk)
    queue.push(...whole)
    count()
    // Not answered, so its sender still has it.
    if (shared.held > (needs.heldMax ?? 256_000_000))
      giveUp('an MLLP connection was closed: too much is held in memory')
    if (whole.length > 0 || !reader.partial()) {
      clearTimeout(slow)
      slow = undefined
    }
    if (reader.partial())
      slow ??= setTimeout(
        () => giveUp('an MLLP connection was closed: its frame did not end in time'),
        needs.frameTimeMs ?? 120_000,
      )
    if (queue.length >= aheadMax) socket.pause()
    stir()
  })
  socket.on('error', (error) =>
    needs.log.info({ peer, code: 'code' in error ? error.code : error.name }, 'MLLP connection lost'),
  )
  const finish = () => {
    clearTimeout(slow)
    ended = true
    stir()
  }
  socket.on('end', finish)
  socket.on('close', finish)

  for (;;) {
    const next = queue.shift()
    if (next) {
      if (next.afterCutOff)
        needs.log.warn({ peer }, 'an MLLP frame was begun anew before its end: the first was not kept')
      const answer = await answerFrame(next, needs, shared)
      count()
      if (!socket.destroyed && socket.writable) socket.write(frame(answer))
      if (queue.length < aheadMax / 2) socket.resume()
      continue
    }
    if (ended || socket.destroyed) break
    await new Promise<void>((done) => {
      wake = done
      if (queue.length > 0 || ended) stir()
    })
  }
  shared.held -= held
  held = 0
  if (reader.partial()) {
    // Not acknowledged, so its sender still has it and sends it again; there is nothing whole to keep.
    needs.log.warn({ peer }, 'an MLLP connection ended inside a frame: its sender will send that message again')
  }
  socket.end()
}

/** One message from arrival to acknowledgement. */
async function answerFrame(
  { bytes, tooLong }: Frame,
  { pipeline, sources, clock, log, live, frameLengthMax, declare }: MllpNeeds,
  { stranger }: Shared,
): Promise<Uint8Array> {
  const header = mllpHeader(bytes)
  if (header && declare && !sources.bySender(header))
    await declare(header).catch(() => log.warn({}, 'a sender could not be declared'))
  const source = header && sources.bySender(header)
  const speaker = source ?? sources.get(unrecognised)
  const reply = (code: 'AA' | 'AE' | 'AR', issues: readonly Issue[]) =>
    acknowledgement(bytes, { code, issues, now: clock(), controlId: header?.controlId ?? '' })
  if (!speaker)
    return reply('AE', [{ place: '', message: 'This server has not finished starting', remedy: 'Send it again.' }])
  const refusals = refuse({
    header,
    source,
    live,
    ...(tooLong ? { length: tooLong.length, lengthMax: frameLengthMax ?? 16_000_000 } : {}),
  })
  if (!source && !stranger(bytes.length)) {
    log.warn({}, 'a message of an undeclared sender was not kept: too many came within the hour')
    return reply('AR', [tooManyStrangers])
  }
  try {
    const envelope = hl7v2.envelope(bytes, speaker)
    const receipt = await pipeline.receive({
      ...envelope,
      ...(tooLong ? { kind: `${cutOffKind}${envelope.kind}` } : {}),
      source: speaker.id,
      format: 'hl7v2',
      body: bytes,
      receivedAt: clock(),
      ...(refusals.length > 0 ? { issues: refusals } : {}),
    })
    return reply(refusals.length > 0 ? 'AR' : answerCode(receipt, speaker), receipt.issues)
  } catch (fault) {
    const problem = toProblem(fault)
    log.error(
      {
        source: speaker.id,
        kind: problem.kind,
        cause: problem.cause instanceof Error ? problem.cause.name : undefined,
      },
      'an MLLP message was not kept; its sender will send it again',
    )
    return reply('AE', [{ place: '', message: 'Not kept', remedy: 'Send it again.' }])
  }
}

function refuse({
  header,
  source,
  live,
  length,
  lengthMax,
}: {
  readonly header: ReturnType<typeof mllpHeader>
  readonly source: Source | undefined
  readonly live: boolean
  readonly length?: number
  readonly lengthMax?: number
}): readonly Issue[] {
  if (length !== undefined)
    return [
      {
        place: '',
        message: `A frame of ${length} bytes, expected at most ${lengthMax}; only its beginning was kept`,
        remedy: 'Send smaller messages, or raise MLLP_FRAME_MAX.',
      },
    ]
  if (!header)
    return [
      {
        place: 'MSH',
        message: 'No message header: an HL7 v2 message begins with MSH and its separators',
        remedy: 'Mend the sender; this cannot be applied.',
      },
    ]
  if (!source) return [undeclaredSender]
  if (live && isTraining(header.processingId)) return [training]
  return []
}

const tooManyStrangers: Issue = {
  place: 'MSH-3',
  message: 'Nobody declared this sender, and too much has come from such; this was not kept',
  remedy: 'Declare the source, then send it again.',
}

/** What nobody declared is kept for a human to look at, but anybody can send it: within an hour so much and no more, or it fills the disk. */
function strangersAllowance(clock: Clock): (length: number) => boolean {
  let since = 0
  let messages = 0
  let bytes = 0
  return (length) => {
    const now = clock().getTime()
    if (now - since >= 3_600_000) [since, messages, bytes] = [now, 0, 0]
    if (messages >= 2_000 || bytes + length > 64_000_000) return false
    messages += 1
    bytes += length
    return true
  }
}

/** Kept but not applied is an error to the sender, unless its owner asked that it goes on (settings: answerFailed). */
function answerCode({ status }: Receipt, source: Source): 'AA' | 'AE' {
  if (status === 'failed' || status === 'held') return source.settings.hl7v2?.answerFailed ?? 'AE'
  return 'AA'
}

/** Waits for work, but no longer than this; leaves no timer behind that would keep the process alive. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((done) => {
    timer = setTimeout(done, ms)
  })
  await Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
