import type { Writable } from 'node:stream'

/** Who reads our output may go away (`serve | head`, a terminal that was closed): what is left to say is said to nobody, and the work goes on. */
export function outliveReaders(...outputs: readonly Pick<Writable, 'on'>[]): void {
  for (const output of outputs)
    output.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EPIPE' && fault.code !== 'EIO') throw fault
    })
}
