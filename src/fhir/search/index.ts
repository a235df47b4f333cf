/** Search as R4 says it: the parameters of each type, and what of a resource each of them finds. Part of the fhir room; its door is `../index.ts`. */
export { patientCompartment } from '../definitions/patient-compartment.ts'
export { type DateRange, dateRange } from './dates.ts'
export {
  isResourceType,
  resourceTypes,
  type SearchParameter,
  type SearchParameterType,
  searchParameters,
} from './parameters.ts'
export { extractSearchValues, foldSearchText, type SearchQuantity, type SearchSink } from './values.ts'
