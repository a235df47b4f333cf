import type { Attachment, Observation, Quantity } from 'fhir/r4.js'
import { document, pointer } from './attachment.ts'
import { codeableConcept } from './codes.ts'
import { decimal } from './decimal.ts'
import { present } from './facts.ts'
import type { Segment } from './message.ts'
import { firstRepeat, note, part, type Reading, type Repeat, repeats, type Trace, value, whole } from './reading.ts'
import { lookup } from './tables.ts'
import { fhirTime } from './time.ts'
import { unitOf } from './units.ts'

export type ObservedValue = Pick<
  Observation,
  | 'valueQuantity'
  | 'valueString'
  | 'valueCodeableConcept'
  | 'valueRange'
  | 'valueRatio'
  | 'valueDateTime'
  | 'valueTime'
  | 'valuePeriod'
  | 'note'
> & { readonly attachment?: Attachment }

type Value = { readonly reading: Reading; readonly obx: Segment; readonly trace: Trace; readonly rule: string }
type Turn = (value: Value, repeat: Repeat) => ObservedValue | undefined

/** By OBX-2. An empty OBX-2 is read by what the value looks like: a number, else text. @see HL7 v2-to-FHIR, OBX */
const turns: Readonly<Record<string, Turn>> = {
  NM: numeric,
  SN: structuredNumeric,
  CE: coded,
  CWE: coded,
  CNE: coded,
  CF: coded,
  IS: coded,
  ID: coded,
  ST: text,
  TX: text,
  FT: text,
  DT: time,
  TS: time,
  DTM: time,
  TM: clock,
  ED: (held, repeat) => file(document(held.reading, repeat, held)),
  RP: (held, repeat) => file(pointer(repeat, held)),
  NR: range,
  DR: period,
  '': numeric,
}

/** The value of an OBX. Undefined: it has none. The rows of one text are joined before (see `results.ts`). */
export function observedValue(reading: Reading, obx: Segment, trace: Trace): ObservedValue | undefined {
  const type = value(reading, obx, 2)
  const repeat = firstRepeat(reading, obx, 5)
  if (repeat === undefined) return undefined
  const kind = type?.text.toUpperCase() ?? ''
  const turn = Object.hasOwn(turns, kind) ? turns[kind] : undefined
  if (turn === undefined)
    note(reading, type?.place ?? '', 'Found a value type that is not in HL7 table 0125; the value is kept as text')
  const rule = `OBX-5 ${kind === '' ? 'value' : kind} value`
  const found = (turn ?? text)({ reading, obx, trace, rule }, repeat)
  if (type !== undefined && found !== undefined) trace('value', type, 'OBX-2 value type')
  return found
}

const number = /^([<>]=?|[\u2264\u2265~])?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)$/

const comparators: Readonly<Record<string, Quantity['comparator']>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '\u2264': '<=',
  '\u2265': '>=',
}

function quantity(
  { reading, obx, trace }: Value,
  comparator: string | undefined,
  digits: string,
): Quantity | undefined {
  const amount = decimal(digits)
  if (amount === undefined) return undefined
  const sign = comparator === undefined ? undefined : lookup(comparators, comparator)
  return present<Quantity>({ value: amount, comparator: sign, ...unitFields(reading, obx, trace) })
}

/** OBX-6: code^text^system. The first words that say what the unit is. */
function unitFields(reading: Reading, obx: Segment, trace: Trace): Pick<Quantity, 'unit' | 'system' | 'code'> {
  const repeat = firstRepeat(reading, obx, 6)
  const [code, words, system] = [part(repeat, 1), part(repeat, 2), part(repeat, 3)]
  const cell = code ?? words
  if (cell === undefined) return {}
  trace('valueQuantity.unit', cell, 'OBX-6 unit')
  if (words !== undefined && words !== cell) trace('valueQuantity.unit', words, 'OBX-6 unit')
  if (system !== undefined) trace('valueQuantity.system', system, 'OBX-6 unit')
  const known = unitOf(cell.text)
  return known.code === undefined && words !== undefined ? unitOf(words.text) : known
}

function numeric(held: Value, repeat: Repeat): ObservedValue | undefined {
  const cell = whole(repeat)
  if (cell === undefined) return undefined
  const found = number.exec(cell.text)
  if (found === null || found[2] === undefined || repeats(held.reading, held.obx, 5).length > 1 || found[1] === '~')
    return text(held)
  const amount = quantity(held, found[1], found[2])
  if (amount === undefined) return text(held)
  held.trace('valueQuantity.value', cell, held.rule)
  return { valueQuantity: amount }
}

/** SN: comparator^number^separator^number. */
function structuredNumeric(held: Value, repeat: Repeat): ObservedValue | undefined {
  const [sign, first, separator, second] = [part(repeat, 1), part(repeat, 2), part(repeat, 3), part(repeat, 4)]
  const one = first === undefined ? undefined : quantity(held, sign?.text, first.text)
  const two = second === undefined ? undefined : quantity(held, undefined, second.text)
  const known = sign === undefined || sign.text === '=' || Object.hasOwn(comparators, sign.text)
  const traceAll = (to: string) => {
    for (const cell of [sign, first, separator, second]) if (cell !== undefined) held.trace(to, cell, held.rule)
  }
  if (one !== undefined && known && separator === undefined && second === undefined) {
    traceAll('valueQuantity')
    return { valueQuantity: one }
  }
  if (one !== undefined && two !== undefined && sign === undefined && separator?.text === '-') {
    traceAll('valueRange')
    return { valueRange: { low: one, high: two } }
  }
  if (
    one !== undefined &&
    two !== undefined &&
    sign === undefined &&
    (separator?.text === ':' || separator?.text === '/')
  ) {
    traceAll('valueRatio')
    return { valueRatio: { numerator: one, denominator: two } }
  }
  const words = [sign, first, separator, second].flatMap((cell) => cell?.text ?? []).join(' ')
  traceAll('valueString')
  return words === '' ? text(held) : { valueString: words }
}

function coded(held: Value, repeat: Repeat): ObservedValue | undefined {
  const all = repeats(held.reading, held.obx, 5)
  const concept = codeableConcept(held.reading, repeat, {
    trace: held.trace,
    to: 'valueCodeableConcept',
    rule: held.rule,
    list: `OBX-5 ${value(held.reading, held.obx, 3)?.text ?? ''}`,
  })
  if (concept === undefined) return undefined
  const others = all.slice(1).flatMap(
    (one) =>
      codeableConcept(held.reading, one, {
        trace: held.trace,
        to: 'valueCodeableConcept',
        rule: held.rule,
        list: 'OBX-5',
      }) ?? [],
  )
  if (others.length === 0) return { valueCodeableConcept: concept }
  // Several answers to one question are no several codes of one answer: they become text, in order.
  return { valueString: [concept, ...others].map((one) => one.text ?? one.coding?.[0]?.code ?? '').join('; ') }
}

/** Text of any kind; repetitions are lines. */
function text({ reading, obx, trace, rule }: Value): ObservedValue | undefined {
  const lines = repeats(reading, obx, 5).flatMap((one) => whole(one) ?? [])
  for (const line of lines) trace('valueString', line, rule)
  const unit = whole(firstRepeat(reading, obx, 6))
  const joined = lines.map((line) => line.text).join('\n')
  if (joined === '') return undefined
  // A unit beside words ("5-10" /hpf) belongs to them.
  if (unit !== undefined) trace('valueString', unit, 'OBX-6 unit')
  return { valueString: unit === undefined ? joined : `${joined} ${unitOf(unit.text).unit}` }
}

function time(held: Value, repeat: Repeat): ObservedValue | undefined {
  const cell = part(repeat, 1)
  const at = fhirTime(held.reading, cell)
  if (cell === undefined || at === undefined) return text(held)
  held.trace('valueDateTime', cell, held.rule)
  return { valueDateTime: at }
}

function clock(held: Value, repeat: Repeat): ObservedValue | undefined {
  const cell = part(repeat, 1)
  const found = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)?$/.exec(cell?.text ?? '')
  if (cell === undefined || found === null) return text(held)
  held.trace('valueTime', cell, held.rule)
  return { valueTime: `${found[1]}:${found[2]}:${found[3] ?? '00'}` }
}

function range(held: Value, repeat: Repeat): ObservedValue | undefined {
  const [low, high] = [part(repeat, 1), part(repeat, 2)]
  const [one, two] = [low, high].map((cell) => (cell === undefined ? undefined : quantity(held, undefined, cell.text)))
  if (one === undefined && two === undefined) return text(held)
  for (const cell of [low, high]) if (cell !== undefined) held.trace('valueRange', cell, held.rule)
  return { valueRange: present({ low: one, high: two }) }
}

function period(held: Value, repeat: Repeat): ObservedValue | undefined {
  const [from, until] = [part(repeat, 1), part(repeat, 2)]
  const found = present({ start: fhirTime(held.reading, from), end: fhirTime(held.reading, until) })
  if (Object.keys(found).length === 0) return text(held)
  for (const cell of [from, until]) if (cell !== undefined) held.trace('valuePeriod', cell, held.rule)
  return { valuePeriod: found }
}

function file(attachment: Attachment | undefined): ObservedValue | undefined {
  return attachment === undefined ? undefined : { attachment }
}
