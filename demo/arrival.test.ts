/** What the real translators make of the area: the same code that reads a hospital's messages reads these. */
import { beforeAll, expect, test } from 'vitest'
import { type Format, formatNamed, type Source, type Translation } from '../src/feeds/index.ts'
import { type DemoMessage, demoArea, demoSources } from './index.ts'

type Read = {
  readonly message: DemoMessage
  readonly source: Source
  /** One for a message, many for the rows of an extract. */
  readonly translations: readonly Translation[]
  readonly issues: readonly string[]
}

const read: Read[] = []

beforeAll(() => {
  const sources = new Map(demoSources().map((source) => [source.id, source]))
  for (const message of demoArea({ people: 60, seed: 'riverton', now: new Date('2026-11-22T12:00:00Z') }).messages()) {
    const source = sources.get(message.source)
    const format = source && formatNamed(source.formats[0] ?? '')
    if (source === undefined || format === undefined) throw new Error(`${message.source} has no format`)
    read.push({ message, source, ...readMessage(message, source, format) })
  }
})

function readMessage({ bytes }: DemoMessage, source: Source, format: Format): Pick<Read, 'translations' | 'issues'> {
  const divided = format.divide?.(bytes, source) ?? null
  if (divided !== null && !divided.ok) return { translations: [], issues: divided.issues.map(({ message }) => message) }
  const translations: Translation[] = []
  const issues: string[] = []
  for (const part of divided?.value ?? [bytes]) {
    const translated = format.translate(part, source)
    if (translated.ok) translations.push(translated.value)
    else issues.push(...translated.issues.map(({ place, message }) => `${place}: ${message}`))
  }
  return { translations, issues }
}

test('every message is read without an error, but for those that are broken on purpose', () => {
  for (const { message, issues } of read) {
    if (message.expect === 'failed') expect(issues, message.name).not.toEqual([])
    else expect(issues, message.name).toEqual([])
  }
})

test('little is left over, and what is left is not clinical', () => {
  const bySource = new Map<string, { content: number; left: number }>()
  for (const { message, translations } of read) {
    const sum = bySource.get(message.source) ?? { content: 0, left: 0 }
    for (const { coverage } of translations) {
      sum.content += coverage.content
      sum.left += coverage.leftovers.length
    }
    bySource.set(message.source, sum)
  }
  // The council's extract carries costs and headings that no record shows.
  for (const [source, { content, left }] of bySource) expect(left / content, source).toBeLessThan(0.12)
})

test('every message is about the person it was written for', () => {
  for (const { message, translations } of read) {
    if (message.person === undefined) continue
    const merging = message.case === 'merge' || message.case === 'wrong-merge'
    for (const { subjects } of translations) expect(subjects, message.name).toHaveLength(merging ? 2 : 1)
  }
})

test('merges name the survivor and the number that is retired', () => {
  const merges = read.filter(({ message }) => message.name.includes('-A40'))
  expect(merges).toHaveLength(2)
  for (const { translations } of merges) expect(translations[0]?.merges).toEqual([{ survivor: 0, retired: 1 }])
})

test('an allergy list with nothing recorded makes no allergy, and no "none"', () => {
  const record = read.find(({ message }) => message.person === 'p0012' && message.source === 'riverside-gp')
  const facts = record?.translations[0]?.facts ?? []
  expect(facts.filter(({ resource }) => resource.resourceType === 'AllergyIntolerance')).toEqual([])
  expect(JSON.stringify(facts.filter(({ resource }) => resource.resourceType === 'List'))).toContain(
    'no-content-recorded',
  )
})

test('a correction replaces the report it corrects', () => {
  const reports = read.filter(({ message }) => message.source === 'riverton-lab' && message.person === 'p0026')
  const corrected = reports.find(({ message }) => message.case === 'result-corrected')?.translations[0]?.facts ?? []
  const report = corrected.find(({ resource }) => resource.resourceType === 'DiagnosticReport')?.resource
  expect(report).toMatchObject({ status: 'corrected' })
  const same = reports.filter(({ translations }) =>
    translations[0]?.facts.some(({ resource }) => resource.id === report?.id),
  )
  expect(same).toHaveLength(2)
})
