/**
 * Published pairs of STU3 and R4 by other converters. Theirs is one right answer among several: every difference is either none, or one
 * of those named here with its reason.
 */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sharedData } from '../../../test/support/shared-data.ts'
import type { Source } from '../source.ts'
import { gpConnect } from './index.ts'

const source: Source = {
  id: 'practice',
  name: 'Invented Practice',
  kind: 'gp',
  organisation: { code: 'A99999', name: 'Invented Practice' },
  formats: ['gp-connect'],
  namespace: 'a-namespace',
  settings: {},
}

/** Differences that are meant, by the path where they show and why. */
const meant: readonly (readonly [RegExp, string])[] = [
  [
    /coding\.\d+\.system|^statusReason\.coding/,
    'R4 and UK Core renamed the system or the description extension; the pair keeps an older name',
  ],
  [
    /^courseOfTherapyType/,
    'the pair puts a ValueSet address in place of a system; we send R4’s code beside the GP’s own',
  ],
  [/^extension(\.\d+)*\.(url|extension\.\d+\.url)$/, 'the pair writes a draft address of the UK Core extension'],
  [/^extension/, 'the pair drops it, or keeps it under a private address; we keep what R5 or STU3 call it'],
  [/performer\.\d+\.extension/, 'the same'],
  [/^protocolApplied\.\d+\.extension/, 'STU3 dose status has no home in R4: left in the original'],
  [/^reasonCode/, 'the pair loses the reason for the vaccination'],
  [/^batch/, 'Medication.batch is one in R4; the pair sends a list'],
  [/(clinicalStatus|verificationStatus)\.coding/, 'CodeableConcept.coding is a list; the pair sends one'],
  [/^clinicalStatus$/, 'R4 invariant ait-1 asks for one'],
  [
    /^(authored|issued|recordedDate|identifiedDateTime)$/,
    'the same instant; the pair rewrites the offset, we keep it as sent',
  ],
]

/** The pairs of medicines show one element each; R4 asks for these beside it. */
const required: Readonly<Record<string, object>> = {
  MedicationRequest: {
    status: 'active',
    intent: 'plan',
    medicationCodeableConcept: { text: 'X' },
    subject: { reference: 'Patient/p' },
  },
  MedicationStatement: {
    status: 'active',
    medicationCodeableConcept: { text: 'X' },
    subject: { reference: 'Patient/p' },
  },
  AllergyIntolerance: { patient: { reference: 'Patient/p' } },
}

const pairs = sharedData('stu3-gpconnect')

test.skipIf(!pairs)('published pairs agree, but for differences that are meant', () => {
  const inputs = [
    ...globSync(`${pairs}/careconnect-to-ukcore/*/*/input.stu3.json`),
    ...globSync(
      `${pairs}/stu3-to-r4/{AllergyIntolerance,DetectedIssue,DiagnosticReport,Immunization,Medication,Observation,Organization,Patient,Schedule,Slot}/input.json`,
    ),
  ]
  expect(inputs.length).toBe(34)
  let agreeing = 0
  for (const path of inputs) {
    const input = JSON.parse(readFileSync(path, 'utf8'))
    const expected = JSON.parse(
      readFileSync(path.replace('input.stu3.json', 'expected.r4.json').replace('input.json', 'expected.json'), 'utf8'),
    )
    const added = required[input.resourceType] ?? {}
    const entry = [{ resource: { resourceType: 'Patient', id: 'p' } }, { resource: { ...added, ...input } }]
    const answer = gpConnect.translate(
      new TextEncoder().encode(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry })),
      source,
    )
    if (!answer.ok) throw new Error(path)
    const made = answer.value.facts[1]?.resource
    expect(made, path).toBeDefined()
    const found = differences(comparable({ ...added, ...expected }), comparable(made), '')
    // Of what was added to make the input whole, only how it is referred to can differ.
    const unmeant = found.filter((at) => !meant.some(([pattern]) => pattern.test(at)))
    expect(unmeant, path).toEqual([])
    if (found.length === 0) agreeing += 1
  }
  expect(agreeing).toBeGreaterThanOrEqual(4)
})

/** Without ids and narrative, and references by type only. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => !['id', 'meta', 'text'].includes(key))
  return Object.fromEntries(
    entries.map(([key, each]) => [
      key,
      key === 'reference' && typeof each === 'string' ? each.split('/')[0] : comparable(each),
    ]),
  )
}

function differences(expected: unknown, made: unknown, at: string): readonly string[] {
  if (JSON.stringify(expected) === JSON.stringify(made)) return []
  if (!isHolder(expected) || !isHolder(made) || Array.isArray(expected) !== Array.isArray(made)) return [at]
  const keys = new Set([...Object.keys(expected), ...Object.keys(made)])
  return [...keys].flatMap((key) => differences(expected[key], made[key], at === '' ? key : `${at}.${key}`))
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
