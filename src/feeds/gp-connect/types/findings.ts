/** Observations, specimens and reports, STU3 to R4. */
import { copy, isObject, use } from '../reading.ts'
import { kept, keptChoice, listed, noted, type Rule, renamed, type TypeRules, tell, within } from '../rules.ts'

const r3 = 'http://hl7.org/fhir/3.0/StructureDefinition/extension'

/** R4 split `related` by its type; what became of the rarer types is an extension of the version before. */
const related: Rule = (from, to) => {
  if (!Array.isArray(from.value)) return
  const homes: Readonly<Record<string, string>> = { 'has-member': 'hasMember', 'derived-from': 'derivedFrom' }
  for (const [index, item] of from.value.entries()) {
    if (!isObject(item)) continue
    const at = `${from.place}[${index}]`
    const target = copy(item.target, `${at}.target`, from.reading)
    if (target === undefined) continue
    use(item.type, `${at}.type`, from.reading)
    const type = typeof item.type === 'string' ? item.type : 'unspecified'
    const home = Object.hasOwn(homes, type) ? homes[type] : undefined
    if (home === undefined) {
      const extension = {
        url: `${r3}-Observation.related`,
        extension: [
          { url: 'type', valueCode: type },
          { url: 'target', valueReference: target },
        ],
      }
      to.made.extension = [...(Array.isArray(to.made.extension) ? to.made.extension : []), extension]
    } else {
      to.made[home] = [...(Array.isArray(to.made[home]) ? to.made[home] : []), target]
      tell(to, home, { place: at, name: 'related' })
    }
  }
}

const observationValues = keptChoice(
  'value',
  'Quantity',
  'CodeableConcept',
  'String',
  'Boolean',
  'Range',
  'Ratio',
  'SampledData',
  'Time',
  'DateTime',
  'Period',
)

const observation: TypeRules = {
  to: 'Observation',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'status',
      'category',
      'code',
      'subject',
      'issued',
      'performer',
      'dataAbsentReason',
    ),
    ...kept('bodySite', 'method', 'specimen', 'device', 'referenceRange'),
    ...keptChoice('effective', 'DateTime', 'Period'),
    ...observationValues,
    interpretation: listed(),
    context: renamed('encounter'),
    comment: noted,
    related,
    component: within('component', {
      ...kept('code', 'dataAbsentReason', 'referenceRange'),
      ...observationValues,
      interpretation: listed(),
    }),
  },
}

const diagnosticReport: TypeRules = {
  to: 'DiagnosticReport',
  elements: {
    ...kept('identifier', 'basedOn', 'status', 'code', 'subject', 'issued', 'specimen', 'result', 'imagingStudy'),
    ...kept('conclusion', 'presentedForm'),
    ...keptChoice('effective', 'DateTime', 'Period'),
    category: listed(),
    context: renamed('encounter'),
    codedDiagnosis: renamed('conclusionCode'),
    image: within('media', kept('comment', 'link')),
    performer: (from, to) => {
      const all = (Array.isArray(from.value) ? from.value : [from.value]).flatMap((item, index) => {
        if (!isObject(item)) return []
        const at = `${from.place}[${index}]`
        const actor = copy(
          isObject(item.actor) ? item.actor : item,
          isObject(item.actor) ? `${at}.actor` : at,
          from.reading,
        )
        if (!isObject(actor)) return []
        const role = copy(item.role, `${at}.role`, from.reading)
        const extension = { url: `${r3}-DiagnosticReport.performer.role`, valueCodeableConcept: role }
        return [role === undefined ? actor : { ...actor, extension: [extension] }]
      })
      if (all.length === 0) return
      to.made.performer = all
      tell(to, 'performer', from)
    },
  },
}

const specimen: TypeRules = {
  to: 'Specimen',
  elements: kept(
    'identifier',
    'accessionIdentifier',
    'status',
    'type',
    'subject',
    'receivedTime',
    'parent',
    'request',
    'collection',
    'processing',
    'container',
    'note',
  ),
}

export const findings = {
  Observation: observation,
  DiagnosticReport: diagnosticReport,
  Specimen: specimen,
} as const satisfies Readonly<Record<string, TypeRules>>
