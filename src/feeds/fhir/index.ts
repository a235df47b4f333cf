/**
 * FHIR R4 as sources speak it: transactions, batches, collections, search sets, documents, messages and single resources, in JSON or XML.
 * Called by feeds' table of formats and by fhir-api. Never changes a resource beyond its id, its references and what names its source.
 */

export type { Entry, Method } from './entries.ts'
export { fhirFormat } from './format.ts'
export {
  type RestBundle,
  type RestContent,
  type RestOptions,
  readRest,
  searchReferences,
  translateRest,
} from './rest.ts'
export { nhsNumberSystem, traitsOfPatient } from './traits.ts'
export { sourceIdSystem } from './translate.ts'
