/** Whatever sources send, each page of the record is made: hazards H-08 and H-10. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { now, type Resource, recordFrom } from '../../../test/support/invented-record.ts'
import { wildResources } from '../../../test/support/wild-resources.ts'
import { renderPage, type Safe } from '../../design/index.ts'
import { aboutView } from './about.tsx'
import { allergiesView } from './allergies.tsx'
import { contactsView } from './care.tsx'
import type { RecordModel } from './frame.tsx'
import { historyView } from './history.tsx'
import { lettersView, letterView } from './letters.tsx'
import { medicinesView } from './medicines.tsx'
import { carePlansView } from './plans.tsx'
import { problemsView } from './problems.tsx'
import { referralsView } from './referrals.tsx'
import { socialCareView } from './social-care.tsx'
import { sourcesView } from './sources.tsx'
import { summaryView } from './summary.tsx'
import { testsView, testView } from './tests.tsx'
import { timelineView } from './timeline.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }

function allPages(model: RecordModel): readonly Safe[] {
  const { tests, vitalSigns, letters } = model.record
  return [
    summaryView(model),
    timelineView(model, { kind: '', source: '', page: 1 }),
    problemsView(model, 1),
    medicinesView(model, 1),
    allergiesView(model),
    testsView(model, 1),
    lettersView(model, 1),
    carePlansView(model, 1),
    contactsView(model, 1),
    aboutView(model, 1),
    historyView(model, 1),
    socialCareView(model, 1),
    referralsView(model, 1),
    sourcesView(model, 1),
    ...[...tests, ...vitalSigns].map((one) => testView(model, one, 1)),
    ...letters.map((letter) => letterView(model, letter, 1)),
  ]
}

test('H-08 every page of any record is made, whatever its resources hold', () => {
  fc.assert(
    fc.property(wildResources, (given) => {
      const record = recordFrom({ gp: given.slice(0, 3), pas: given.slice(3) })
      for (const page of allPages({ shell, person: 'p', record, now })) {
        const html = renderPage(page)
        expect(html).not.toMatch(/\[object |>undefined<|>null<|NaN/)
      }
    }),
    { numRuns: 150 },
  )
})

test('H-10 whatever words a source sends, they stay words on every page', () => {
  const attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
  const concept = { text: attack, coding: [{ system: attack, code: attack, display: attack }] }
  const common = {
    status: 'active',
    subject: { reference: 'Patient/p' },
    code: concept,
    category: [concept],
    description: attack,
    title: attack,
    note: [{ text: attack }],
  }
  const types = [
    'Condition',
    'Observation',
    'AllergyIntolerance',
    'MedicationRequest',
    'Flag',
    'CarePlan',
    'Encounter',
    'Immunization',
    'Procedure',
    'DocumentReference',
    'Composition',
    'Claim',
  ] as const
  const given = types.map(
    (resourceType, n) =>
      ({
        ...common,
        resourceType,
        id: `a${n}`,
        onsetDateTime: '2020',
        effectiveDateTime: '2020',
        valueString: attack,
        medicationCodeableConcept: concept,
        dosageInstruction: [{ text: attack }],
        reaction: [{ manifestation: [concept] }],
        type: [concept],
        vaccineCode: concept,
        period: { start: '2020' },
        content: [
          { attachment: { contentType: 'text/html', title: attack, data: Buffer.from(attack).toString('base64') } },
        ],
      }) as unknown as Resource,
  )
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    name: [{ family: attack, given: [attack] }],
    address: [{ text: attack }],
    telecom: [{ system: 'phone', value: attack }],
    contact: [{ name: { text: attack } }],
  } as unknown as Resource
  for (const page of allPages({ shell, person: 'p', record: recordFrom({ gp: [patient, ...given] }), now })) {
    const html = renderPage(page)
    expect(html).not.toMatch(/<script|<img|<iframe|\son[a-z]+=[^&]*alert\(1\)>(?!&)/i)
  }
})
