/** Where facts stand by the record standard, and what is pinned: hazard H-35. */
import { describe, expect, test } from 'vitest'
import { problem, type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'
import { inForce } from './in-force.ts'
import type { Heading } from './model.ts'
import { resuscitation } from './resuscitation.ts'

const subject = { reference: 'Patient/p' }
const fact = (resourceType: string, more: object): Resource =>
  ({ resourceType, id: 'x', subject, status: 'active', ...more }) as unknown as Resource
const observation = (text: string, more: object = {}) =>
  fact('Observation', { status: 'final', code: { text }, effectiveDateTime: '2026-03-04', ...more })
const recordOf = (...given: readonly Resource[]) => recordFrom({ gp: [sarah('p'), ...given] })
const headingOf = (given: Resource, source = 'gp') =>
  Object.entries(recordFrom({ [source]: [sarah('p'), given] }).headings)
    .filter(([, entries]) => entries.length > 0)
    .map(([heading]) => heading as Heading)

const cases: readonly (readonly [string, Resource, Heading | undefined])[] = [
  ['a plan for the end of life', fact('CarePlan', { title: 'End of life care plan' }), 'end-of-life'],
  ['a crisis plan', fact('CarePlan', { title: 'Crisis and contingency plan' }), 'contingency'],
  [
    'a plan by the standard’s own code',
    fact('CarePlan', { title: 'Plan', category: [{ coding: [{ code: 'contingency-plans' }] }] }),
    'contingency',
  ],
  ['another plan', fact('CarePlan', { title: 'Diabetes plan' }), 'care-plans'],
  ['a DNACPR as a flag', fact('Flag', { code: { text: 'DNACPR in place' } }), 'legal'],
  ['a DNACPR as an entry of a GP record', observation('Not for attempted cardiopulmonary resuscitation'), 'legal'],
  [
    'a power of attorney',
    fact('Consent', { category: [{ text: 'Lasting power of attorney: health and welfare' }] }),
    'legal',
  ],
  ['any other consent', fact('Consent', { category: [{ text: 'Research' }] }), 'legal'],
  [
    'a form about me',
    fact('QuestionnaireResponse', { questionnaire: 'https://x.example/about-me', status: 'completed' }),
    'about-me',
  ],
  [
    'another form',
    fact('QuestionnaireResponse', { questionnaire: 'https://x.example/falls-risk', status: 'completed' }),
    'assessments',
  ],
  [
    'a reasonable adjustment',
    fact('Flag', {
      category: [{ coding: [{ code: 'reasonable-adjustments-for-health-and-care-access' }] }],
      code: { text: 'Ramp' },
    }),
    'needs',
  ],
  ['an interpreter', fact('Flag', { code: { text: 'Needs an interpreter' } }), 'needs'],
  ['any other flag', fact('Flag', { code: { text: 'Violent dog' } }), 'alerts'],
  [
    'a risk that names a crisis plan',
    fact('Flag', {
      category: [{ coding: [{ code: 'risk-information' }] }],
      code: { text: 'Risk: see the crisis plan' },
    }),
    'alerts',
  ],
  ['pregnancy', observation('Pregnant'), 'pregnancy'],
  [
    'a pregnancy test of a laboratory',
    observation('Pregnancy test', { category: [{ coding: [{ code: 'laboratory' }] }] }),
    undefined,
  ],
  ['smoking', observation('Smoking status', { valueString: 'Never' }), 'social-context'],
  ['family history', fact('FamilyMemberHistory', { relationship: { text: 'Mother' } }), 'family-history'],
  ['family history as an entry of a GP record', observation('Family history of asthma'), 'family-history'],
  ['equipment', fact('DeviceUseStatement', { device: { display: 'Walking frame' } }), 'equipment'],
  ['a task', fact('Task', { status: 'requested', code: { text: 'Triage referral' } }), 'referrals'],
  ['a laboratory value', observation('Sodium', { category: [{ coding: [{ code: 'laboratory' }] }] }), undefined],
]
test.each(cases)('%s has its heading', (_name, given, heading) => {
  expect(headingOf(given)).toEqual(heading === undefined ? [] : [heading])
})

test('what a council arranges is social care, whatever it is called', () => {
  expect(headingOf(fact('CarePlan', { title: 'Home support' }), 'council')).toEqual(['social-care'])
  expect(headingOf(fact('Encounter', { class: { code: 'FLD' } }), 'council')).toEqual(['social-care'])
})

test('a crisis plan that came as a document leads to its letter, with its parts', () => {
  const plan = fact('Composition', {
    status: 'final',
    title: 'Crisis plan',
    date: '2026-05-06',
    section: [
      {
        title: 'Early signs',
        text: { status: 'additional', div: '<div><p>Sleeps <b>less</b></p><ul><li>Paces</li></ul></div>' },
      },
    ],
  })
  expect(recordOf(plan).headings.contingency).toMatchObject([
    { title: 'Crisis plan', key: 'Composition-x', particulars: [{ label: 'Early signs', text: 'Sleeps less Paces' }] },
  ])
})

test('a request that was completed or withdrawn waits no more, and says so', () => {
  const statusOf = (status: string) =>
    recordOf(fact('ServiceRequest', { status, intent: 'order' })).headings.referrals[0]?.status
  expect(['active', 'completed', 'revoked', 'on-hold', 'unknown'].map(statusOf)).toEqual([
    '',
    'Completed',
    'Revoked',
    'On hold',
    'Status not known',
  ])
})

test('a plan’s summary, steps and notes are all told', () => {
  const plan = fact('CarePlan', {
    title: 'End of life care plan',
    description: 'Wants to be at home',
    activity: [{ detail: { code: { text: 'If worse' }, description: 'Ring the team' } }],
    note: [{ text: 'Key under the pot' }],
  })
  expect(recordOf(plan).headings['end-of-life'][0]?.particulars).toEqual([
    { label: 'Summary', text: 'Wants to be at home' },
    { label: 'If worse', text: 'Ring the team' },
    { label: 'Note', text: 'Key under the pot' },
  ])
})

test('About me keeps the person’s own words, who wrote them and when', () => {
  const form = fact('QuestionnaireResponse', {
    status: 'completed',
    questionnaire: 'https://x.example/about-me',
    authored: '2026-05-06',
    author: { reference: 'Patient/p' },
    item: [
      { linkId: '1', text: 'What matters most to me', answer: [{ valueString: 'my  dog, Bess – NOT "the pet"' }] },
    ],
  })
  expect(recordOf(form).headings['about-me']).toMatchObject([
    {
      when: '2026-05-06',
      people: ['The person themselves'],
      particulars: [{ label: 'What matters most to me', text: 'my  dog, Bess – NOT "the pet"' }],
    },
  ])
})

describe('H-35 plans and decisions to follow', () => {
  const today = '2026-11-22T10:00:00Z'
  test.each([
    [{ status: '' }, true],
    [{ status: 'Completed' }, false],
    [{ status: 'Revoked' }, false],
    [{ status: '', until: '2026-11-22' }, true],
    [{ status: '', until: '2026-11-21' }, false],
  ])('H-35 %j stands: %s', (entry, stands) => {
    expect(inForce(entry, today)).toBe(stands)
  })

  test('H-35 a plan that was completed or revoked says so, and is not in force', () => {
    for (const status of ['completed', 'revoked', 'draft']) {
      const [entry] = recordOf(fact('CarePlan', { title: 'Crisis plan', status })).headings.contingency
      expect(entry?.status).not.toBe('')
      expect(entry && inForce(entry, today)).toBe(false)
    }
  })

  test('H-35 one source against and another for resuscitation is a conflict, and each alone is none', () => {
    const against = observation('Not for attempted cardiopulmonary resuscitation')
    const inFavour = { ...fact('Flag', { code: { text: 'For full resuscitation' } }), id: 'y' } as Resource
    const of = (...given: readonly Resource[]) => resuscitation(recordOf(...given).headings, today)
    expect(of(against, inFavour)).toMatchObject({ conflict: true, entries: [{}, {}] })
    expect(of(against)).toMatchObject({ conflict: false, entries: [{}] })
    expect(of(inFavour)).toMatchObject({ conflict: false, entries: [{}] })
    expect(of(fact('Flag', { code: { text: 'Power of attorney' } }))).toMatchObject({ conflict: false, entries: [] })
  })

  test('H-35 a decision that ended is no decision', () => {
    const old = fact('Flag', { code: { text: 'DNACPR' }, status: 'inactive' })
    expect(resuscitation(recordOf(old).headings, today).entries).toEqual([])
  })
})

describe('H-39 in hospital now', () => {
  const stay = (more: object) =>
    fact('Encounter', {
      class: { code: 'IMP' },
      status: 'in-progress',
      period: { start: '2026-11-20T09:00:00Z' },
      ...more,
    })
  test('H-39 where the person is, and since when, is told with the stay', () => {
    const [stays] = recordOf(stay({ location: [{ location: { display: 'Ward 12' } }] })).admissions
    expect(stays).toMatchObject({ kind: 'Hospital', detail: 'Ward 12', when: '2026-11-20T09:00:00Z' })
  })

  test.each([
    ['begun and not ended', {}, 1],
    ['ended', { period: { start: '2026-11-20', end: '2026-11-21' } }, 0],
    ['finished without a date', { status: 'finished' }, 0],
    ['planned', { status: 'planned' }, 0],
    ['still to begin', { period: { start: '2026-12-01' } }, 0],
    ['a clinic visit', { class: { code: 'AMB' } }, 0],
  ])('H-39 a stay that is %s', (_name, more, many) => {
    expect(recordOf(stay(more)).admissions).toHaveLength(many)
  })
})

test('a problem keeps its place among the problems whatever its name', () => {
  expect(recordOf(problem('c', '1', 'Pregnancy')).problems).toHaveLength(1)
})
