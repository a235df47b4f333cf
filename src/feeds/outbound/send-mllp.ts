/** One message over MLLP, one connection, one acknowledgement. @see HL7 v2.4 §2.9 (original mode), appendix C.4 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { bareHost, checkUrl, type Guard, guardedLookup } from '../../outside/index.ts'
import { unescapeText } from '../hl7v2/escape.ts'
import { firstSegment, segmentsNamed } from '../hl7v2/message.ts'
import { readSegments } from '../hl7v2/parse.ts'
import { frame, frameReader } from '../mllp-frames.ts'
import { type Outcome, said } from './outcome.ts'

const answerMax = 1_000_000

/** @param to `mllp://host:port` or `mllps://host:port` */
export async function sendMllp({
  to,
  body,
  controlId,
  timeoutMs,
  guard,
}: {
  readonly to: string
  readonly body: Uint8Array
  readonly controlId: string
  readonly timeoutMs: number
  readonly guard: Guard
}): Promise<Outcome> {
  const url = checkUrl(to, guard)
  const options = { host: bareHost(url), port: Number(url.port), lookup: guardedLookup(guard), noDelay: true }
  return await new Promise<Outcome>((done) => {
    const socket: Socket =
      url.protocol === 'mllps:'
        ? connectTls({ ...options, servername: options.host, minVersion: 'TLSv1.2' })
        : connectTcp(options)
    const reader = frameReader(answerMax)
    let over = false
    const end = (outcome: Outcome) => {
      if (over) return
      over = true
      clearTimeout(timer)
      socket.destroy()
      done(outcome)
    }
    const timer = setTimeout(
      () => end(said('no-answer', `No answer came within ${Math.round(timeoutMs / 1_000)} seconds`)),
      timeoutMs,
    )
    socket.once(url.protocol === 'mllps:' ? 'secureConnect' : 'connect', () => socket.write(frame(body)))
    socket.on('data', (chunk: Buffer) => {
      const [answer] = reader.push(chunk)
      if (answer)
        end(
          answer.tooLong ? said('no-answer', 'The answer was too long to be one') : readAnswer(answer.bytes, controlId),
        )
    })
    socket.once('close', () => end(said('no-answer', 'The connection was closed without an answer')))
    socket.once('error', (fault) => end(said('no-answer', faultWords(fault))))
  })
}

/** MSA-1 of the answer to our message; an answer to any other message is no answer to ours (hazard H-55). */
export function readAnswer(bytes: Uint8Array, controlId: string): Outcome {
  const answer = readSegments(new TextDecoder('utf-8').decode(bytes))
  const msa = firstSegment(answer, 'MSA')
  const code = (msa?.fields[1] ?? '').trim().toUpperCase()
  if (!msa) return said('no-answer', 'What came back is no HL7 v2 acknowledgement')
  if ((msa.fields[2] ?? '').trim() !== controlId)
    return said('no-answer', 'The answer was to another message than ours')
  const text = (raw: string | undefined) => unescapeText(raw ?? '', answer.delimiters).trim()
  const errors = segmentsNamed(answer, 'ERR').map(
    ({ fields }) => text(fields[8]) || text(fields[7]) || text(fields[3]) || text(fields[1]),
  )
  const words = [text(msa.fields[3]), ...errors].filter(Boolean)
  switch (code) {
    case 'AA':
    case 'CA':
      return said('accepted', [code, ...words].join(': '))
    case 'AE':
    case 'AR':
    case 'CE':
    case 'CR':
      return said('refused', `${words.join('; ') || 'no reason was given'} (${code})`)
    default:
      return said('no-answer', 'The acknowledgement has no code that HL7 knows')
  }
}

/** What a socket's fault means, without addresses. */
export function faultWords(fault: Error): string {
  const code = 'code' in fault ? String(fault.code) : ''
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'Nobody listens there',
    ECONNRESET: 'The connection was cut',
    ENOTFOUND: 'Its name is not known to the network',
    EAI_AGAIN: 'Its name could not be looked up',
    ETIMEDOUT: 'It could not be reached in time',
    EHOSTUNREACH: 'It cannot be reached from here',
    ENETUNREACH: 'It cannot be reached from here',
    EPIPE: 'The connection was cut',
  }
  if (known[code] !== undefined) return known[code]
  if (fault.name === 'Problem') return fault.message
  return code === '' ? 'The connection failed' : `The connection failed (${code})`
}
