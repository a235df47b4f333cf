/**
 * Sends checkpoints to somebody outside, so that whoever holds this database cannot cut off or rewrite the end of the trail unnoticed: by
 * appending to a file that is kept elsewhere, and by POST to an address. The newest one says all that the earlier ones said.
 */
import { appendFile } from 'node:fs/promises'
import type { Clock, Log } from '../base/index.ts'
import { ask, type Guard } from '../outside/index.ts'

export type WitnessPlaces = {
  /** A file to append to, best on a disk of another machine. */
  readonly file?: string
  /** Where to POST the text of a checkpoint; https, or this machine in the demo. */
  readonly url?: string
  /** How often at most. */
  readonly everySeconds: number
}

export type Witness = {
  /** The newest checkpoint. Returns at once. */
  tell(note: string): void
  /** When each place last took one; absent: not yet. */
  readonly told: () => { readonly file?: Date; readonly url?: Date }
  /** Tells the last one and stops. */
  close(): Promise<void>
}

const answerMs = 10_000

export function makeWitness(
  { file, url, everySeconds }: WitnessPlaces,
  {
    clock,
    log,
    guard,
    send = (to, note) => post(to, note, guard),
  }: {
    readonly clock: Clock
    readonly log: Log
    readonly guard: Guard
    readonly send?: (url: string, note: string) => Promise<void>
  },
): Witness {
  const places = [
    ...(file === undefined
      ? []
      : [{ name: 'file' as const, take: (note: string) => appendFile(file, `${note}\n`, { mode: 0o644 }) }]),
    ...(url === undefined ? [] : [{ name: 'url' as const, take: (note: string) => send(url, note) }]),
  ]
  const told: { file?: Date; url?: Date } = {}
  const taken = new Map<string, string>()
  let newest = ''
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  async function tellAll(): Promise<void> {
    const note = newest
    for (const { name, take } of places) {
      if (note === '' || taken.get(name) === note) continue
      try {
        await take(note)
        taken.set(name, note)
        told[name] = clock()
      } catch (fault) {
        log.error(
          { place: name, fault: fault instanceof Error ? fault.message : 'unknown' },
          'a witness did not take a checkpoint; it is tried again',
        )
        // What was not taken is told again, by then with whatever came after.
        later()
      }
    }
  }
  function later(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      running = running.then(tellAll)
    }, everySeconds * 1_000)
  }
  return {
    tell(note) {
      newest = note
      if (places.length > 0) later()
    },
    told: () => told,
    async close() {
      clearTimeout(timer)
      timer = undefined
      await running.then(tellAll)
      clearTimeout(timer)
    },
  }
}

/** No redirect is followed: where checkpoints go is for the operator to say, not for whoever answers. */
async function post(url: string, note: string, guard: Guard): Promise<void> {
  const { status } = await ask(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from(note),
    timeoutMs: answerMs,
    guard,
  })
  if (status < 200 || status > 299) throw new Error(`it answered ${status}`)
}
