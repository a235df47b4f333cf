import type { Clock } from '../base/index.ts'
import type { Config } from '../config.ts'

/** What a command is given. */
export type CommandCall = {
  readonly config: Config
  readonly args: readonly string[]
  /** Answer for machines: one JSON object on stdout. */
  readonly json: boolean
  readonly clock: Clock
}

/** One command of the operator's. It returns its exit code: 0 done, 1 problem, 2 wrong usage. */
export type Command = {
  readonly usage: string
  readonly about: string
  readonly help?: string
  run(call: CommandCall): Promise<number>
}
