/**
 * NEWS2: the early warning score of one set of adult vital signs. Pure. A set that is not whole has no total.
 * Reproduced from Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017, with acknowledgement.
 */

export type Consciousness = 'A' | 'C' | 'V' | 'P' | 'U'

/** One set of readings. A key that is absent was not measured. */
export type News2Readings = {
  /** Breaths a minute, whole. */
  readonly respiration?: number
  /** Per cent, whole. */
  readonly saturation?: number
  readonly oxygen?: 'air' | 'oxygen'
  /** mmHg, whole. */
  readonly systolic?: number
  /** Beats a minute, whole. */
  readonly pulse?: number
  /** `C` is new confusion. */
  readonly consciousness?: Consciousness
  /** Degrees Celsius; rounded to one decimal before it is scored. */
  readonly temperature?: number
}

export type News2Parameter = keyof News2Readings

export const news2Parameters: readonly News2Parameter[] = [
  'respiration',
  'saturation',
  'oxygen',
  'systolic',
  'pulse',
  'consciousness',
  'temperature',
]

export type News2Band = 0 | 1 | 2 | 3
export type News2Risk = 'low' | 'low-medium' | 'medium' | 'high'

export type News2Score = {
  /** 0 to 20. */
  readonly total: number
  readonly parts: Readonly<Record<News2Parameter, News2Band>>
  readonly risk: News2Risk
  /** How often to look, and who: the words of the guidance. */
  readonly response: string
}

export type News2Result =
  | { readonly kind: 'scored'; readonly score: News2Score }
  /** Never a total, and never 0 for what is missing. */
  | { readonly kind: 'partial'; readonly missing: readonly News2Parameter[] }
  /** Measured, and not believable or not whole: `368` degrees, half a breath. */
  | { readonly kind: 'unusable'; readonly parameters: readonly News2Parameter[] }

// Beyond these nobody was measured: the reading is a slip or in another unit.
const believable: Readonly<
  Record<'respiration' | 'saturation' | 'systolic' | 'pulse' | 'temperature', readonly [number, number]>
> = {
  respiration: [0, 120],
  saturation: [1, 100],
  systolic: [20, 350],
  pulse: [0, 350],
  temperature: [20, 46],
}

/**
 * @param scale 2 only for hypercapnic respiratory failure with a target of 88 to 92 % set by a competent clinician
 * Whether the person is 16 or over and not pregnant is the caller's to know: below and in pregnancy there is no NEWS2.
 */
export function scoreNews2(readings: News2Readings, scale: 1 | 2): News2Result {
  const missing = news2Parameters.filter((parameter) => readings[parameter] === undefined)
  if (missing.length > 0) return { kind: 'partial', missing }
  const parameters = news2Parameters.filter((parameter) => isUnusable(parameter, readings[parameter]))
  if (parameters.length > 0) return { kind: 'unusable', parameters }
  const {
    respiration = 0,
    saturation = 0,
    oxygen = 'air',
    systolic = 0,
    pulse = 0,
    consciousness = 'A',
    temperature = 0,
  } = readings
  const parts = {
    respiration: band(
      respiration,
      [
        [8, 3],
        [11, 1],
        [20, 0],
        [24, 2],
      ],
      3,
    ),
    saturation:
      scale === 1
        ? band(
            saturation,
            [
              [91, 3],
              [93, 2],
              [95, 1],
            ],
            0,
          )
        : onScaleTwo(saturation, oxygen),
    oxygen: oxygen === 'oxygen' ? 2 : 0,
    systolic: band(
      systolic,
      [
        [90, 3],
        [100, 2],
        [110, 1],
        [219, 0],
      ],
      3,
    ),
    pulse: band(
      pulse,
      [
        [40, 3],
        [50, 1],
        [90, 0],
        [110, 1],
        [130, 2],
      ],
      3,
    ),
    consciousness: consciousness === 'A' ? 0 : 3,
    temperature: band(
      toOneDecimal(temperature),
      [
        [35, 3],
        [36, 1],
        [38, 0],
        [39, 1],
      ],
      2,
    ),
  } as const
  const total = Object.values(parts).reduce((sum: number, part) => sum + part, 0)
  const risk = riskOf(total, Object.values(parts).includes(3))
  return { kind: 'scored', score: { total, parts, risk, response: responses[total === 0 ? 'none' : risk] } }
}

function onScaleTwo(saturation: number, oxygen: 'air' | 'oxygen'): News2Band {
  if (saturation >= 93 && oxygen === 'air') return 0
  return band(
    saturation,
    [
      [83, 3],
      [85, 2],
      [87, 1],
      [92, 0],
      [94, 1],
      [96, 2],
    ],
    3,
  )
}

/** The band of the first upper end that the value does not exceed; `above` beyond the last. */
function band(value: number, ends: readonly (readonly [upTo: number, band: News2Band])[], above: News2Band): News2Band {
  return ends.find(([upTo]) => value <= upTo)?.[1] ?? above
}

/** 38.05 is 38.1, whatever binary fractions make of it. */
function toOneDecimal(celsius: number): number {
  return Math.round(Number((celsius * 10).toFixed(6))) / 10
}

function isUnusable(parameter: News2Parameter, value: number | string | undefined): boolean {
  if (typeof value !== 'number') return false
  if (!(parameter in believable)) return true
  const [low, high] = believable[parameter as keyof typeof believable]
  return !(value >= low && value <= high) || (parameter !== 'temperature' && !Number.isInteger(value))
}

function riskOf(total: number, anyThree: boolean): News2Risk {
  if (total >= 7) return 'high'
  if (total >= 5) return 'medium'
  return anyThree ? 'low-medium' : 'low'
}

/** The risk that a total alone tells: a source sent no parts, so a single 3 among them is not known. */
export function riskOfTotal(total: number): { readonly risk: News2Risk; readonly response: string } {
  const risk = riskOf(total, false)
  return { risk, response: responses[total === 0 ? 'none' : risk] }
}

const responses: Readonly<Record<News2Risk | 'none', string>> = {
  none: 'At least every 12 hours',
  low: 'Every 4 to 6 hours at least; a registered nurse decides',
  'low-medium': 'At least hourly; urgent review by a ward doctor',
  medium: 'At least hourly; urgent review by a team with competence in acute illness',
  high: 'Continuous; emergency assessment by a critical care team',
}
