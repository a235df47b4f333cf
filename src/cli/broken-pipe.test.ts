import { execFile } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const file = pathToFileURL(`${import.meta.dirname}/broken-pipe.ts`).href

/** A program that goes on printing after its reader has gone, and then says on the other output that it has lived. */
const program = (first: string) => `
  import { outliveReaders } from '${file}'
  ${first}
  let left = 200
  const turn = () => {
    console.log('x'.repeat(10000))
    if (left-- > 0) return setTimeout(turn, 1)
    console.error('lived')
  }
  turn()`
const run = async (first: string) =>
  (
    await promisify(execFile)('sh', [
      '-c',
      '"$0" --input-type=module -e "$1" | head -c 10 > /dev/null',
      process.execPath,
      program(first),
    ])
  ).stderr

test('a reader that goes away ends nobody’s work', async () => {
  expect(await run('outliveReaders(process.stdout, process.stderr)')).toContain('lived')
  expect(await run('')).not.toContain('lived')
})
