import { expect, test } from 'vitest'
import { factsOf, hospital, message, pid, translated } from './example.test-support.ts'
import { hl7v2 } from './index.ts'

test('one order told of thousands of times in a message costs no more each time', () => {
  const group = [
    'OBR|1|P9^WARD|F7^LAB|U^Urea^WinPath',
    'OBX|1|NM|K^Potassium^WinPath||4.5|MMOLL|||||F',
    'NTE|1||repeated',
  ]
  const whole = translated(message('ORU^R01', pid, ...Array.from({ length: 6_000 }, () => group).flat()))
  const [order, ...others] = factsOf(whole, 'ServiceRequest')
  expect(others).toEqual([])
  expect(order?.lineage.filter(({ rule }) => rule === 'OBR-2 placer number')).toHaveLength(6_000)
})

test('a message of more segments than any event has is refused whole, with what to do', () => {
  const rows = Array.from({ length: 20_001 }, (_, n) => `OBX|${n}|NM|K||1`)
  const result = hl7v2.translate(message('ORU^R01', pid, ...rows), hospital())
  expect(result).toMatchObject({ ok: false, issues: [{ place: '', remedy: expect.stringContaining('batch') }] })
})
