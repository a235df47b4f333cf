/** Hazards H-07, H-08, H-10, H-19: nothing is dropped, no text breaks the record, and the reader knows who did not answer. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  now,
  problem,
  quantity,
  type Resource,
  reading,
  recordFrom,
  rowsOf,
  sarah,
  sources,
} from '../../test/support/invented-record.ts'
import { resourceTypes, wildResources } from '../../test/support/wild-resources.ts'
import { buildRecord } from './build-record.ts'
import type { FactRow } from './held.ts'
import { absenceWords, type PersonRecord, whyEmpty } from './index.ts'
import { readNarrative } from './narrative.ts'
import { datesDiffer, dayWords, earliestMs } from './partial-date.ts'

const subject = { reference: 'Patient/p' }
const code = { text: 'Something' }

/** Every fact that any list of the record shows. */
function shown(record: PersonRecord): ReadonlySet<string> {
  const {
    problems,
    medicines,
    tests,
    vitalSigns,
    letters,
    encounters,
    immunisations,
    procedures,
    appointments,
    referrals,
    carePlans,
    flags,
    headings,
    timeline,
    other,
    unreadable,
    allergies,
    identity,
  } = record
  const lists = [
    problems,
    medicines,
    tests,
    vitalSigns,
    letters,
    encounters,
    immunisations,
    procedures,
    appointments,
    referrals,
    carePlans,
    flags,
    ...Object.values(headings),
    timeline,
    other,
    identity.contacts,
    allergies.allergies,
    allergies.withdrawn,
    allergies.negatives,
  ]
  return new Set(
    [...lists.flatMap((list) => list.flatMap(({ origins }) => origins)), ...unreadable].map(
      ({ type, id }) => `${type}/${id}`,
    ),
  )
}

describe('H-08 nothing is dropped', () => {
  test('H-08 a bare resource of every type is shown somewhere', () => {
    for (const resourceType of resourceTypes) {
      const record = recordFrom({ gp: [{ resourceType, id: 'x', subject, status: 'active' } as unknown as Resource] })
      expect([...shown(record)], resourceType).toEqual([`${resourceType}/x`])
    }
  })

  test('H-08 whatever a resource holds, it is shown somewhere and the record is built', () => {
    fc.assert(
      fc.property(wildResources, (given) => {
        const record = recordFrom({ gp: given.slice(0, 3), pas: given.slice(3) })
        const seen = shown(record)
        for (const { resourceType, id } of given)
          expect(seen.has(`${resourceType}/${id}`), `${resourceType}/${id}`).toBe(true)
        expect(record.facts).toBe(given.length)
      }),
      { numRuns: 1000 },
    )
  })

  test('H-08 one misshapen fact is set apart by name and does not hide the others', () => {
    const misshapen = {
      resourceType: 'MedicationRequest',
      id: 'bad',
      status: 'active',
      dosageInstruction: [
        { timing: { repeat: { when: { not: 'a list' } } }, additionalInstruction: 7, text: { toString: null } },
      ],
      reasonCode: 3,
      substitution: null,
      medicationCodeableConcept: { coding: { '0': 1 } },
      statusReason: 9,
      dispenseRequest: 'x',
      authoredOn: 5,
    } as unknown as Resource
    const record = recordFrom({ gp: [sarah('a'), problem('b', '1', 'X'), misshapen] })
    expect(record.problems).toHaveLength(1)
    expect(shown(record).has('MedicationRequest/bad')).toBe(true)
  })

  test('H-08 a fact whose text is no resource is counted and named', () => {
    const row: FactRow = {
      type: 'Condition',
      id: 'x',
      savedAt: now,
      source: 'gp',
      messageId: '1',
      body: '{"resourceType":',
    }
    const record = buildRecord({ rows: [row], about: [], sources, now })
    expect(record).toMatchObject({
      facts: 1,
      unreadable: [{ type: 'Condition', id: 'x', organisation: 'Riverside Surgery' }],
    })
  })

  test('H-08 a report speaks for its results on the timeline, and each result keeps its own row', () => {
    const record = recordFrom({
      pas: [
        reading('o1', '718-7', 'Haemoglobin', quantity(130, 'g/L'), '2026-01-01'),
        reading('o2', '777-3', 'Platelets', quantity(200, '10*9/L'), '2026-01-01'),
        {
          resourceType: 'DiagnosticReport',
          id: 'd',
          status: 'final',
          code: { text: 'Full blood count' },
          subject,
          effectiveDateTime: '2026-01-01',
          result: [{ reference: 'Observation/o1' }, { reference: 'Observation/o2' }],
        } as Resource,
      ],
    })
    expect(record.timeline).toMatchObject([{ kind: 'Report', title: 'Full blood count', detail: '2 results' }])
    expect(record.timeline[0]?.origins).toHaveLength(3)
    expect(record.tests).toHaveLength(2)
  })
})

describe('H-07 who did not answer', () => {
  test('H-07 each source is listed with what it supplied, when, and whether its feed fails', () => {
    const { sources: parts } = recordFrom(
      { gp: [sarah('a'), problem('b', '1', 'X')], pas: [sarah('c')] },
      { failing: ['pas'] },
    )
    expect(parts.map(({ source, facts, state }) => [source, facts, state])).toEqual([
      ['gp', 2, 'answering'],
      ['pas', 1, 'failing'],
      ['council', 0, 'answering'],
      ['mh', 0, 'answering'],
    ])
    expect(parts[0]).toMatchObject({
      counts: [
        { type: 'Condition', count: 1 },
        { type: 'Patient', count: 1 },
      ],
      lastAboutPerson: '2026-11-21T10:00:00.000Z',
    })
  })

  test('H-07 an empty list says how many answered, or who could not', () => {
    expect(absenceWords(whyEmpty(recordFrom({ gp: [sarah('a')], pas: [sarah('b')] }).sources))).toBe(
      'None recorded by the 2 organisations that answered',
    )
    expect(
      absenceWords(whyEmpty(recordFrom({ gp: [sarah('a')], pas: [sarah('b')] }, { failing: ['pas'] }).sources)),
    ).toBe('Not available now from Riverton General Hospital')
  })

  test('facts of a source that is no longer declared stay, under its id', () => {
    const record = buildRecord({ rows: rowsOf({ gone: [problem('a', '1', 'X')] }), about: [], sources, now })
    expect(record.sources[0]).toMatchObject({ source: 'gone', organisation: 'gone', facts: 1 })
  })
})

describe('H-10 documents are read into plain text', () => {
  test('H-10 no markup, script, style or address of a document reaches the blocks', () => {
    const html =
      '<div><script>alert(1)</script><style>*{}</style><h2>Plan</h2><p onclick="x()">Take <b>one</b> &amp; rest<br/>then <a href="javascript:x">call</a></p><ul><li>A</li><li>B</li></ul><table><tr><th>Test</th><th>Value</th></tr><tr><td>Hb</td><td>130</td></tr></table><img src="http://elsewhere/x.png"></div>'
    expect(readNarrative(html)).toEqual([
      { kind: 'heading', text: 'Plan' },
      { kind: 'paragraph', text: 'Take one & rest' },
      { kind: 'paragraph', text: 'then call' },
      { kind: 'list', items: ['A', 'B'] },
      {
        kind: 'table',
        rows: [
          ['Test', 'Value'],
          ['Hb', '130'],
        ],
      },
    ])
  })

  test('H-10 no text makes the reader fail, and plain words always come through', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '<',
            '>',
            '</',
            '<p',
            '<table>',
            '<td>',
            '</tr>',
            '<li>',
            '</ul>',
            '<script',
            '</script>',
            '<!--',
            '-->',
            '<![CDATA[',
            ']]>',
            '&#x',
            '&amp;',
            '"',
            "'",
            'word',
            ' ',
            '=',
            '/',
          ),
        ),
        (parts) => {
          expect(Array.isArray(readNarrative(parts.join('')))).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.array(fc.constantFrom('alpha', 'beta', 'gamma'), { minLength: 1 }), (words) =>
        JSON.stringify(readNarrative(`<div><p>${words.join('</p><td>')}</p></div>`)).includes(words.at(-1) ?? ''),
      ),
    )
  })

  test('H-10 letters: text is shown, a PDF is a file to download, what was not sent says so', () => {
    const attachment = (more: object) => ({ attachment: more })
    const letter = {
      resourceType: 'DocumentReference',
      id: 'd',
      status: 'current',
      type: { text: 'Outpatient letter' },
      date: '2026-11-11T09:00:00Z',
      subject,
      content: [
        attachment({ contentType: 'text/plain', data: Buffer.from('Dear <b>Doctor</b>').toString('base64') }),
        attachment({ contentType: 'application/pdf', data: Buffer.from('%PDF').toString('base64') }),
        attachment({ contentType: 'application/pdf', url: 'Binary/elsewhere' }),
      ],
    } as Resource
    const [row] = recordFrom({ pas: [letter] }).letters
    expect(row).toMatchObject({
      title: 'Outpatient letter',
      key: 'DocumentReference-d',
      attachments: [
        { kind: 'text', text: 'Dear <b>Doctor</b>' },
        { kind: 'file', contentType: 'application/pdf', sizeBytes: 4, index: 1 },
        { kind: 'elsewhere' },
      ],
    })
  })
})

describe('H-19 dates', () => {
  test('H-19 a partial date stays partial, and a time is shown as the day in London', () => {
    expect(['2026', '2026-05', '2026-05-14', '2026-05-14T23:30:00Z', 'last spring'].map(dayWords)).toEqual([
      '2026',
      'May 2026',
      '14 May 2026',
      '15 May 2026',
      'last spring',
    ])
    expect(recordFrom({ gp: [problem('a', '1', 'X', { onsetDateTime: '2008' })] }).problems[0]?.since).toBe('2008')
  })

  test('H-19 what is no date is not put in order as one', () => {
    expect(['0000-00-00', '2026-13-01', 'yesterday', '', undefined].map((date) => earliestMs(date))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(datesDiffer('2008', '2008-10-14')).toBe(false)
  })

  test('H-19 a time late on a summer evening by UTC is the next day in London, also where days are compared', () => {
    expect(datesDiffer('2026-06-01T23:30:00Z', '2026-06-02')).toBe(false)
    expect(datesDiffer('2026-06-01T23:30:00Z', '2026-06-01')).toBe(true)
    expect(datesDiffer('2026-12-01T23:30:00Z', '2026-12-01')).toBe(false)
    expect(datesDiffer('2026-06-02T00:30:00+01:00', '2026-06-01T23:30:00Z')).toBe(false)
  })

  test('the timeline is newest first, and what has no date is not on it but elsewhere', () => {
    const record = recordFrom({
      gp: [
        problem('a', '1', 'Old', { onsetDateTime: '2001' }),
        problem('b', '2', 'New', { onsetDateTime: '2020-05' }),
        problem('c', '3', 'Undated', { onsetDateTime: undefined }),
      ],
    })
    expect(record.timeline.map(({ title }) => title)).toEqual(['New', 'Old'])
    expect(record.problems).toHaveLength(3)
  })
})

test('coming appointments stand before past ones, the soonest first', () => {
  const appointment = (id: string, start: string) =>
    ({
      resourceType: 'Appointment',
      id,
      status: 'booked',
      start,
      description: id,
      participant: [],
    }) as unknown as Resource
  const { appointments } = recordFrom({
    gp: [
      appointment('past', '2026-01-01T09:00:00Z'),
      appointment('later', '2027-02-01T09:00:00Z'),
      appointment('soon', '2026-12-01T09:00:00Z'),
    ],
  })
  expect(appointments.map(({ title }) => title)).toEqual(['soon', 'later', 'past'])
})

test('an entry says what it is in the words of its type', () => {
  const entries = recordFrom({
    council: [
      {
        resourceType: 'CarePlan',
        id: 'c',
        status: 'active',
        intent: 'plan',
        subject,
        category: [{ text: 'Home care package' }],
        title: 'Home care, twice a day',
        period: { start: '2026-01-01' },
      } as Resource,
    ],
    pas: [
      {
        resourceType: 'Encounter',
        id: 'e',
        status: 'finished',
        class: { code: 'IMP' },
        subject,
        period: { start: '2026-10-02T10:00:00Z', end: '2026-10-04T10:00:00Z' },
        reasonCode: [{ text: 'Fall' }],
      } as Resource,
    ],
    gp: [
      {
        resourceType: 'Immunization',
        id: 'i',
        status: 'completed',
        patient: subject,
        vaccineCode: { text: 'Influenza vaccine' },
        occurrenceDateTime: '2026-10-01',
      } as Resource,
      { resourceType: 'Flag', id: 'f', status: 'active', subject, code } as Resource,
    ],
  })
  expect(entries.carePlans).toMatchObject([{ kind: 'Care package', title: 'Home care, twice a day', status: '' }])
  expect(entries.encounters).toMatchObject([
    { kind: 'Hospital', title: 'Hospital stay', detail: 'Fall', until: '2026-10-04T10:00:00Z' },
  ])
  expect(entries.immunisations).toMatchObject([{ kind: 'Vaccination', title: 'Influenza vaccine' }])
  expect(entries.flags).toMatchObject([{ kind: 'Alert', title: 'Something' }])
})

test('an order whose report has come is no referral; one that waits for its report is', () => {
  const order = (id: string) =>
    ({
      resourceType: 'ServiceRequest',
      id,
      status: 'active',
      intent: 'order',
      code: { text: id },
    }) as unknown as Resource
  const report = (id: string, status: string, of: string) =>
    ({ resourceType: 'DiagnosticReport', id, status, basedOn: [{ reference: `ServiceRequest/${of}` }] }) as Resource
  const { referrals, other } = recordFrom({
    pas: [order('done'), order('waits'), report('r1', 'final', 'done'), report('r2', 'preliminary', 'waits')],
  })
  expect(referrals.map(({ title }) => title)).toEqual(['waits'])
  expect(other.map(({ title }) => title)).toContain('done')
})
