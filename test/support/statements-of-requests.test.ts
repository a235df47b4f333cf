import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { markHeader, statementsOfRequests } from './statements-of-requests.ts'

const counted = statementsOfRequests()
const turn = () => new Promise((done) => setImmediate(done))

/** A server that sends two statements for each request, and one of its own whenever a request is under way. */
let ask = (): void => {}
const server = createServer(async (_request, answer) => {
  counted.onStatement('select 1')
  ask()
  await turn()
  counted.onStatement('begin')
  counted.onStatement('select 2')
  answer.end()
})
afterAll(() => void server.close())

test('a request’s statements are its own: not those of another, and not those of work beside it', async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  let stop = false
  const beside = (async () => {
    while (!stop) {
      await new Promise<void>((done) => {
        ask = done
      })
      counted.onStatement('select beside')
    }
  })()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const marked = (mark: string) => fetch(url, { headers: { [markHeader]: mark } })
  await Promise.all([marked('a'), marked('b'), fetch(url)])
  stop = true
  ask()
  await beside
  expect(counted.of('a')).toEqual(['select 1', 'select 2'])
  expect(counted.of('b')).toEqual(['select 1', 'select 2'])
  expect(counted.of('c')).toEqual([])
})
