import { describe, expect, test } from 'vitest'
import { demoSources } from '../../demo/index.ts'
import { parseSettings } from './source-settings.ts'

function placesOf(settings: unknown): readonly string[] {
  const read = parseSettings(settings)
  return read.ok ? [] : read.issues.map(({ place }) => place)
}

describe('what an analyst declares of a source', () => {
  test('is taken as it is when it holds', () => {
    for (const { settings } of demoSources()) expect(parseSettings(settings)).toEqual({ ok: true, value: settings })
    expect(parseSettings({})).toEqual({ ok: true, value: {} })
  })

  test('is refused with the place of each mistake', () => {
    expect(placesOf({ hl7v2: { answerFailed: 'AR', charset: 'klingon' }, nhsNumbersTraced: 'yes' })).toEqual([
      'hl7v2.answerFailed',
      'hl7v2.charset',
      'nhsNumbersTraced',
    ])
    expect(placesOf({ authorities: { RXX: '' } })).toEqual(['authorities.RXX'])
    expect(placesOf('text')).toEqual([''])
  })

  test('is refused when a setting is misspelt, for it would do nothing', () => {
    const read = parseSettings({ hl7v2: { sendingAplication: 'PAS' } })
    expect(read).toMatchObject({
      ok: false,
      issues: [{ place: 'hl7v2', message: expect.stringContaining('sendingAplication') }],
    })
  })

  test('is refused when a column map names a fact that is not in it', () => {
    const extract = {
      columns: [{ column: 'nhs', to: 'person.identifier[0].value' }],
      facts: { patient: { type: 'Patient', key: ['nhs'] } },
    }
    expect(placesOf({ csv: { contacts: extract } })).toEqual(['csv.contacts.columns[0].to'])
    expect(placesOf({ csv: { contacts: {} } })).toContain('csv.contacts.columns')
  })
})
