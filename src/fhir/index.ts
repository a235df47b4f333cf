/**
 * FHIR R4 as a language: JSON that keeps its numbers, structure checks, search syntax and index extraction. Pure.
 * Called by feeds, store and the outer rooms. Never does I/O and never knows a person.
 */
export {
  isRawNumber,
  type JsonLimits,
  jsonNumber,
  numberOf,
  numberText,
  parseJson,
  printJson,
  type RawNumber,
} from './json.ts'
export { locateInJson } from './json-locate.ts'
export { entrySystem, isOwnSource, ownApplication, ownSourcePrefix } from './own-entries.ts'
export { expectedOf } from './primitives.ts'
export {
  type DateRange,
  dateRange,
  extractSearchValues,
  foldSearchText,
  isResourceType,
  patientCompartment,
  resourceTypes,
  type SearchParameter,
  type SearchParameterType,
  type SearchQuantity,
  type SearchSink,
  searchParameters,
} from './search/index.ts'
export { elementKind } from './structures.ts'
export { parseResource, validateResource } from './validate.ts'
export { locateInXml } from './xml-locate.ts'
export { parseFhirXml } from './xml-read.ts'
export { printXml } from './xml-write.ts'
