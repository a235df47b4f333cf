import type { ObservationReferenceRange, Quantity } from 'fhir/r4.js'
import { decimal } from './decimal.ts'
import { present } from './facts.ts'
import type { Segment } from './message.ts'
import { firstRepeat, type Reading, type Trace, value, whole } from './reading.ts'
import { unitOf } from './units.ts'

/** OBX-7: `3.5 - 5.3`, `[ < 0.21 ]`, `>90`; anything else is kept as its text. An empty pair of brackets says nothing. */
export function referenceRange(reading: Reading, obx: Segment, trace: Trace): ObservationReferenceRange[] {
  const cell = whole(firstRepeat(reading, obx, 7))
  if (cell === undefined) return []
  const bare = cell.text
    .replace(/^[[(]\s*/, '')
    .replace(/\s*[\])]$/, '')
    .trim()
  trace('referenceRange[0]', cell, 'OBX-7 reference range')
  if (bare === '') return []
  const unit = unitOf(value(reading, obx, 6)?.text ?? '')
  const simple = (sent: string | undefined): Quantity | undefined => {
    const amount = sent === undefined ? undefined : decimal(sent)
    return amount === undefined ? undefined : { value: amount, ...(unit.unit === '' ? {} : unit) }
  }
  const between = /^([+-]?[\d.]+)\s*(?:-|\u2013|to|_)\s*([+-]?[\d.]+)$/i.exec(bare)
  const limit = /^(<=?|>=?|\u2264|\u2265)\s*([+-]?[\d.]+)$/.exec(bare)
  const [low, high] = between === null ? [undefined, undefined] : [simple(between[1]), simple(between[2])]
  const bound = limit === null ? undefined : simple(limit[2])
  const upper = limit !== null && /[<\u2264]/.test(limit[1] ?? '')
  return [
    present<ObservationReferenceRange>({
      low: low ?? (upper ? undefined : bound),
      high: high ?? (upper ? bound : undefined),
      text: bare,
    }),
  ]
}
