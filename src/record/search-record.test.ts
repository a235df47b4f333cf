/** Finding words in one record: hazard H-37. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  penicillin,
  prescription,
  problem,
  quantity,
  type Resource,
  reading,
  recordFrom,
  sarah,
} from '../../test/support/invented-record.ts'
import { wildResources } from '../../test/support/wild-resources.ts'
import { searchRecord, unsearchedFiles } from './search-record.ts'

const letter = (text: string, contentType = 'text/plain'): Resource =>
  ({
    resourceType: 'DocumentReference',
    id: 'd',
    status: 'current',
    type: { text: 'Clinic letter' },
    date: '2026-10-02',
    content: [{ attachment: { contentType, data: Buffer.from(text).toString('base64') } }],
  }) as Resource
const record = recordFrom({
  gp: [
    sarah('p'),
    problem('c', '233604007', 'Pneumonia', { note: [{ text: 'Seen after a fall in the garden' }] }),
    prescription('m', '42206511000001102', 'Doxycycline 100mg capsules'),
    penicillin('a'),
    reading('o', '1988-5', 'C-reactive protein', quantity(36, 'mg/L'), '2026-11-10', {
      note: [{ text: 'Haemolysed sample' }],
    }),
    letter('Dear doctor, the naïve echocardiogram was\nnormal. We stopped bisoprolol.'),
    { resourceType: 'Flag', id: 'f', status: 'active', code: { text: 'Key safe by the door' } } as Resource,
  ],
})
const found = (typed: string) => searchRecord(record, typed).map(({ kind, title }) => `${kind}: ${title}`)

test.each([
  ['pneu', ['Problem: Pneumonia']],
  ['garden fall', ['Problem: Pneumonia']],
  ['DOXY', ['Medicine: Doxycycline 100mg capsules']],
  ['anaphylaxis', ['Allergy: Allergy to penicillin']],
  ['haemolysed', ['Test: C-reactive protein']],
  ['naive echocardiogram', ['Letter: Clinic letter']],
  ['key safe', ['Alert: Key safe by the door']],
  ['neumonia', []],
  ['pneumonia garden bisoprolol', []],
  ['  ', []],
])('H-37 "%s" finds %j and nothing else', (typed, expected) => {
  expect(found(typed)).toEqual(expected)
})

test('a hit shows the words around it, as they were written', () => {
  expect(searchRecord(record, 'bisoprolol')[0]).toMatchObject({
    around: expect.stringContaining('was normal. We stopped bisoprolol.'),
    place: { section: 'letters', key: 'DocumentReference-d' },
  })
})

test('H-37 files whose words cannot be searched are counted', () => {
  expect(unsearchedFiles(record)).toBe(0)
  expect(unsearchedFiles(recordFrom({ gp: [letter('%PDF-1.7 secret', 'application/pdf')] }))).toBe(1)
})

test('H-37 every entry of any record is found by the words of its title, and no search throws', () => {
  fc.assert(
    fc.property(wildResources, fc.string(), (given, typed) => {
      const wild = recordFrom({ gp: given })
      searchRecord(wild, typed)
      for (const { title, origins } of wild.timeline) {
        if (!/[a-z0-9]/i.test(title.normalize('NFKD'))) continue
        const hits = searchRecord(wild, title).flatMap((hit) => hit.origins.map(({ id }) => id))
        expect(
          origins.some(({ id }) => hits.includes(id)),
          title,
        ).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})
