/** Problem concern, problem observation and diagnoses. A negated one is refuted, or "no current problems": never a problem. */
import { draw, put, type Reference } from '../drawing.ts'
import { child, isNegated } from '../reading.ts'
import { type Concept, concept, encapsulated, interval, isSaid } from '../values.ts'
import type { Xml } from '../xml.ts'
import { attempt, authorOf, type Context, keyOf, notesOf, putCommon, related, statusCode } from './common.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'
const statuses: Readonly<Record<string, string>> = {
  '55561003': 'active',
  '73425007': 'inactive',
  '413322009': 'resolved',
  '246455001': 'recurrence',
  '263855007': 'recurrence',
  '277022003': 'remission',
}

/** "Problem": what is negated to say that there are none. */
const anyProblem = new Set(['55607006', '64572001', '404684003'])

export type ProblemCategory = 'problem-list-item' | 'encounter-diagnosis'

export function readProblemConcern(context: Context, act: Xml, category: ProblemCategory): readonly Reference[] {
  const { reading } = context
  concept(reading, child(reading, act, 'code'))
  const concern = statusCode(reading, act)
  const recorded = authorOf(context, act)
  return related(reading, act)
    .filter(({ name, attributes }) => name === 'observation' && attributes.moodCode !== 'GOL')
    .flatMap((observation) =>
      attempt(context, (own) => readProblem(own, observation, { category, concern, recorded: recorded.at })),
    )
}

type Frame = {
  readonly category: ProblemCategory
  readonly concern?: string | undefined
  readonly recorded?: string | undefined
}

export function readProblem(
  context: Context,
  node: Xml,
  { category, concern, recorded }: Frame,
): Reference | undefined {
  const { reading } = context
  const valueNode = child(reading, node, 'value')
  const value = concept(reading, valueNode)
  const text = encapsulated(reading, child(reading, node, 'text'))
  concept(reading, child(reading, node, 'code'))
  statusCode(reading, node)
  const said = isSaid(value) ? value : text === undefined ? undefined : { text }
  if (said === undefined) return undefined
  const negated = isNegated(reading, node)
  const none = negated && (said.coding ?? []).some(({ code }) => anyProblem.has(code))
  const code: Concept = none
    ? {
        coding: [{ system: 'http://snomed.info/sct', code: '160245001', display: 'No current problems or disability' }],
        text: 'No current problems or disability',
      }
    : said
  const drawing = draw('Condition', node, 'CDA problem')
  putCommon(context, drawing, node)
  const during = interval(reading, child(reading, node, 'effectiveTime'))
  const [status] = related(reading, node, '2.16.840.1.113883.10.20.22.4.6', '2.16.840.1.113883.10.20.1.50').map(
    (each) => {
      concept(reading, child(reading, each, 'code'))
      const coding = concept(reading, child(reading, each, 'value'))?.coding ?? []
      return coding.map((each) => statuses[each.code]).find((each) => each !== undefined)
    },
  )
  // C-CDA writes "over, but when is not known" as an unknown end; of an active concern it only means that none is recorded.
  const ended = during.end !== undefined || (during.endUnknown === true && concern !== 'active')
  const stated =
    status ?? (ended ? 'resolved' : concern === 'completed' || concern === 'aborted' ? 'inactive' : 'active')
  // R4 invariant con-4: what has an end is over, whatever the status says beside it.
  const clinical = ended && (stated === 'active' || stated === 'recurrence') ? 'resolved' : stated
  put(drawing, 'clinicalStatus', { coding: [{ system: `${hl7}/condition-clinical`, code: clinical }] })
  const verification = negated && !none ? 'refuted' : 'confirmed'
  put(drawing, 'verificationStatus', { coding: [{ system: `${hl7}/condition-ver-status`, code: verification }] })
  put(drawing, 'category', [{ coding: [{ system: `${hl7}/condition-category`, code: category }] }])
  put(drawing, 'code', code, isSaid(value) ? valueNode : child(reading, node, 'text'))
  put(drawing, 'onsetDateTime', during.start ?? during.at, child(reading, node, 'effectiveTime'))
  put(drawing, 'abatementDateTime', during.end, child(reading, node, 'effectiveTime'))
  const own = authorOf(context, node)
  put(drawing, 'recordedDate', own.at ?? recorded)
  if (own.by?.reference.startsWith('Practitioner/')) put(drawing, 'recorder', own.by)
  put(drawing, 'note', notesOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}
