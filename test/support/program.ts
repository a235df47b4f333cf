import { afterAll } from 'vitest'
import { type Program, aProgram as start } from '../../bench/program.ts'

export type { Program } from '../../bench/program.ts'

/** The built program, removed after the file's tests with whatever they did to it. */
export async function aProgram(environment: Readonly<Record<string, string>> = {}): Promise<Program> {
  const program = await start(environment)
  afterAll(() => program.remove())
  return program
}
