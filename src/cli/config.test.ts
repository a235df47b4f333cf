import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { commonMedicines, knownMedicines, readMedicineName, setKnownMedicines } from '../nhs/index.ts'
import { takeAreaMedicines } from './medicine-settings.ts'

describe('the settings', () => {
  test('have a default each, so that an empty environment starts a demo on this machine only', () => {
    expect(readConfig({})).toMatchObject({
      ok: true,
      value: { THROUGHLINE_MODE: 'demo', HOST: '127.0.0.1', PORT: 8420 },
    })
  })

  test('are refused one by one, each by its name', () => {
    const read = readConfig({ PORT: 'eighty', THROUGHLINE_MODE: 'live', DATABASE_URL: 'mysql://somewhere/else' })
    expect(read.ok ? [] : read.issues.map(({ place }) => place).sort()).toEqual([
      'DATABASE_URL',
      'PORT',
      'THROUGHLINE_MODE',
    ])
  })

  test('never leave HL7 v2 in the clear because half of its TLS settings is missing', () => {
    expect(readConfig({ MLLP_TLS_KEY: 'key.pem' }).ok).toBe(false)
    expect(readConfig({ MLLP_TLS_CERT: 'cert.pem' }).ok).toBe(false)
    expect(readConfig({ MLLP_TLS_CA: 'ca.pem' }).ok).toBe(false)
    expect(readConfig({ MLLP_TLS_KEY: 'key.pem', MLLP_TLS_CERT: 'cert.pem', MLLP_TLS_CA: 'ca.pem' }).ok).toBe(true)
  })
})

describe('how long things may wait', () => {
  test('is as documented, and may be set in part', () => {
    expect(readConfig({})).toMatchObject({
      ok: true,
      value: { WORK_DUE_HOURS: { critical: 4, abnormal: 24, other: 72 } },
    })
    expect(readConfig({ WORK_DUE_HOURS: 'critical=2,task=24' })).toMatchObject({
      ok: true,
      value: { WORK_DUE_HOURS: { critical: 2, abnormal: 24, other: 72, task: 24, identity: 72 } },
    })
  })

  test.each(['critical=30', 'critical=0', 'grave=4', 'critical', 'other=10'])('%s is refused by its name', (text) => {
    const read = readConfig({ WORK_DUE_HOURS: text })
    expect(read.ok ? [] : read.issues.map(({ place }) => place)).toEqual(['WORK_DUE_HOURS'])
  })
})

describe('the names of medicines', () => {
  const file = (text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), 'throughline-medicines-')), 'medicines.txt')
    writeFileSync(path, text)
    return path
  }

  test('H-83 that cannot be used stop the start, each line by its number', () => {
    expect(() => takeAreaMedicines(file('good: Goodmix\nwarfarin: Istin\nbad | none-such'))).toThrow(
      /MEDICINES_FILE cannot be used:\s+line 3: .*unknown class: none-such/,
    )
    expect(() => takeAreaMedicines('/no/such/file')).toThrow('MEDICINES_FILE cannot be read')
    expect(knownMedicines()).toBe(commonMedicines)
  })

  test('H-83 are known from the start on', () => {
    takeAreaMedicines(file('riverton mixture: Rivermix | opioid\n'))
    expect(readMedicineName('Rivermix 5mg tablets')?.generic).toBe('riverton mixture')
    setKnownMedicines(commonMedicines)
  })
})
