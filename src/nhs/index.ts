/**
 * NHS: small exact values of health and care in the UK: NHS number, ODS code, London time, ages, and names folded for comparing.
 * Called by every room that reads or shows them. Pure: no database, network or clock. Never decides who anybody is.
 */
export { ageText } from './age.ts'
export { clinicalDate, clinicalTime, patientDate } from './dates.ts'
export { londonDay, londonInstant, londonLocal, londonOffset } from './london.ts'
export { editDistance, foldName, foldPostcode, phoneticKey } from './names.ts'
export { formatNhsNumber, isTestNhsNumber, type NhsNumber, nhsNumberCheckDigit, parseNhsNumber } from './nhs-number.ts'
export { type OdsCode, parseOdsCode, placeholderOdsCode } from './ods.ts'
