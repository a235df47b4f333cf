/** What is filed beside a version so that it can be found: computed here, never in the database. */
import type { FhirResource } from 'fhir/r4.js'
import type { Int64 } from '../base/index.ts'
import { type DateRange, extractSearchValues, foldSearchText, numberOf, type SearchSink } from '../fhir/index.ts'
import { commonParameters, longRangeSeconds, mainCodeOf, mainDateOf, openStates, unfiledParameters } from './filing.ts'
import {
  aboutNobody,
  codeKey,
  codingKey,
  longRangeKey,
  patientKey,
  referenceKey,
  resourceKey,
  stringKey,
  uriKey,
} from './keys.ts'

export type IndexRows = {
  /** Seconds since 1970; -Infinity for both when it has no date. `end` exclusive. */
  readonly start: number
  readonly end: number
  readonly tokens: readonly Int64[]
  readonly flags: readonly Int64[]
  readonly codes: readonly { readonly key: Int64; readonly value: number | undefined }[]
  readonly strings: readonly { readonly key: Int64; readonly text: string }[]
}

export const noIndexRows: IndexRows = {
  start: -Infinity,
  end: -Infinity,
  tokens: [],
  flags: [],
  codes: [],
  strings: [],
}

/** @param pk the compartment in which the resource is filed */
export function indexRows(resource: FhirResource & { readonly id: string }, pk: Int64): IndexRows {
  const type = resource.resourceType
  const mainDate = mainDateOf(type)
  const mainCode = mainCodeOf(type)
  const tokens = new Set<Int64>()
  const flags = new Set<Int64>()
  const strings = new Map<string, { key: Int64; text: string }>()
  let main: DateRange | undefined
  const sink: SearchSink = {
    token(parameter, system, value) {
      if (unfiledParameters.has(parameter)) return
      const filter =
        parameter === mainCode ||
        parameter === 'component-code' ||
        (commonParameters.has(parameter) && !openStates.has(value))
      const into = filter ? flags : tokens
      into.add(codeKey(type, parameter, value))
      if (system !== null) into.add(codingKey(type, parameter, system ?? '', value))
    },
    reference(parameter, target, id) {
      // The compartment itself leads to these; the flag confirms them.
      const own = target === 'Patient' && patientKey(id) === pk
      ;(own ? flags : tokens).add(referenceKey(type, parameter, target, id))
    },
    uri(parameter, uri) {
      ;(commonParameters.has(parameter) ? flags : tokens).add(uriKey(type, parameter, uri))
    },
    date(parameter, range) {
      if (parameter === mainDate)
        main = main ? { start: Math.min(main.start, range.start), end: Math.max(main.end, range.end) } : range
    },
    string(parameter, text) {
      if (unfiledParameters.has(parameter)) return
      const folded = foldSearchText(text)
      const key = stringKey(type, parameter)
      if (folded) strings.set(key + folded, { key, text: folded })
    },
    quantity(parameter, { system, code, unit }) {
      // The number stands beside its code (resource_code); only its unit is filed here.
      if (parameter !== 'value-quantity' && parameter !== 'component-value-quantity') return
      if (code !== undefined)
        flags.add(codingKey(type, parameter, system ?? '', code)).add(codeKey(type, parameter, code))
      if (unit !== undefined) flags.add(codeKey(type, parameter, unit))
    },
  }
  extractSearchValues(resource, sink)
  if (main && main.end - main.start > longRangeSeconds * 1000) tokens.add(longRangeKey(type))
  if (type !== 'Patient' && pk === resourceKey(type, resource.id)) flags.add(aboutNobody)
  return {
    start: main ? main.start / 1000 : -Infinity,
    end: main ? main.end / 1000 : -Infinity,
    tokens: [...tokens],
    flags: [...flags],
    codes: codeRows(resource, mainCode),
    strings: [...strings.values()],
  }
}

type Concept = { readonly coding?: unknown }

function codeRows(resource: FhirResource, mainCode: string | undefined): IndexRows['codes'] {
  if (!mainCode) return []
  const type = resource.resourceType
  const rows = new Map<Int64, number | undefined>()
  const add = (parameter: string, concept: Concept | undefined, value?: unknown) => {
    if (typeof concept !== 'object' || concept === null || !Array.isArray(concept.coding)) return
    for (const coding of concept.coding as readonly unknown[]) {
      const code = typeof coding === 'object' && coding !== null && 'code' in coding ? coding.code : undefined
      if (typeof code === 'string') rows.set(codeKey(type, parameter, code), numberOf(value))
    }
  }
  for (const concept of mainConcepts(resource)) add(mainCode, concept, quantityValue(resource))
  if (resource.resourceType === 'Observation' && Array.isArray(resource.component))
    for (const component of resource.component) add('component-code', component?.code, quantityValue(component))
  return [...rows].map(([key, value]) => ({ key, value }))
}

function quantityValue(from: object | undefined): unknown {
  const quantity = from && 'valueQuantity' in from ? from.valueQuantity : undefined
  return typeof quantity === 'object' && quantity !== null && 'value' in quantity ? quantity.value : undefined
}

/** The element that the main code parameter of each type reads. */
function mainConcepts(resource: FhirResource): readonly (Concept | undefined)[] {
  switch (resource.resourceType) {
    case 'AllergyIntolerance': {
      const reactions = Array.isArray(resource.reaction) ? resource.reaction : []
      return [resource.code, ...reactions.map((reaction) => reaction?.substance)]
    }
    case 'Composition':
    case 'DocumentReference':
      return [resource.type]
    case 'Encounter':
      return Array.isArray(resource.type) ? resource.type : []
    case 'Immunization':
      return [resource.vaccineCode]
    case 'MedicationAdministration':
    case 'MedicationDispense':
    case 'MedicationRequest':
    case 'MedicationStatement':
      return [resource.medicationCodeableConcept]
    case 'Condition':
    case 'DiagnosticReport':
    case 'Observation':
    case 'Procedure':
    case 'ServiceRequest':
      return [resource.code]
    default:
      return []
  }
}
