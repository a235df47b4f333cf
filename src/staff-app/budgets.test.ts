/** Budgets of ui.md §6, on the fullest page that each list may become: 14 kB compressed, 1,500 nodes. */
import { createHash } from 'node:crypto'
import { brotliCompressSync, constants } from 'node:zlib'
import { parse } from 'parse5'
import { expect, test } from 'vitest'
import { renderPage, type Safe } from '../design/index.ts'
import { feedView } from './feeds/feed-view.tsx'
import { feedsView } from './feeds/list-view.tsx'
import { messageView } from './feeds/message-view.tsx'
import { foundView } from './find/view.tsx'
import { identityView } from './identity/list-view.tsx'
import type { StaffShell } from './shell.tsx'
import { signInView } from './sign-in/view.tsx'

const now = new Date('2026-11-22T10:20:00Z')
const shell: StaffShell = {
  assets: { css: '/assets/staff.0123456789ab.css', icon: '/assets/icon.0123456789ab.svg' },
  demo: true,
  staff: { name: 'Dr Amina Khan', role: 'Clinician', organisation: 'Riverside Surgery' },
}

/** Words that do not repeat, so that compression flatters nobody. */
function word(seed: number): string {
  const bits = createHash('sha256').update(String(seed)).digest()
  return [...bits.subarray(0, 9)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')
}

function many<T>(length: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length }, (_, n) => make(n))
}

const feed = {
  source: 'pas',
  name: 'Riverton PAS',
  kind: 'acute',
  organisation: 'Riverton General Hospital',
  formats: ['hl7v2'],
  lastReceivedAt: now,
  received24h: 40_120,
  applied24h: 40_000,
  failed: 60,
  held: 3,
  kept: 12,
  hourly: many(24, (n) => n),
} as const

const message = (n: number) =>
  ({
    id: String(1_700_000_000_000_000 + n),
    source: 'pas',
    format: 'hl7v2',
    kind: 'ADT^A01',
    controlId: word(n),
    status: 'failed',
    receivedAt: new Date(now.getTime() - n * 61_000),
    receipts: 1,
    issues: [{ place: 'PID[1]-7[1]', message: `The date ${word(n)} is no date`, remedy: 'Ask the sender to mend it.' }],
  }) as const

const pages: readonly (readonly [string, Safe])[] = [
  [
    'sign-in of 40 staff',
    signInView({
      shell,
      people: many(40, (n) => ({
        id: word(n),
        name: `Dr ${word(n)}`,
        role: `Role ${n % 8}`,
        organisation: word(n * 3),
      })),
    }),
  ],
  [
    '50 people found',
    foundView({
      shell,
      typed: 'ward',
      more: true,
      people: many(50, (n) => ({
        name: `WARD, ${word(n)}`,
        href: `/staff/patients/${word(n)}${word(n * 5)}`,
        bornOn: `19${10 + n}-05-14`,
        age: '68y',
        sex: 'Female',
        nhsNumber: String(9_990_000_000 + n * 7919),
        postcode: 'ZE1 0AA',
      })),
    }),
  ],
  [
    '40 feeds',
    feedsView({
      shell,
      now,
      feeds: many(40, (n) => ({ ...feed, source: word(n), name: word(n * 2), organisation: word(n * 3) })),
    }),
  ],
  [
    'a feed of 50 messages that wait',
    feedView({ shell, now, feed, messages: many(50, message), first: true, next: '1', mayRead: true }),
  ],
  [
    'a message of many facts, leftovers and issues, and a long original',
    messageView({
      shell,
      feedName: 'Riverton PAS',
      mayMend: true,
      person: word(1),
      message: {
        ...message(1),
        issues: many(40, (n) => ({
          place: `OBX[${n}]-5`,
          message: `${word(n)} is no number`,
          remedy: 'Ask the sender.',
        })),
        body: new Uint8Array(),
        lastReceivedAt: now,
        settledAt: null,
        translation: {
          content: 900,
          mapped: 700,
          leftovers: many(200, (n) => `OBX[${n}]-17[1].2`),
          lineage: many(120, (n) => ({
            type: 'Observation',
            id: `${word(n)}${word(n * 3)}`,
            ver: 1,
            entries: [['valueQuantity', 'OBX-5', 'OBX-5 NM value']],
          })),
          notes: [],
        },
      },
      original: {
        text: many(3_000, (n) => `OBX|${n}|NM|${word(n)}^${word(n * 7)}||${n}|mmol/L`).join('\r'),
        place: 'OBX[9]-5',
        highlight: { start: 300, end: 310 },
        whole: false,
        wholeHref: '/staff/messages/1?whole=yes',
      },
    }),
  ],
  [
    '50 reviews',
    identityView({
      shell,
      now,
      open: 480,
      next: '/staff/identity?after=x',
      reviews: many(50, (n) => ({
        id: word(n) + word(n * 3),
        kind: 'possible-duplicate',
        rule: `Names and birth date agree: ${word(n)}.`,
        raisedAt: new Date(now.getTime() - n * 3_600_000),
      })),
    }),
  ],
]

test.each(pages)('%s: at most 14 kB compressed and 1,500 nodes', (_page, page) => {
  const html = renderPage(page)
  expect(brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length).toBeLessThanOrEqual(
    14_000,
  )
  expect(elements(parse(html) as unknown as Node)).toBeLessThanOrEqual(1_500)
})

type Node = { readonly tagName?: string; readonly childNodes?: readonly Node[] }

function elements({ tagName, childNodes = [] }: Node): number {
  return childNodes.reduce((sum, child) => sum + elements(child), tagName === undefined ? 0 : 1)
}
