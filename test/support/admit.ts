import { expect } from 'vitest'
import { field, linesOf, withField } from './hl7-text.ts'
import type { RunningTestServer } from './server.ts'

/** Somebody of the demo area is admitted at this moment, as the hospital's own system tells it. @returns their NHS number as pages write it */
export async function admitSomebody(server: RunningTestServer, at: Date, controlId: string): Promise<string> {
  const [kept] = await server.sql<{ body: Uint8Array }[]>`
    select body from message where source = 'riverton-pas' and kind = 'ADT^A01' and status = 'applied' order by id limit 1`
  const when = `${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 12)}+0000`
  const changes = [
    [['MSH', 1, 7], when],
    [['MSH', 1, 10], controlId],
    [['EVN', 1, 2], when],
    [['PV1', 1, 19], 'V990001'],
    [['PV1', 1, 44], when],
    [['PV1', 1, 45], ''],
  ] as const
  const message = changes.reduce<Uint8Array>(
    (body, [place, value]) => withField(body, place, value),
    kept?.body ?? new Uint8Array(),
  )
  const answer = await server.feed('riverton-pas', message)
  expect(answer.status, JSON.stringify(answer.issues)).toBe('applied')
  // By number: what a person is called depends on which source is asked.
  const [, a = '', b = '', c = ''] = /\b(\d{3})(\d{3})(\d{4})\b/.exec(field(linesOf(message), 'PID', 3)) ?? []
  return `${a} ${b} ${c}`
}
