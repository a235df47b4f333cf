/** Allergy concern and allergy observation. A negated one is "no known allergy" or "not allergic to": never an allergy (hazard: opposite meaning). */
import { draw, put, type Reference } from '../drawing.ts'
import { attribute, child, isNegated, type Reading } from '../reading.ts'
import { type Concept, concept, encapsulated, interval, isSaid, period } from '../values.ts'
import type { Xml } from '../xml.ts'
import { attempt, authorOf, type Context, keyOf, notesOf, putCommon, related, statusCode } from './common.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'
const snomed = 'http://snomed.info/sct'
const severityTemplate = ['2.16.840.1.113883.10.20.22.4.8', '2.16.840.1.113883.10.20.1.55']

/** What "no …" means when only the kind of allergy is negated. Kinds that are not here are never turned into "none known". */
const noneKnown: Readonly<Record<string, { readonly code: string; readonly display: string }>> = {
  '419199007': { code: '716186003', display: 'No known allergy' },
  '420134006': { code: '716186003', display: 'No known allergy' },
  '418038007': { code: '716186003', display: 'No known allergy' },
  '416098002': { code: '409137002', display: 'No known drug allergy' },
  '419511003': { code: '409137002', display: 'No known drug allergy' },
  '414285001': { code: '429625007', display: 'No known food allergy' },
  '426232007': { code: '428607008', display: 'No known environmental allergy' },
}

const kinds: Readonly<Record<string, { readonly type?: 'allergy' | 'intolerance'; readonly category?: string }>> = {
  '419199007': { type: 'allergy' },
  '416098002': { type: 'allergy', category: 'medication' },
  '414285001': { type: 'allergy', category: 'food' },
  '426232007': { type: 'allergy', category: 'environment' },
  '419511003': { category: 'medication' },
  '418471000': { category: 'food' },
  '59037007': { type: 'intolerance', category: 'medication' },
  '235719002': { type: 'intolerance', category: 'food' },
}

/** Substances that only say "something". */
const anything = new Set(['105590001', '410942007', '373873005'])

const statuses: Readonly<Record<string, string>> = {
  '55561003': 'active',
  '73425007': 'inactive',
  '413322009': 'resolved',
}
const severities: Readonly<Record<string, string>> = {
  '255604002': 'mild',
  '371923003': 'mild',
  '6736007': 'moderate',
  '371924009': 'severe',
  '24484000': 'severe',
  '399166001': 'severe',
}
const criticalities: Readonly<Record<string, string>> = { CRITL: 'low', CRITH: 'high', CRITU: 'unable-to-assess' }

export function readAllergyConcern(context: Context, act: Xml): readonly Reference[] {
  const { reading } = context
  concept(reading, child(reading, act, 'code'))
  const concern = statusCode(reading, act)
  const observations = related(reading, act).filter(({ name }) => name === 'observation')
  const recorded = authorOf(context, act)
  return observations.flatMap((observation) =>
    attempt(context, (own) => readAllergy(own, observation, concern, recorded)),
  )
}

export function readAllergy(
  context: Context,
  node: Xml,
  concern: string | undefined,
  recorded: { readonly at?: string; readonly by?: Reference },
): Reference | undefined {
  const { reading } = context
  const drawing = draw('AllergyIntolerance', node, 'CDA allergy')
  const valueNode = child(reading, node, 'value')
  const value = concept(reading, valueNode)
  concept(reading, child(reading, node, 'code'))
  statusCode(reading, node)
  const substanceNode = child(reading, child(reading, node, 'participant', 'participantRole'), 'playingEntity')
  const substance = substanceOf(reading, substanceNode)
  const text = encapsulated(reading, child(reading, node, 'text'))
  const kind = codeIn(value, (code) =>
    Object.hasOwn(kinds, code) || Object.hasOwn(noneKnown, code) ? code : undefined,
  )
  const negated = isNegated(reading, node)
  const said = readMeaning(negated, { value, substance, text, kind })
  if (said === undefined) {
    const message = 'Kept as words only: the entry does not say to what the person is allergic'
    reading.notes.push({ place: node.place, message, severity: 'warning' })
  }
  if (said === undefined) return undefined
  putCommon(context, drawing, node, 'patient')
  const during = interval(reading, child(reading, node, 'effectiveTime'))
  const status = related(reading, node, '2.16.840.1.113883.10.20.22.4.28', '2.16.840.1.113883.10.20.1.39').map(
    (each) => {
      concept(reading, child(reading, each, 'code'))
      return codeIn(concept(reading, child(reading, each, 'value')), (code) => statuses[code])
    },
  )[0]
  // Neither a finished concern nor an end "unknown" ends an allergy: many systems write both of one that goes on.
  const clinical = status ?? (during.end !== undefined ? 'resolved' : concern === 'aborted' ? 'inactive' : 'active')
  put(drawing, 'clinicalStatus', { coding: [{ system: `${hl7}/allergyintolerance-clinical`, code: clinical }] })
  put(drawing, 'verificationStatus', {
    coding: [{ system: `${hl7}/allergyintolerance-verification`, code: said.verification }],
  })
  const { type, category } = (kind === undefined ? undefined : kinds[kind]) ?? {}
  put(drawing, 'type', type, valueNode)
  put(drawing, 'category', category === undefined ? undefined : [category], valueNode)
  put(drawing, 'criticality', criticalityOf(reading, node))
  put(drawing, 'code', said.code, substance ? substanceNode : valueNode)
  put(drawing, 'onsetDateTime', during.start ?? during.at, child(reading, node, 'effectiveTime'))
  const own = authorOf(context, node)
  put(drawing, 'recordedDate', own.at ?? recorded.at)
  const by = own.by ?? recorded.by
  if (by?.reference.startsWith('Practitioner/')) put(drawing, 'recorder', by)
  put(drawing, 'note', notesOf(reading, node))
  if (said.verification === 'confirmed' && !said.none) put(drawing, 'reaction', reactionsOf(reading, node))
  return context.drawer.file(drawing, keyOf(reading, node))
}

type Said = { readonly code: Concept; readonly verification: 'confirmed' | 'refuted'; readonly none?: boolean }
type Read = {
  readonly value: Concept | undefined
  readonly substance: Concept | undefined
  readonly text: string | undefined
  readonly kind: string | undefined
}

/** What is said of which substance; undefined when nothing is. */
function readMeaning(negated: boolean, { value, substance, text, kind }: Read): Said | undefined {
  const named =
    isSaid(substance) && codeIn(substance, (code) => (anything.has(code) ? code : undefined)) === undefined
      ? substance
      : undefined
  if (negated) {
    if (named) return { code: named, verification: 'refuted' }
    const none = kind === undefined ? undefined : noneKnown[kind]
    if (none)
      return {
        code: { coding: [{ system: snomed, ...none }], text: none.display },
        verification: 'confirmed',
        none: true,
      }
    return isSaid(value) ? { code: value, verification: 'refuted' } : undefined
  }
  if (named) return { code: named, verification: 'confirmed' }
  // "Allergy to substance, substance unknown" is how systems fill an empty list.
  if (kind !== undefined && substance !== undefined && !isSaid(substance) && text === undefined) return undefined
  if (isSaid(value))
    return {
      code: text === undefined || value.text !== undefined ? value : { ...value, text },
      verification: 'confirmed',
    }
  return text === undefined ? undefined : { code: { text }, verification: 'confirmed' }
}

function substanceOf(reading: Reading, entity: Xml | undefined): Concept | undefined {
  const code = concept(reading, child(reading, entity, 'code'))
  if (isSaid(code)) return code
  const name = encapsulated(reading, child(reading, entity, 'name'))
  return name === undefined ? code : { text: name }
}

function codeIn<T>(value: Concept | undefined, pick: (code: string) => T | undefined): T | undefined {
  for (const { code } of value?.coding ?? []) {
    const found = pick(code)
    if (found !== undefined) return found
  }
  return undefined
}

function criticalityOf(reading: Reading, node: Xml): string | undefined {
  const [found] = related(reading, node, '2.16.840.1.113883.10.20.22.4.145')
  if (found === undefined) return undefined
  concept(reading, child(reading, found, 'code'))
  return codeIn(concept(reading, child(reading, found, 'value')), (code) => criticalities[code])
}

function severityOf(reading: Reading, node: Xml): string | undefined {
  const [found] = related(reading, node, ...severityTemplate)
  if (found === undefined) return undefined
  concept(reading, child(reading, found, 'code'))
  return codeIn(concept(reading, child(reading, found, 'value')), (code) => severities[code])
}

function reactionsOf(reading: Reading, node: Xml): readonly Record<string, unknown>[] {
  const reactions = related(reading, node, '2.16.840.1.113883.10.20.22.4.9', '2.16.840.1.113883.10.20.1.54').flatMap(
    (each) => {
      // "No such reaction" is no reaction.
      if (attribute(reading, each, 'negationInd') === 'true') return []
      concept(reading, child(reading, each, 'code'))
      const value = concept(reading, child(reading, each, 'value'))
      const text = encapsulated(reading, child(reading, each, 'text'))
      const manifestation = isSaid(value) ? value : text === undefined ? undefined : { text }
      if (manifestation === undefined) return []
      const onset = period(interval(reading, child(reading, each, 'effectiveTime')))?.start
      const severity = severityOf(reading, each)
      return [
        {
          manifestation: [manifestation],
          ...(onset === undefined ? {} : { onset }),
          ...(severity === undefined ? {} : { severity }),
        },
      ]
    },
  )
  const severity = severityOf(reading, node)
  if (severity === undefined) return reactions
  if (reactions.length > 0) return reactions.map((each) => ({ severity, ...each }))
  // facts/ukcore.md §5: only the severity was recorded.
  return [{ manifestation: [{ coding: [{ system: `${hl7}/v3-NullFlavor`, code: 'NI' }] }], severity }]
}
