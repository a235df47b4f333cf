/** Hazards H-01 and H-07: what has ended, what nobody settled and who said so are never blurred. */
import { expect, test } from 'vitest'
import { now, prescription, problem, type Resource, recordFrom, sarah } from '../../../test/support/invented-record.ts'
import { renderPage, type Safe } from '../../design/index.ts'
import type { PersonRecord } from '../../record/index.ts'
import { summaryView } from './summary.tsx'
import { timelineView } from './timeline.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }
const everything = { kind: '', source: '', page: 1 }
const modelOf = (record: PersonRecord) => ({ shell, person: 'p', record, now })
const wordsOf = (page: Safe) =>
  renderPage(page)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
const ended = (...given: readonly Resource[]) =>
  wordsOf(summaryView(modelOf(recordFrom({ gp: [sarah('p'), ...given] }))))

test('H-01 medicines and problems that have ended are counted, never told as none recorded', () => {
  const page = ended(
    prescription('m', '42206511000001102', 'Naproxen 500mg tablets', { status: 'stopped' }),
    problem('c', '233604007', 'Pneumonia', { clinicalStatus: { coding: [{ code: 'resolved' }] } }),
  )
  expect(page).toContain('None recorded as current, and 1 past medicine')
  expect(page).toContain('None recorded as current, and 1 past problem')
  expect(ended()).not.toContain('None recorded as current')
})

test('a problem whose status nobody recorded says that it is the status that is not recorded', () => {
  const record = recordFrom({ gp: [sarah('p'), problem('c', '233604007', 'Pneumonia', { clinicalStatus: undefined })] })
  expect(record.timeline.find(({ kind }) => kind === 'Problem')?.status).toBe('Status not recorded')
})

test('H-07 two feeds of one organisation can be told apart in the timeline', () => {
  const record = recordFrom({ gp: [sarah('p'), problem('c', '1', 'Gout')], pas: [problem('d', '2', 'Fall')] })
  const twice = {
    ...record,
    sources: record.sources.map((source) => ({ ...source, organisation: 'Riverside Surgery' })),
    events: record.events.map((event) => ({
      ...event,
      origins: event.origins.map((origin) => ({ ...origin, organisation: 'Riverside Surgery' })),
    })),
  }
  const page = wordsOf(timelineView(modelOf(twice), everything))
  expect(page).toContain('Riverside Surgery: Riverside EPR')
  expect(page).toContain('Riverside Surgery: Riverton PAS')
  expect(wordsOf(timelineView(modelOf(record), everything))).not.toContain('Riverside Surgery: Riverside EPR')
})
