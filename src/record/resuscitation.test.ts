/** Which way a decision goes, and which plans stand: hazard H-71. */
import { describe, expect, test } from 'vitest'
import { type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'
import { inForce } from './in-force.ts'
import { type Resuscitation, resuscitation, resuscitationOf } from './resuscitation.ts'

const today = '2026-11-22'
const subject = { reference: 'Patient/p' }
const flag = (id: string, text: string, more: object = {}): Resource =>
  ({ resourceType: 'Flag', id, subject, status: 'active', code: { text }, ...more }) as unknown as Resource

const cases: readonly (readonly [string, Resuscitation | undefined])[] = [
  ['DNACPR', 'against'],
  ['DNACPR in place', 'against'],
  ['DNAR order', 'against'],
  ['Do not attempt cardiopulmonary resuscitation', 'against'],
  ["Don't attempt CPR", 'against'],
  ['Do not resuscitate', 'against'],
  ['Not for CPR', 'against'],
  ['Not for attempted CPR', 'against'],
  ['Not for attempted cardiopulmonary resuscitation', 'against'],
  ['Not for resuscitation', 'against'],
  ['CPR attempts NOT recommended', 'against'],
  ['CPR not appropriate', 'against'],
  ['Resuscitation status: not for CPR', 'against'],
  ['Resuscitation declined by patient', 'against'],
  ['Patient refuses resuscitation', 'against'],
  ['Allow natural death', 'against'],
  ['For full resuscitation', 'in-favour'],
  ['For CPR', 'in-favour'],
  ['For attempted cardiopulmonary resuscitation', 'in-favour'],
  ['CPR attempts recommended', 'in-favour'],
  ['Resuscitation status: For CPR', 'in-favour'],
  ['CPR: yes', 'in-favour'],
  ['DNACPR cancelled', 'lifted'],
  ['DNACPR decision revoked on 3 May', 'lifted'],
  ['DNACPR no longer in place', 'lifted'],
  ['No DNACPR in place', 'lifted'],
  ['Does not have a DNACPR', 'lifted'],
  ['DNACPR: No', 'lifted'],
  ['DNACPR decision: none', 'lifted'],
  ['DNACPR discussion', 'unclear'],
  ['Discussion about DNACPR with family', 'unclear'],
  ['Resuscitation', 'unclear'],
  ['Resuscitation status not recorded', 'unclear'],
  ['Lasting power of attorney', undefined],
  ['End of life care plan', undefined],
]

describe('H-71 the way that a decision about resuscitation goes', () => {
  test.each(cases)('H-71 %j is %s', (words, way) => {
    expect(resuscitationOf(words)).toBe(way)
  })

  const of = (...given: readonly Resource[]) =>
    resuscitation(recordFrom({ gp: [sarah('p'), ...given] }).headings, today)

  test('H-71 “Not for CPR” beside “For full resuscitation” is a disagreement, whatever the type of either', () => {
    const found = of(flag('a', 'For full resuscitation'), flag('b', 'Not for CPR'))
    expect(found.conflict).toBe(true)
    expect(found.entries.map(({ title }) => title)).toEqual(['Not for CPR', 'For full resuscitation'])
  })

  test('H-71 one source withdrew it and another still has it: both are named', () => {
    expect(of(flag('a', 'DNACPR cancelled'), flag('b', 'DNACPR in place')).conflict).toBe(true)
    expect(of(flag('a', 'DNACPR discussion'), flag('b', 'DNACPR in place')).conflict).toBe(false)
    expect(of(flag('a', 'DNACPR in place'), flag('b', 'Not for CPR')).conflict).toBe(false)
  })

  test('H-71 a form whose answer says it is told by its answer', () => {
    const form = {
      resourceType: 'QuestionnaireResponse',
      id: 'q',
      subject,
      status: 'completed',
      questionnaire: 'https://x.example/respect-form-resuscitation',
      item: [{ linkId: '1', text: 'CPR', answer: [{ valueString: 'CPR attempts NOT recommended' }] }],
    } as unknown as Resource
    expect(of(form, flag('a', 'For full resuscitation')).conflict).toBe(true)
  })
})

describe('H-71 what stands', () => {
  test.each([
    ['Amended', true],
    ['Corrected', true],
    ['Status not known', true],
    ['Preliminary', false],
    ['Entered in error', false],
    ['Superseded', false],
    ['Draft', false],
    ['Revoked', false],
  ])('H-71 an entry that is %s stands: %s', (status, stands) => {
    expect(inForce({ status }, today)).toBe(stands)
  })

  test.each([
    ['2026-12-01', undefined, false],
    ['2026-11-22T09:00:00Z', undefined, true],
    ['2026-12', undefined, false],
    ['2026-11', undefined, true],
    ['2026', undefined, true],
    ['2026-01-01', '2026-11', true],
    ['2026-01-01', '2026', true],
    ['2026-01-01', '2026-10', false],
    ['2026-01-01', '2026-11-21', false],
  ])('H-71 from %s until %s stands: %s', (when, until, stands) => {
    expect(inForce({ status: '', when, ...(until === undefined ? {} : { until }) }, today)).toBe(stands)
  })

  test('H-71 an amended form is pinned as the one that it replaced was', () => {
    const form = {
      resourceType: 'QuestionnaireResponse',
      id: 'q',
      subject,
      status: 'amended',
      questionnaire: 'https://x.example/dnacpr-form',
      item: [],
    } as unknown as Resource
    const { headings } = recordFrom({ gp: [sarah('p'), form] })
    expect(resuscitation(headings, today).entries).toHaveLength(1)
  })
})
