import { beforeAll, expect, test } from 'vitest'
import { balpFaults } from '../../test/support/balp.ts'
import { testDatabase } from '../../test/support/database.ts'
import type { Pool } from '../base/index.ts'
import { validateResource } from '../fhir/index.ts'
import { type AuditLine, readAudit, recordAudit, toAuditEvent } from './index.ts'

let sql: Pool
beforeAll(async () => {
  ;({ sql } = await testDatabase())
})

const line = (minute: number, over: Partial<AuditLine> = {}): AuditLine => ({
  at: new Date(Date.UTC(2026, 10, 22, 10, minute)),
  action: 'R',
  what: 'record-page',
  actor: { kind: 'staff', id: 'patel', name: 'Dr Patel', role: 'Clinician', organisation: 'Invented Practice' },
  purpose: 'TREAT',
  outcome: 0,
  person: 'ada',
  detail: { compartments: 3 },
  address: '127.0.0.1',
  requestId: `req-${minute}`,
  ...over,
})

test('who has looked is read newest first, page by page, and each line comes back as it was written', async () => {
  const lines = Array.from({ length: 7 }, (_, minute) => line(minute))
  await sql.begin((tx) => recordAudit(tx, lines))
  await sql.begin((tx) => recordAudit(tx, [line(8, { person: 'bob' })]))
  const first = await readAudit(sql, { persons: ['ada'], limit: 5 })
  expect(first.lines.map(({ requestId }) => requestId)).toEqual(['req-6', 'req-5', 'req-4', 'req-3', 'req-2'])
  const second = await readAudit(sql, { persons: ['ada'], limit: 5, ...(first.next ? { before: first.next } : {}) })
  expect(second.lines.map(({ requestId }) => requestId)).toEqual(['req-1', 'req-0'])
  expect(second.next).toBeUndefined()
  const { id: _, at, ...rest } = first.lines[0] ?? { id: '', at: '' }
  const { at: writtenAt, ...written } = lines[6] ?? line(0)
  expect(rest).toEqual(written)
  expect(at).toBe(writtenAt.toISOString())
  expect((await readAudit(sql, { actor: { kind: 'staff', id: 'patel' } })).lines).toHaveLength(8)
})

test('no line can be changed or removed, not even by the superuser', async () => {
  await sql.begin((tx) => recordAudit(tx, [line(20, { person: 'eve' })]))
  await expect(sql`update audit_event set person = 'nobody'`).rejects.toThrow('append only')
  await expect(sql`delete from audit_event`).rejects.toThrow('append only')
  expect((await readAudit(sql, { persons: ['eve'] })).lines).toHaveLength(1)
})

test('the owner who is no superuser is also refused by grant', async () => {
  await sql`create role keeper nologin`
  await sql`grant select, insert on audit_event to keeper`
  const refused = sql.begin(async (tx) => {
    await tx`set local role keeper`
    await tx`truncate audit_event`
  })
  await expect(refused).rejects.toThrow('permission denied')
})

test('a line goes when what it describes is undone', async () => {
  const undone = sql.begin(async (tx) => {
    await recordAudit(tx, [line(30, { person: 'gone' })])
    throw new Error('the read failed')
  })
  await expect(undone).rejects.toThrow('the read failed')
  expect((await readAudit(sql, { persons: ['gone'] })).lines).toEqual([])
})

test('a line is a FHIR AuditEvent of the Basic Audit Log Patterns', async () => {
  await sql.begin((tx) => recordAudit(tx, [line(40, { person: 'zoe' })]))
  const [kept] = (await readAudit(sql, { persons: ['zoe'] })).lines
  if (!kept) throw new Error('no line was kept')
  const event = toAuditEvent(kept, 'Throughline')
  expect(event).toMatchObject({
    resourceType: 'AuditEvent',
    meta: { profile: ['https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead'] },
    action: 'R',
    outcome: '0',
    agent: [
      { type: { coding: [{ code: '110153' }] }, requestor: false, network: { address: '127.0.0.1' } },
      { type: { coding: [{ code: '110152' }] }, who: { display: 'Throughline' } },
      { requestor: true, who: { display: 'Dr Patel' } },
    ],
  })
  expect(event.entity?.[0]?.what?.identifier?.value).toBe('zoe')
})

test('a search tells the names of its fields and what it found; a sign-in is no search', async () => {
  const search = line(50, { action: 'E', what: 'patient-search', detail: { fields: ['name', 'birthDate'], found: 2 } })
  await sql.begin((tx) => recordAudit(tx, [search, line(51, { action: 'E', what: 'sign-in' })]))
  const [signIn, searched] = (await readAudit(sql, { what: ['patient-search', 'sign-in'] })).lines
  if (!signIn || !searched) throw new Error('no line was kept')
  const query = toAuditEvent(searched, 'Throughline').entity?.find(({ role }) => role?.code === '24')
  expect(Buffer.from(query?.query ?? '', 'base64').toString()).toBe('name&birthDate')
  expect(query?.detail).toContainEqual({ type: 'found', valueString: '2' })
  expect(toAuditEvent(signIn, 'Throughline')).toMatchObject({ type: { code: '110114' }, subtype: [{ code: '110122' }] })
})

test('every kind of event is a valid FHIR R4 AuditEvent', async () => {
  for (const kept of (await readAudit(sql, {})).lines) {
    const { resourceType, ...rest } = toAuditEvent(kept, 'Throughline')
    expect(validateResource({ resourceType, ...rest }, '')).toEqual([])
    expect(balpFaults({ resourceType, ...rest })).toEqual([])
  }
})
