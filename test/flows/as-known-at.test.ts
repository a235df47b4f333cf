/**
 * The time machine (issue: "as known at" any moment): whatever came, in whatever order, twice, late, merged and parted again, the record at
 * a moment is what was served at that moment. Histories go through the real pipeline; what is served is read when it is served.
 */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { syntheticNhsNumber } from '../../bench/invented-hl7.ts'
import { openRecord, openRecordAt, type Staff, withTrail } from '../../src/access/index.ts'
import { type Pool, silentLog, timeOrderedIds } from '../../src/base/index.ts'
import { formatNamed, makePipeline, type Pipeline, type Source, saveSource } from '../../src/feeds/index.ts'
import { mergesOf, undoMerge } from '../../src/identity/index.ts'
import { type PersonRecord, readRecord, readRecordAt } from '../../src/record/index.ts'
import { testDatabase } from '../support/database.ts'

const actor: Staff = {
  kind: 'staff',
  id: 'gp',
  name: 'Dr Amina Khan',
  role: 'clinician',
  organisation: { code: 'X26001', name: 'Riverside Surgery' },
}
const sources = ['pas', 'lab'].map(
  (id): Source => ({
    id,
    name: `Riverton ${id}`,
    kind: 'acute',
    organisation: { code: 'RXX', name: `Riverton ${id}` },
    formats: ['hl7v2'],
    namespace: id,
    settings: {},
  }),
)

// Later than the migrations that declare the first source.
let ms = Date.parse('2036-05-14T09:20:00Z')
const clock = () => new Date(ms)
let sql: Pool
let pipeline: Pipeline

beforeAll(async () => {
  sql = (await testDatabase()).sql
  for (const source of sources) await saveSource(sql, source, clock)
  pipeline = makePipeline({
    pool: sql,
    clock,
    nextId: timeOrderedIds(clock),
    log: silentLog,
    format: formatNamed,
    source: (id) => sources.find((source) => source.id === id),
  })
})

const stamp = (at: Date) => at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)

/** A message of one of three people in one of two sources; people share their NHS number over sources, but for the last. */
const build = (run: number, n: number, step: Step): string => {
  const number = (who: number) => `H${run}-${who}`
  const nhsNumber = step.who === 2 ? '' : `~${syntheticNhsNumber(700 + run * 2 + step.who)}^^^NHS^NH`
  const pid = `PID|1||${number(step.who)}^^^RIV^MR${nhsNumber}||WARD${run}^GIVEN${step.who}^^^Ms||1958051${step.who}|F|||${step.value} Mill Lane^^Riverton^^ZZ9 9ZZ||0163296000${step.value}^PRN|||||||||||||||||||NSTS01`
  const at = stamp(new Date(ms - (step.late ? 86_400_000 * (1 + step.value) : 0)))
  const type = { details: 'ADT^A08', result: 'ORU^R01', merge: 'ADT^A40', bad: 'ADT^A40' }[step.kind]
  const body =
    step.kind === 'details'
      ? [`EVN|A08|${at}||||${at}`, pid]
      : step.kind === 'bad'
        ? [`EVN|A40|${at}||||${at}`, pid]
        : step.kind === 'merge'
          ? [`EVN|A40|${at}||||${at}`, pid, `MRG|${number((step.who + 1 + (step.value % 2)) % 3)}^^^RIV^MR`]
          : [
              pid,
              `ORC|RE|P${run}-${step.value}|F${run}-${step.value}||CM`,
              `OBR|1|P${run}-${step.value}|F${run}-${step.value}|UE^Urea and electrolytes^LAB|||${at}|||||||||||||||${at}||CH|F`,
              `OBX|1|NM|K^Potassium^LAB||${step.value}.${n}|mmol/L|3.5-5.3|N|||F|||${at}`,
            ]
  return [`MSH|^~\\&|${step.source}|RIV|TL|AREA|${at}||${type}|${run}-${n}|P|2.4`, ...body, ''].join('\r')
}

type Step = {
  readonly kind: 'details' | 'result' | 'merge' | 'bad'
  readonly source: 'pas' | 'lab'
  readonly who: number
  readonly value: number
  readonly late: boolean
}
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('details', 'details', 'result', 'result', 'result', 'merge', 'bad'),
        source: fc.constantFrom('pas', 'lab'),
        who: fc.nat(2),
        value: fc.nat(3),
        late: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.constant('again' as const) },
    { weight: 1, arbitrary: fc.constant('undo' as const) },
  ),
  { minLength: 4, maxLength: 10 },
)

const ask = () => ({ what: 'record-page', now: clock() })

async function persons(run: number): Promise<readonly string[]> {
  const rows = await sql<{ person: string }[]>`
    select distinct l.person from person_link l join person_traits t using (pk) where t.traits ->> 'family' = ${`WARD${run}`} order by l.person`
  return rows.map(({ person }) => person)
}

/** When the very same message came again later, it is not kept when it had last come by then. */
const apartFromHeard = (record: PersonRecord, repeated: boolean): PersonRecord =>
  repeated ? { ...record, sources: record.sources.map(({ lastReceived: _, ...source }) => source) } : record

/** All that the record says, with nothing left to be made: events carry the line that a page would show of them. */
const told = (record: PersonRecord) => ({
  ...record,
  events: record.events.map((event) => ({ ...event, entry: event.entry() })),
})

test('H-25 for any history of messages, merges, partings, late arrivals and repeats, the record at a moment is what was served then', async () => {
  let run = 0
  let compared = 0
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      run += 1
      const sent: { readonly body: Uint8Array; readonly source: string }[] = []
      const served: {
        readonly at: Date
        readonly asked: string
        readonly person: string
        readonly record: PersonRecord
      }[] = []
      let repeated = false
      for (const [n, step] of history.entries()) {
        ms += 600_000
        if (step === 'undo') {
          const all = (await Promise.all((await persons(run)).map((person) => mergesOf(sql, person)))).flat()
          const stands = all.find(({ undoneAt }) => undoneAt === null)
          if (stands) await sql.begin((tx) => undoMerge(tx, stands.id, { by: 'officer', now: clock() }))
        } else {
          const again = sent[n % Math.max(1, sent.length)]
          if (step === 'again') repeated = true
          const one = step === 'again' ? again : { body: Buffer.from(build(run, n, step)), source: step.source }
          const format = formatNamed('hl7v2')
          const source = sources.find(({ id }) => id === one?.source)
          if (!one || !format || !source) continue
          if (step !== 'again') sent.push(one)
          await pipeline.receive({
            ...format.envelope(one.body, source),
            source: source.id,
            format: 'hl7v2',
            body: one.body,
            receivedAt: clock(),
          })
        }
        ms += 60_000
        for (const asked of await persons(run)) {
          const opened = await withTrail(sql, async (tx) => {
            const is = await openRecord(tx, actor, asked, ask())
            return { person: is.person, record: await readRecord(tx, is, clock()) }
          })
          served.push({ at: clock(), asked, ...opened })
        }
      }
      ms += 600_000
      for (const { at, asked, person, record } of served) {
        const then = await withTrail(sql, async (tx) => {
          const is = await openRecordAt(tx, actor, asked, ask(), at)
          return { person: is.person, ...(await readRecordAt(tx, is)) }
        })
        expect(then.person).toBe(person)
        expect(told(apartFromHeard(then.record, repeated))).toEqual(told(apartFromHeard(record, repeated)))
        for (const { lastReceived } of then.record.sources)
          expect(lastReceived === undefined || Date.parse(lastReceived) <= at.getTime()).toBe(true)
        compared += 1
      }
    }),
    { numRuns: 12, seed: 2606 },
  )
  expect(compared).toBeGreaterThan(60)
  const [happened] = await sql<{ merges: number; undone: number; repeats: number; waiting: number }[]>`
    select count(*)::int as merges, count(undone_at)::int as undone,
           (select count(*)::int from message where receipts > 1) as repeats, (select count(*)::int from message where status in ('failed', 'held')) as waiting
      from person_merge`
  for (const [what, count] of Object.entries(happened ?? {})) expect([what, count > 0]).toEqual([what, true])
})
