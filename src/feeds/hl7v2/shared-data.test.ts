/** Messages that others wrote: each is translated or refused with a reason, and nothing of any is lost. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import { parseJson, printJson, validateResource } from '../../fhir/index.ts'
import { bytesOf, factsOf, hospital, message, pid, segment } from './example.test-support.ts'
import { hl7v2 } from './index.ts'
import { segmentsNamed } from './message.ts'
import { readSegments } from './parse.ts'

const simulated = sharedData('hl7v2/simulated-hospital/messages')
const all = sharedData('hl7v2')

const files = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) =>
    statSync(join(folder, name)).isDirectory() ? files(join(folder, name)) : [join(folder, name)],
  )

/** content = mapped + leftovers, places that exist and are told apart, and facts that are FHIR. */
function holdsAll(bytes: Uint8Array): 'translated' | string {
  const source = hospital()
  const result = hl7v2.translate(bytes, source)
  if (!result.ok) {
    expect(result.issues.length).toBeGreaterThan(0)
    for (const issue of result.issues) expect(issue.message).not.toBe('')
    return result.issues[0]?.message ?? ''
  }
  const { coverage, facts } = result.value
  expect(coverage.content).toBe(coverage.mapped + coverage.leftovers.length)
  expect(new Set(coverage.leftovers).size).toBe(coverage.leftovers.length)
  const text = hl7v2.text(bytes, source)
  for (const place of [...coverage.leftovers, ...facts.flatMap(({ lineage }) => lineage.map(({ from }) => from))]) {
    const span = hl7v2.locate(text, place)
    expect(span === null ? place : span.end - span.start).toBeGreaterThan(0)
  }
  for (const { resource } of facts) {
    const read = parseJson(printJson(resource))
    expect(read.ok ? validateResource(read.value, resource.resourceType) : 'no JSON').toEqual([])
  }
  const ids = facts.map(({ resource }) => `${resource.resourceType}/${resource.id}`)
  expect(new Set(ids).size).toBe(ids.length)
  return 'translated'
}

describe.skipIf(simulated === undefined)('the simulated hospital', () => {
  const messages = simulated === undefined ? [] : files(simulated).map((path) => readFileSync(path))
  const source = hospital()

  test('every message is translated, and its rows are in the facts', { timeout: 60_000 }, () => {
    expect(messages.length).toBe(215)
    const left = new Map<string, number>()
    for (const bytes of messages) {
      const result = hl7v2.translate(bytes, source)
      if (!result.ok) throw new Error(result.issues[0]?.message)
      const sent = readSegments(hl7v2.text(bytes, source))
      const count = (name: string) => segmentsNamed(sent, name).length
      const made = result.value
      const from = new Set(
        made.facts.flatMap(({ lineage }) => lineage.map((entry) => entry.from.slice(0, entry.from.indexOf('-')))),
      )
      for (const name of ['OBX', 'NTE', 'AL1', 'OBR', 'PID', 'PD1', 'TXA']) {
        for (const { ordinal } of segmentsNamed(sent, name)) expect(from).toContain(`${name}[${ordinal}]`)
      }
      expect(factsOf(made, 'AllergyIntolerance')).toHaveLength(count('AL1'))
      expect(factsOf(made, 'DiagnosticReport')).toHaveLength(count('OBR'))
      expect(factsOf(made, 'DocumentReference')).toHaveLength(count('TXA'))
      if (count('TXA') === 0) expect(factsOf(made, 'Observation')).toHaveLength(count('OBX'))
      expect(made.notes).toEqual([])
      for (const place of made.coverage.leftovers) left.set(place.replaceAll(/\[\d+\]/g, ''), 1)
      holdsAll(bytes)
    }
    // What stays only in the original of an ADT or ORU: who keyed it in, an account status, a timing without a unit.
    expect([...left.keys()].filter((place) => !/^(EVN-5|PV1-)/.test(place)).sort()).toEqual(['OBR-27'])
  })
})

describe.skipIf(all === undefined)('every published message', () => {
  test('is translated whole or refused with a reason', { timeout: 60_000 }, () => {
    const outcomes = new Map<string, number>()
    for (const path of all === undefined ? [] : files(all)) {
      if (/v2-to-fhir-maps|simulated-hospital|\.json$/.test(path)) continue
      const bytes = readFileSync(path)
      const parts = hl7v2.divide?.(bytes, hospital()) ?? null
      for (const one of parts === null ? [bytes] : parts.ok ? parts.value : []) {
        const outcome = holdsAll(one)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
    expect(outcomes.get('translated')).toBeGreaterThanOrEqual(40)
    expect(outcomes.has('')).toBe(false)
  })
})

test('no bytes make any part of the format throw', { timeout: 60_000 }, () => {
  const valid = [
    ...message(
      'ORU^R01',
      pid,
      'PV1|1|I|W^R^B||||X^Y|||||||||||V',
      'OBR|1|P|F|T',
      'OBX|1|NM|K||4|u|1-2|H|||F',
      'SPM|1',
      'NTE|1||x',
      'AL1|1|DA|x',
      'DG1|1||x',
    ),
  ]
  const broken = fc
    .array(
      fc.tuple(fc.nat(valid.length - 1), fc.constantFrom(0x7c, 0x5e, 0x7e, 0x5c, 0x26, 0x0d, 0x22, 0x00, 0xff, 0x31)),
      { maxLength: 40 },
    )
    .map((edits) => {
      const bytes = Uint8Array.from(valid)
      for (const [at, byte] of edits) if (at > 8) bytes[at] = byte
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), broken), (bytes) => {
      const source = hospital()
      hl7v2.envelope(bytes, source)
      hl7v2.divide?.(bytes, source)
      holdsAll(bytes)
    }),
    { numRuns: 300 },
  )
})

test.each([
  [
    'identifiers',
    (count: number) =>
      message('ADT^A31', segment('PID', { 3: Array.from({ length: count }, (_, n) => `${n}^^^RXX`).join('~') })),
  ],
  [
    'separators',
    (count: number) =>
      message('ADT^A31', `${pid}${'|'.repeat(count)}${'^'.repeat(count)}${'~'.repeat(count)}${'&'.repeat(count)}`),
  ],
  ['escapes', (count: number) => message('ADT^A31', `${pid}|||${'\\a'.repeat(count)}`, `NTE|1||${'\\'.repeat(count)}`)],
  ['contacts', (count: number) => message('ADT^A31', pid, ...Array.from({ length: count }, () => 'NK1|1|A^B|C'))],
  ['messages in a file', (count: number) => bytesOf(`BHS|^~\\&\r${'MSH|^~\\&|A\r'.repeat(count)}BTS|${count}\r`)],
])('a hostile number of %s is read whole, or refused in words', { timeout: 60_000 }, (_what, make) => {
  const bytes = make(20_000)
  expect(hl7v2.envelope(bytes, hospital()).controlId.length).toBeLessThanOrEqual(200)
  hl7v2.divide?.(bytes, hospital())
  const result = hl7v2.translate(bytes, hospital())
  if (result.ok)
    expect(result.value.coverage.content).toBe(result.value.coverage.mapped + result.value.coverage.leftovers.length)
  else expect(result.issues[0]?.message).toMatch(/\w/)
})
