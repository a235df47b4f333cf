import type { Issue } from '../../base/index.ts'
import { londonLocal } from '../../nhs/index.ts'
import { encode } from './decode.ts'
import { escapeText } from './escape.ts'
import { firstSegment, type Message, type Segment, standardDelimiters } from './message.ts'
import { readBytes } from './parse.ts'
import { value } from './reading.ts'

export type Answer = {
  /** AA: safely kept. AE: kept, but could not be applied. AR: not for us, or not HL7 v2. */
  readonly code: 'AA' | 'AE' | 'AR'
  readonly issues: readonly Issue[]
  readonly now: Date
  /** Our own MSH-10. */
  readonly controlId: string
}

/**
 * The answer to a message, in its own delimiters and charset, without MLLP framing. MSA-2 repeats its MSH-10 letter for letter, also when the
 * message is broken, as far as it can be read. Texts give places and reasons, never what a field holds.
 * @see HL7 v2.5 §2.9, §2.15.5 (ERR); facts: hl7v2-uk §2
 */
export function acknowledgement(bytes: Uint8Array, answer: Answer): Uint8Array {
  const { message, charset } = readBytes(bytes)
  const msh = firstSegment(message, 'MSH')
  const usable = delimitersUsable(message)
  const delimiters = usable ? message.delimiters : standardDelimiters
  const { field } = delimiters
  const raw = (n: number): string => (usable ? (msh?.fields[n] ?? '') : '')
  const version = raw(12).split(delimiters.component)[0] ?? ''
  const first =
    answer.code === 'AA'
      ? undefined
      : (answer.issues.find(({ severity }) => severity !== 'warning') ?? answer.issues[0])
  const header = [
    'MSH',
    `${delimiters.component}${delimiters.repetition}${delimiters.escape}${delimiters.subcomponent}`,
    raw(5),
    raw(6),
    raw(3),
    raw(4),
    hl7Time(answer.now),
    '',
    messageType(message, msh, version, delimiters.component),
    escapeText(answer.controlId, delimiters),
    raw(11) === '' ? 'P' : raw(11),
    raw(12) === '' ? '2.4' : raw(12),
  ]
  const charsetField = raw(18)
  if (charsetField !== '') header.push('', '', '', '', '', charsetField)
  const lines = [
    header.join(field),
    ['MSA', answer.code, raw(10), first === undefined ? '' : escapeText(clipped(first.message), delimiters)]
      .join(field)
      .replace(trailing(field), ''),
  ]
  if (answer.code !== 'AA') lines.push(...errorSegments(version, answer.issues, delimiters))
  return encode(`${lines.join('\r')}\r`, charset)
}

const trailing = (field: string): RegExp => new RegExp(`[${field.replace(/[\\\]^-]/, '\\$&')}]+$`, 'u')

/** Broken headers are answered in the standard's own signs. */
function delimitersUsable({ delimiters, segments }: Message): boolean {
  const { field, component, repetition, escape: escapeSign, subcomponent } = delimiters
  const signs = [field, component, repetition, escapeSign, subcomponent].filter((sign) => sign !== '')
  return (
    segments[0]?.name === 'MSH' &&
    field !== '' &&
    component !== '' &&
    new Set(signs).size === signs.length &&
    signs.every((sign) => /^[!-/:-@[-`{-~]$/.test(sign))
  )
}

function messageType(message: Message, msh: Segment | undefined, version: string, component: string): string {
  if (msh === undefined) return 'ACK'
  const event = value({ message }, msh, 9, 2)?.text
  if (event === undefined || !/^[A-Z0-9]{3}$/.test(event)) return 'ACK'
  const numbered = versionNumber(version)
  if (numbered < 2.3) return 'ACK'
  return numbered >= 2.4 ? `ACK${component}${event}${component}ACK` : `ACK${component}${event}`
}

/** 2.3.1 counts as 2.3. What is no version is read as 2.4, the commonest in the UK. */
function versionNumber(version: string): number {
  const found = /^\d\.\d/.exec(version)
  return found === null ? 2.4 : Number(found[0])
}

function errorSegments(
  version: string,
  issues: readonly Issue[],
  delimiters: Message['delimiters'],
): readonly string[] {
  const numbered = versionNumber(version)
  const { field, component, repetition } = delimiters
  const shown = issues.slice(0, 10)
  if (numbered < 2.4 || shown.length === 0) return []
  if (numbered < 2.5) {
    const locations = shown.map((issue) => [
      ...oldLocation(issue.place),
      errorCode(issue).code,
      errorCode(issue).name,
      'HL70357',
    ])
    // ERR-1: segment^sequence^field^code & text & system, the last as subcomponents.
    const text = locations.map(([segment, sequence, at, code, name, system]) =>
      [
        segment,
        sequence,
        at,
        [code, name, system].join(delimiters.subcomponent === '' ? ' ' : delimiters.subcomponent),
      ].join(component),
    )
    return [`ERR${field}${text.join(repetition === '' ? ' ' : repetition)}`]
  }
  return shown.map((issue) => {
    const { code, name } = errorCode(issue)
    const severity = issue.severity === 'warning' ? 'W' : 'E'
    const words = escapeText(
      clipped(issue.remedy === undefined ? issue.message : `${issue.message}. ${issue.remedy}`),
      delimiters,
    )
    return [
      'ERR',
      '',
      newLocation(issue.place, component),
      [code, name, 'HL70357'].join(component),
      severity,
      '',
      '',
      '',
      words,
    ].join(field)
  })
}

const place = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+)(?:\[(\d+)\])?(?:\.(\d+))?)?/

/** ERR-1 of 2.4: segment, its sequence, field. */
function oldLocation(text: string): readonly [string, string, string] {
  const found = place.exec(text)
  return [found?.[1] ?? '', found?.[2] ?? '', found?.[3] ?? '']
}

/** ERR-2 from 2.5 (ERL): segment^sequence^field^repetition^component. */
function newLocation(text: string, component: string): string {
  const found = place.exec(text)
  if (found === null) return ''
  const steps = found.slice(1, 6).map((step) => step ?? '')
  return steps.join(component).replace(trailing(component), '')
}

/** HL7 table 0357, chosen by where the trouble is. */
function errorCode({ place: at, message }: Issue): { readonly code: string; readonly name: string } {
  // Who may not speak here is no fault of any segment.
  if (/^MSH(?:\[1\])?-[34]\b/.test(at)) return { code: '207', name: 'Application internal error' }
  if (at.startsWith('MSH[1]-9')) return { code: '200', name: 'Unsupported message type' }
  if (at.startsWith('MSH[1]-11')) return { code: '202', name: 'Unsupported processing id' }
  if (at.startsWith('MSH[1]-12')) return { code: '203', name: 'Unsupported version id' }
  if (at === '' || at.startsWith('MSH')) return { code: '100', name: 'Segment sequence error' }
  if (/^[A-Z][A-Z0-9]{2}\[\d+\]$/.test(at)) return { code: '100', name: 'Segment sequence error' }
  if (/^(?:No|Missing)\b/.test(message)) return { code: '101', name: 'Required field missing' }
  return /\b(?:list|table)\b/.test(message)
    ? { code: '103', name: 'Table value not found' }
    : { code: '102', name: 'Data type error' }
}

function clipped(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}\u2026`
}

/** Local time with its offset, so that nobody has to guess it. */
// Many answers go out within one second.
let told = { second: Number.NaN, text: '' }

function hl7Time(now: Date): string {
  const second = Math.floor(now.getTime() / 1_000)
  if (told.second !== second) told = { second, text: timeText(now) }
  return told.text
}

function timeText(now: Date): string {
  const local = londonLocal(now)
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(now.getTime() / 1000) * 1000) / 60_000)
  const offset = `${minutes < 0 ? '-' : '+'}${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')}${String(Math.abs(minutes) % 60).padStart(2, '0')}`
  return local.replaceAll(/[-:T]/g, '') + offset
}
