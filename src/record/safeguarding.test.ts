/** Hazard H-34: what is about safeguarding is seen by those who may, known to exist by other staff, and told to no patient's screen. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { now, problem, type Resource, rowsOf, sarah, sources } from '../../test/support/invented-record.ts'
import { wildResources } from '../../test/support/wild-resources.ts'
import { buildRecord } from './build-record.ts'
import { hide, isSafeguarding } from './safeguarding.ts'

const subject = { reference: 'Patient/p' }
const secret = 'Quenby'
const facts = [
  {
    resourceType: 'Flag',
    id: 'flag',
    status: 'active',
    subject,
    code: { text: `Domestic abuse: ${secret}` },
    period: { start: '2026-01-02' },
  },
  problem('c', '1', 'Child protection plan', { note: [{ text: secret }] }),
  {
    resourceType: 'CarePlan',
    id: 'plan',
    status: 'active',
    intent: 'plan',
    subject,
    title: 'Safeguarding plan',
    description: secret,
    activity: [{ detail: { description: secret } }],
  },
  {
    resourceType: 'Observation',
    id: 'obs',
    status: 'final',
    subject,
    code: { text: 'At risk of abuse' },
    valueString: secret,
    effectiveDateTime: '2026-02-03',
  },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    subject,
    class: { code: 'AMB' },
    reasonCode: [{ text: `Safeguarding meeting with ${secret}` }],
    period: { start: '2026-02-03' },
  },
  {
    resourceType: 'ServiceRequest',
    id: 'ask',
    status: 'active',
    subject,
    code: { text: 'MARAC referral' },
    note: [{ text: secret }],
  },
  {
    resourceType: 'DocumentReference',
    id: 'doc',
    status: 'current',
    subject,
    description: 'Safeguarding report',
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(secret).toString('base64') } }],
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'form',
    status: 'completed',
    subject,
    questionnaire: 'https://x.example/safeguarding-screen',
    item: [{ linkId: '1', answer: [{ valueString: secret }] }],
  },
  {
    resourceType: 'Flag',
    id: 'label',
    status: 'active',
    subject,
    meta: { security: [{ code: 'SDV' }] },
    code: { text: secret },
  },
  {
    resourceType: 'Flag',
    id: 'heading',
    status: 'active',
    subject,
    category: [{ coding: [{ code: 'safeguarding' }] }],
    code: { text: secret },
  },
] as unknown as readonly Resource[]
const recordSeen = (safeguarding: 'shown' | 'masked' | 'left-out', given = facts) =>
  buildRecord({ rows: rowsOf({ gp: [sarah('p'), ...given] }), about: [], sources, now, safeguarding })

test('H-34 a role without the permission sees that there are entries, with their days, and not a word of what they say', () => {
  const { headings, hidden, timeline, ...rest } = recordSeen('masked')
  expect(headings.safeguarding).toHaveLength(facts.length)
  for (const entry of headings.safeguarding) expect(entry.title).toBe('Hidden')
  expect(headings.safeguarding.map(({ when }) => when)).toEqual(expect.arrayContaining(['2026-01-02', '2026-02-03']))
  expect(hidden).toHaveLength(facts.length)
  expect(timeline.length).toBeGreaterThan(0)
  expect(JSON.stringify({ headings, timeline, ...rest })).not.toMatch(
    /Quenby|abuse|MARAC|child protection|safeguarding p|safeguarding r/i,
  )
})

test('H-34 who may see it sees all of it, under one heading', () => {
  const record = recordSeen('shown')
  expect(record.headings.safeguarding).toHaveLength(facts.length)
  expect(record.hidden).toEqual([])
  expect(JSON.stringify(record)).toContain(secret)
})

test('H-34 a patient’s own page is made without a trace of it', () => {
  const { hidden: _, ...record } = recordSeen('left-out')
  expect(record.headings.safeguarding).toEqual([])
  expect(JSON.stringify(record)).not.toMatch(/Quenby|"Hidden|abuse/i)
})

test('H-34 what only mentions it in free text, or is an allergy or a medicine, is not hidden', () => {
  const mention = [
    {
      resourceType: 'Condition',
      id: 'm',
      subject,
      code: { text: 'Asthma' },
      note: [{ text: 'No safeguarding concerns' }],
    },
    { resourceType: 'AllergyIntolerance', id: 'a', patient: subject, code: { text: 'Safeguarding latex' } },
  ] as unknown as readonly Resource[]
  const record = recordSeen('masked', mention)
  expect(record.hidden).toEqual([])
  expect(record.problems.map(({ title }) => title)).toEqual(['Asthma'])
})

test('H-34 hiding keeps nothing of any resource but its type, id and days, and what is hidden stays so', () => {
  fc.assert(
    fc.property(wildResources, (given) => {
      for (const resource of given) {
        const hidden = hide({ ...resource, extension: [{ url: 'u', valueString: secret }], note: secret } as never)
        expect(JSON.stringify(hidden)).not.toContain(secret)
        if (
          resource.resourceType !== 'Patient' &&
          resource.resourceType !== 'AllergyIntolerance' &&
          resource.resourceType !== 'MedicationRequest'
        )
          expect(isSafeguarding(hidden)).toBe(
            !['Practitioner', 'Organization', 'Location'].includes(resource.resourceType),
          )
      }
    }),
    { numRuns: 100 },
  )
})
