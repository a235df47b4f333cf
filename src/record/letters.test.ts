/** Hazard H-10: a document that came as its words and as its file is one letter, and nobody is told that it was not sent. */
import { expect, test } from 'vitest'
import { type Resource, recordFrom, sarah } from '../../test/support/invented-record.ts'

const subject = { reference: 'Patient/p' }
const identifier = { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:4f1d' }
const words = (more: object = {}): Resource =>
  ({
    resourceType: 'Composition',
    id: 'c',
    status: 'final',
    identifier,
    type: { text: 'Progress note' },
    subject,
    date: '2026-07-02T10:00:00+01:00',
    author: [{ display: 'Dr Sunil Abernethy' }],
    title: 'Mental health review',
    section: [{ title: 'What happened', text: { status: 'generated', div: '<div><p>Feeling steadier.</p></div>' } }],
    ...more,
  }) as Resource
const file = (attachments: readonly object[], more: object = {}): Resource =>
  ({
    resourceType: 'DocumentReference',
    id: 'd',
    status: 'current',
    masterIdentifier: identifier,
    description: 'Mental health review',
    type: { text: 'Progress note' },
    subject,
    date: '2026-07-02T10:00:00+01:00',
    content: attachments.map((attachment) => ({ attachment })),
    ...more,
  }) as Resource
const whole = { contentType: 'text/xml', url: 'ni:///sha-256;AAAA', title: 'Mental health review' }
const pdf = { contentType: 'application/pdf', data: Buffer.from('%PDF').toString('base64') }

test('H-10 the words and the file of one document are one letter, with its words and both origins', () => {
  const record = recordFrom({ mh: [sarah('p'), words(), file([whole])] })
  expect(record.letters).toHaveLength(1)
  expect(record.letters[0]?.attachments.map(({ kind }) => kind)).toEqual(['narrative'])
  expect(record.letters[0]?.origins.map(({ type }) => type)).toEqual(['Composition', 'DocumentReference'])
  expect(record.timeline.filter(({ kind }) => kind === 'Letter')).toHaveLength(1)
})

test('H-10 what hangs on the document stays: a file to download, and what was not sent says so', () => {
  const [letter] = recordFrom({
    mh: [sarah('p'), words(), file([whole, pdf, { url: 'Binary/elsewhere', title: 'Scan' }])],
  }).letters
  expect(letter).toMatchObject({
    key: 'DocumentReference-d',
    attachments: [{ kind: 'narrative' }, { kind: 'file', index: 1 }, { kind: 'elsewhere', title: 'Scan' }],
  })
})

test('H-10 documents of other names, of other sources or without a name are never made one', () => {
  const other = { masterIdentifier: { ...identifier, value: 'urn:uuid:0000' } }
  expect(recordFrom({ mh: [sarah('p'), words(), file([whole], other)] }).letters).toHaveLength(2)
  expect(recordFrom({ mh: [sarah('p'), words()], pas: [file([whole])] }).letters).toHaveLength(2)
  const nameless = file([whole], { masterIdentifier: {} })
  expect(recordFrom({ mh: [sarah('p'), words({ identifier: {} }), nameless] }).letters).toHaveLength(2)
})

test('H-36 a Rich Text letter is read as plain words; its pictures and objects are not', () => {
  const letter = (contentType: string, text: string) =>
    recordFrom({
      gp: [
        {
          resourceType: 'DocumentReference',
          id: 'd',
          status: 'current',
          content: [{ attachment: { contentType, data: Buffer.from(text).toString('base64') } }],
        } as Resource,
      ],
    }).letters[0]?.attachments[0]
  const rtf = String.raw`{\rtf1 Dear doctor{\object\objdata 4d5a}\par Thank you}`
  expect(letter('application/rtf', rtf)).toMatchObject({ kind: 'text', text: 'Dear doctor\nThank you' })
  expect(letter('application/msword', rtf)).toMatchObject({ kind: 'text' })
  expect(letter('application/rtf', 'MZ not rich text')).toMatchObject({ kind: 'file' })
  expect(letter('text/plain', '%PDF-1.7')).toMatchObject({ kind: 'file', shows: 'pdf' })
})
