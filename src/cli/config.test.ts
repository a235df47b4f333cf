import { describe, expect, test } from 'vitest'
import { readConfig } from '../config.ts'

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
