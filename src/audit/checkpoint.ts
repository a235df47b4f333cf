/** A checkpoint: so many lines were sealed, and this is their root. Signed. @see C2SP tlog-checkpoint; docs/security/audit-trail.md */
import { hash } from 'node:crypto'
import { type Parsed, right, wrong } from '../base/index.ts'
import { type SealKeys, signNote } from './keys.ts'

export type Checkpoint = {
  readonly origin: string
  /** How many lines. */
  readonly size: number
  readonly root: Buffer
  readonly at: Date
  /** SHA-256 of the checkpoint before; absent on the first. */
  readonly previous?: Buffer
}

/** The signed text. */
export function writeCheckpoint({ size, root, at, previous }: Omit<Checkpoint, 'origin'>, keys: SealKeys): string {
  const lines = [keys.origin, size, root.toString('base64'), `time ${at.toISOString()}`]
  if (previous) lines.push(`previous ${previous.toString('base64')}`)
  return signNote(`${lines.join('\n')}\n`, keys)
}

/** @param place where the text was found, for the issue */
export function readCheckpoint(note: string, place = ''): Parsed<Checkpoint> {
  const [origin = '', size = '', root = '', ...rest] = note.slice(0, note.indexOf('\n\n')).split('\n')
  const said = (name: string) => rest.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)
  const bytes = Buffer.from(root, 'base64')
  const at = new Date(said('time') ?? '')
  const previous = said('previous')
  if (!note.includes('\n\n') || !/^(0|[1-9]\d{0,15})$/.test(size) || bytes.length !== 32 || Number.isNaN(at.getTime()))
    return wrong(
      place,
      'this is not a checkpoint of the trail',
      'Give the text as it was published, signature included.',
    )
  return right({
    origin,
    size: Number(size),
    root: bytes,
    at,
    ...(previous === undefined ? {} : { previous: Buffer.from(previous, 'base64') }),
  })
}

/** By which the next checkpoint names this one. */
export function noteDigest(note: string): Buffer {
  return hash('sha256', note, 'buffer')
}

/** The checkpoints in a text that holds many, one after the other, as a witness file does. */
export function divideNotes(text: string): readonly string[] {
  return text.match(/[^\n]+\n(?:[^\n]+\n)+\n(?:— [^\n]+(?:\n|$))+/g) ?? []
}
