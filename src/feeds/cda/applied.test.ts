/** Issue 2, "Shown by" 3, through the database: what GP records and whole documents say is filed, counted and explained. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/support/database.ts'
import { sharedData } from '../../../test/support/shared-data.ts'
import { silentLog, timeOrderedIds } from '../../base/index.ts'
import { checkFeeds, formatNamed, makePipeline, type Source, saveSource } from '../index.ts'

const clock = () => new Date('2026-11-22T19:00:00Z')
const source: Source = {
  id: 'area',
  name: 'Invented Area',
  kind: 'other',
  organisation: { code: 'QXX', name: 'Invented Area' },
  formats: ['gp-connect', 'cda'],
  namespace: 'a-namespace',
  settings: {},
}

const data = sharedData('cda')
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})

test.skipIf(!data)(
  'GP records and documents pass through the pipeline, and sending them again changes nothing',
  async () => {
    const { sql } = database
    await saveSource(sql, source, clock)
    const nextId = timeOrderedIds(clock)
    const pipeline = makePipeline({
      pool: sql,
      clock,
      nextId,
      log: silentLog,
      format: formatNamed,
      source: () => source,
    })
    const paths = [
      ...globSync(`${data}/../stu3-gpconnect/gp2gp-send/*/input.stu3.json`),
      ...globSync(`${data}/{vendor-samples,itk-111,hl7-examples/Documents}/**/*.xml`),
    ].filter((path) => statSync(path).isFile())
    const send = async () => {
      const receipts = []
      for (const path of paths) {
        const body = readFileSync(path)
        const format = path.endsWith('.json') ? 'gp-connect' : 'cda'
        const envelope = formatNamed(format)?.envelope(body, source)
        if (envelope === undefined) throw new Error(format)
        receipts.push(await pipeline.receive({ source: source.id, format, ...envelope, body, receivedAt: clock() }))
      }
      return receipts
    }
    const first = await send()
    const failed = first.flatMap((receipt, index) => (receipt.status === 'applied' ? [] : [[paths[index], receipt]]))
    expect(failed).toEqual([])
    const count = async () =>
      (
        await sql`select (select count(*) from resource_version)::int as versions, (select count(*) from message)::int as messages`
      )[0]
    const before = await count()
    await send()
    expect(await count()).toEqual(before)
    expect((await checkFeeds(sql)).filter(({ broken }) => broken > 0)).toEqual([])
  },
)
