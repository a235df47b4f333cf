import { rounded } from './figures.ts'
import { aProgram } from './program.ts'

const times = 3

/** From the command to `/ready`, on an empty folder and on an existing one. Floor: starting Node itself. */
export async function start(): Promise<object> {
  const empty: number[] = []
  const existing: number[] = []
  let memory = 0
  for (let n = 0; n < times; n += 1) {
    const program = await aProgram()
    try {
      empty.push(await program.start())
      await program.stop()
      existing.push(await program.start())
      memory = Math.max(memory, program.memory())
    } finally {
      await program.remove()
    }
  }
  const node = await nodeItself()
  const worst = (all: readonly number[]) => rounded(Math.max(...all))
  return {
    emptyFolderMs: worst(empty),
    existingFolderMs: worst(existing),
    memoryMb: rounded(memory / 1e6),
    floorNodeMs: rounded(node),
    ratioToNode: rounded(Math.max(...existing) / node, 1),
  }
}

async function nodeItself(): Promise<number> {
  const { execFileSync } = await import('node:child_process')
  const began = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  return performance.now() - began
}
