/** Hazard H-83: an area's own names add to what is known of medicines, and never change it. */
import { afterEach, expect, test } from 'vitest'
import { penicillin, prescription, recordFrom, sarah } from '../../test/support/invented-record.ts'
import { commonMedicines, readAreaMedicines, readMedicineName, setKnownMedicines } from './index.ts'

afterEach(() => setKnownMedicines(commonMedicines))

const issuesOf = (text: string) => {
  const read = readAreaMedicines(text)
  return read.ok ? [] : read.issues.map(({ place, message }) => `${place}: ${message}`)
}

test('H-83 names of the area join what two sources call differently, and bring its warnings', () => {
  const given = {
    gp: [sarah('a'), penicillin('pen'), prescription('r1', 'L1', 'Riverpen 375mg tablets')],
    pas: [sarah('b'), prescription('r2', 'L2', 'Co-amoxiclav 375mg tablets')],
  }
  const before = recordFrom(given).medicines
  expect(before).toHaveLength(2)
  const read = readAreaMedicines('# ours\n\nriverton pen = amoxicillin + clavulanic acid: Riverpen\r\n')
  if (read.ok) setKnownMedicines(read.value)
  expect(readMedicineName('Riverpen 375mg tablets')?.ingredients).toEqual(['amoxicillin', 'clavulanic acid'])
  expect(readMedicineName('Istin 5mg tablets')?.generic).toBe('amlodipine')
  const after = recordFrom(given).medicines
  expect(after.map(({ concerns }) => concerns.some(({ grave }) => grave))).toEqual(after.map(() => true))
})

test('H-83 each line that cannot be used is named by its number', () => {
  expect(issuesOf('good mixture: Goodmix\nbad | no-such-class\n= nothing')).toEqual([
    'line 2: The table of medicines names an unknown class: no-such-class',
    expect.stringMatching(/^line 3: The table of medicines has a line that cannot be read/),
  ])
  expect(issuesOf('mixed = amoxicillin + moonshine')).toEqual(['line 1: “moonshine” is no medicine that is known'])
})

test('H-83 no line gives a known name another meaning, or takes its family away', () => {
  expect(issuesOf('\nwarfarin: Istin')).toEqual([
    expect.stringContaining('line 2: “warfarin” is known already, as warfarin'),
    expect.stringContaining('line 2: “istin” is known already, as amlodipine'),
  ])
  expect(issuesOf('new thing: Amlodipine')).toHaveLength(1)
})

test('an empty file adds nothing', () => {
  const read = readAreaMedicines('')
  expect(read.ok && read.value.size).toBe(commonMedicines.size)
})
