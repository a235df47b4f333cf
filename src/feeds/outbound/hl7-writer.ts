/** Writing HL7 v2: fields by their number, text escaped, nothing that would end a frame. @see HL7 v2.4 chapter 2 */
import { londonLocal } from '../../nhs/index.ts'
import { escapeText } from '../hl7v2/escape.ts'
import { standardDelimiters } from '../hl7v2/message.ts'

/** Text; components of a field; or repetitions, each of components. Inner text is escaped. Undefined: empty. */
export type Component = string | undefined
export type Field = Component | readonly Component[] | { readonly repeats: readonly (readonly Component[])[] }

/** A segment from its fields by number: `{ 3: ['123', '', '', 'RXX', 'MR'] }`. */
export function segment(name: string, fields: Readonly<Record<number, Field>>): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number))
  const texts = Array.from({ length: last }, (_, n) => printField(fields[n + 1]))
  return [name, ...texts].join('|').replace(/\|+$/, '')
}

/** MSH is numbered from its own separator. */
export function header(fields: Readonly<Record<number, Field>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return ['MSH', '^~\\&', ...Array.from({ length: last - 2 }, (_, n) => printField(fields[n + 3]))].join('|')
}

export function message(segments: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${segments.join('\r')}\r`)
}

function printField(field: Field): string {
  if (field === undefined) return ''
  if (typeof field === 'string') return escaped(field)
  if ('repeats' in field) return field.repeats.map(components).join('~')
  return components(field)
}

const components = (list: readonly Component[]) =>
  list
    .map((text) => escaped(text ?? ''))
    .join('^')
    .replace(/\^+$/, '')

/** Line breaks become \.br\; other control signs, MLLP's among them, become spaces. @see HL7 v2.4 §2.10 */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .split(/\r\n?|\n/)
    .map((line) => escapeText(line.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' '), standardDelimiters))
    .join('\\.br\\')
}

/** `20261122102000+0000`: local time with its offset, so that nobody has to guess it. A partial FHIR date stays partial. */
export function hl7Time(fhir: string): string {
  const [, date = '', time, zone] =
    /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/.exec(fhir) ?? []
  if (time === undefined) return date.replaceAll('-', '')
  if (zone !== 'Z')
    return `${date}${time}${zone ?? ''}`.replaceAll(/(?<=\d)-(?=\d\d\b)|-(?=\d\d-)|:/g, '').replace(/T/, '')
  const at = new Date(fhir)
  const local = londonLocal(at)
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(at.getTime() / 1_000) * 1_000) / 60_000)
  return `${local.replaceAll(/[-:T]/g, '')}+${String(Math.floor(minutes / 60)).padStart(2, '0')}00`
}
