/**
 * Which results need someone, how urgent they are, whose they are, and when they say something new. Pure.
 * The laboratory's own flags and limits decide what is abnormal; nothing is judged here that it did not say (hazards H-22, H-48).
 */
import { createHash } from 'node:crypto'
import type { DiagnosticReport, Observation } from 'fhir/r4.js'
import { limits } from '../base/index.ts'

/** 2: the laboratory calls it critical; 1: abnormal by flag or by its own limits; 0: neither. */
export type Gravity = 0 | 1 | 2

const hour = 3_600_000
const dueKinds = { 2: 'critical', 1: 'abnormal', 0: 'other' } as const

// Nothing is told yet by these.
const silent = new Set(['registered'])

/**
 * @param toldAt when it was reported, as well as is known
 * @param sourceKind a GP system tells only of results that its practice has filed already
 * @param known it stands in the list, or was acknowledged: whatever becomes of it, somebody is told
 */
export function needsSomeone(
  { status }: Pick<DiagnosticReport, 'status'>,
  { toldAt, savedAt, sourceKind, known }: { toldAt: Date; savedAt: Date; sourceKind: string; known: boolean },
): boolean {
  if (known) return true
  if (sourceKind === 'gp' || silent.has(status) || status === 'entered-in-error') return false
  return savedAt.getTime() - toldAt.getTime() <= limits().historyDays * 24 * hour
}

const criticalCodes = new Set(['HH', 'LL', 'AA', 'HU', 'LU'])
const ordinaryCodes = new Set(['N', 'NEG', 'ND', 'NR', 'S', 'IND', 'EXP', 'U', 'D', 'B', 'W'])

/** The gravest of a report's results. */
export function gravityOf(results: readonly Observation[]): Gravity {
  const each = results.filter(({ status }) => status !== 'entered-in-error').map(gravityOfOne)
  return each.includes(2) ? 2 : each.includes(1) ? 1 : 0
}

function gravityOfOne(result: Observation): Gravity {
  const flags = list(result.interpretation).flatMap((concept) => [
    ...list(concept.coding).map(({ code }) => code ?? ''),
    ...(concept.coding ? [] : [concept.text ?? '']),
  ])
  if (flags.some((flag) => criticalCodes.has(flag.toUpperCase()) || /critical|panic/i.test(flag))) return 2
  if (flags.some((flag) => flag !== '' && !ordinaryCodes.has(flag.toUpperCase()) && !/^normal$/i.test(flag))) return 1
  return isOutside(result) || list(result.component).some(isOutside) ? 1 : 0
}

/** Outside its own limits, which the laboratory sent with it and in the same unit. */
function isOutside({
  valueQuantity: value,
  referenceRange,
}: Pick<Observation, 'valueQuantity' | 'referenceRange'>): boolean {
  const [range] = list(referenceRange)
  if (typeof value?.value !== 'number' || !range) return false
  const { value: number, unit, comparator = '' } = value
  const same = (limit: { readonly unit?: string | undefined }) => !limit.unit || !unit || limit.unit === unit
  // `>100` is above a limit of 50, and says nothing of one of 200; `<5` likewise.
  const below = (limit: number) =>
    comparator.startsWith('<') ? number <= limit : !comparator.startsWith('>') && number < limit
  const above = (limit: number) =>
    comparator.startsWith('>') ? number >= limit : !comparator.startsWith('<') && number > limit
  return (
    (typeof range.low?.value === 'number' && same(range.low) && below(range.low.value)) ||
    (typeof range.high?.value === 'number' && same(range.high) && above(range.high.value))
  )
}

/** When it must be answered at the latest. */
export function dueAt(raisedAt: Date, { gravity, unowned }: { gravity: Gravity; unowned: boolean }): Date {
  return new Date(raisedAt.getTime() + (unowned ? 0 : limits().dueHours[dueKinds[gravity]] * hour))
}

/**
 * What a report and its results say to a reader, as a digest: the same said again is nothing new, anything else must be read again.
 * Numbers, references and times of sending are no part of it.
 */
export function contentOf(report: DiagnosticReport, results: readonly Observation[]): string {
  const said = {
    status: report.status,
    code: report.code,
    conclusion: report.conclusion,
    conclusionCode: report.conclusionCode,
    files: list(report.presentedForm).map(({ data, url, contentType }) => [data, url, contentType]),
    results: results
      .map((each) => ({
        id: each.id,
        status: each.status,
        code: each.code,
        value: Object.entries(each).filter(([name]) => name.startsWith('value')),
        absent: each.dataAbsentReason,
        flag: each.interpretation,
        range: each.referenceRange,
        note: list(each.note).map(({ text }) => text),
        components: each.component,
      }))
      .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1)),
  }
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 22)
}

/** What the facts say of whose a result is. */
export type OwnerFacts = {
  /** Organisation that sent the report. */
  readonly sender: string
  /** The requester is a colleague here. */
  readonly colleague?: { readonly id: string; readonly organisation: string }
  /** Systems of the requester's codes; none: no requester is named. */
  readonly requesterSystems: readonly string[]
  /** The practice at which the person is registered, and the hospital in which they lie now. */
  readonly practice?: string
  readonly hospital?: string
}

/** `home`: whose work it is; of what nobody owns, the sender's. */
export type Owner = { readonly owner?: string; readonly home: string; readonly unowned: boolean }

/**
 * Who asked, owns. A general practitioner asks for their practice; someone with a code of the sender's own asks for the sender; with nobody
 * named it belongs to the hospital in which the person lies, else to their practice. Where no fact says so, to nobody (hazard H-47).
 */
export function ownerOf({ sender, colleague, requesterSystems, practice, hospital }: OwnerFacts): Owner {
  if (colleague) return { owner: colleague.id, home: colleague.organisation, unowned: false }
  const general = requesterSystems.some((system) => system === 'https://fhir.hl7.org.uk/Id/gmp-number')
  const home = general ? practice : requesterSystems.length > 0 ? sender : (hospital ?? practice)
  return home === undefined ? { home: sender, unowned: true } : { home, unowned: false }
}

export const list = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : [])
