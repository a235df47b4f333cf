import type { Life, Panel } from '../lives/life.ts'
import { panels, type TestKey, tests } from '../lives/tests.ts'
import { hl7Stamp } from '../time.ts'
import { escaped, header, message, patientSegment, segment } from './hl7v2.ts'
import { type DemoMessage, laneOf } from './message.ts'

export type Report = {
  /** OBR-25 and OBX-11. */
  readonly status: 'P' | 'F' | 'C'
  readonly controlId: string
  /** Told later than the panel says. */
  readonly reportedAt?: number
  readonly comment?: string
  /** The result that the comment stands beneath: an NTE belongs to the OBX before it. Absent: the last. */
  readonly about?: TestKey
}

/** The hospital's laboratory: HL7 v2.4 ORU^R01, Windows-1252, one report a message. */
export function oruMessages(life: Life): readonly DemoMessage[] {
  return life.panels.map((panel) => reportMessage(life, panel, { status: 'F', controlId: controlIdOf(panel) }))
}

export function controlIdOf(panel: Panel): string {
  return `LAB${panel.number}`
}

export function reportMessage(
  life: Life,
  panel: Panel,
  { status, controlId, reportedAt = panel.reportedAt, comment = panel.comment, about }: Report,
): DemoMessage {
  const { person } = life
  const kind = panels[panel.kind]
  const hospital = life.stays.length > 0
  const code = `${kind.local}^${escaped(kind.name)}^L`
  const text = message([
    header({ application: 'RIVERLAB', type: 'ORU^R01^ORU_R01', controlId, at: reportedAt, charset: '' }),
    patientSegment(person, 'riverton-lab', hospital ? {} : { hospitalNumber: null }),
    ...(panel.askedBy === 'hospital' ? [segment('PV1', { 1: '1', 2: 'I', 3: '^^^RZ999' })] : []),
    segment('ORC', {
      1: 'RE',
      2: `${panel.number}^${panel.askedBy === 'gp' ? 'ICE' : 'RIVERPAS'}`,
      3: `F${panel.number}^RIVERLAB`,
      5: 'CM',
    }),
    segment('OBR', {
      1: '1',
      2: `${panel.number}^${panel.askedBy === 'gp' ? 'ICE' : 'RIVERPAS'}`,
      3: `F${panel.number}^RIVERLAB`,
      4: code,
      7: hl7Stamp(panel.collectedAt),
      14: hl7Stamp(panel.collectedAt + 45 * 60_000),
      15: kind.specimen,
      16: panel.askedBy === 'gp' ? 'G9900001^Practice^Duty' : 'C9003^Lindqvist^Karin',
      22: hl7Stamp(reportedAt),
      24: kind.section,
      25: status,
    }),
    ...panel.results.flatMap(({ test, value }, at) => {
      const result = resultSegment(panel, { test, value, at, status })
      const isAbout = about === undefined ? at === panel.results.length - 1 : test === about
      return comment === undefined || !isAbout
        ? [result]
        : [result, segment('NTE', { 1: '1', 2: 'L', 3: escaped(comment) })]
    }),
  ])
  return {
    source: 'riverton-lab',
    name: `${person.id}-${controlId}-${status}.hl7`,
    bytes: Buffer.from(text, 'latin1'),
    door: 'mllp',
    contentType: 'application/hl7-v2',
    lane: laneOf(person),
    person: person.id,
    expect: 'applied',
  }
}

function resultSegment(
  panel: Panel,
  {
    test,
    value,
    at,
    status,
  }: {
    readonly test: Panel['results'][number]['test']
    readonly value: number
    readonly at: number
    readonly status: Report['status']
  },
): string {
  const { snomed, loinc, name, unit, decimals } = tests[test]
  const { low, high } = rangeOf(test)
  const flag = low !== undefined && value < low ? 'L' : high !== undefined && value > high ? 'H' : ''
  const range =
    low === undefined ? (high === undefined ? '' : `<${high}`) : high === undefined ? `>${low}` : `${low}-${high}`
  return segment('OBX', {
    1: String(at + 1),
    2: 'NM',
    3: `${snomed}^${escaped(name)}^SCT^${loinc}^${escaped(name)}^LN`,
    5: value.toFixed(decimals),
    6: unit,
    7: range,
    8: flag,
    11: status,
    14: hl7Stamp(panel.collectedAt),
    15: 'RIVERLAB',
  })
}

function rangeOf(test: keyof typeof tests): { readonly low?: number; readonly high?: number } {
  return tests[test]
}
