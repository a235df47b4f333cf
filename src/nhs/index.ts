/**
 * NHS: small exact values of health and care in the UK: NHS number, ODS code, London time, ages, names folded for comparing, what
 * the names of common medicines mean, and NEWS2.
 * Called by every room that reads or shows them. Pure: no database, network or clock. Never decides who anybody is.
 */
export { ageText, wholeYears } from './age.ts'
export { type Allergen, type AllergyMatch, classNames, matchAllergy, readAllergen } from './allergen.ts'
export { readAreaMedicines } from './area-medicines.ts'
export { clinicalDate, clinicalTime, patientDate } from './dates.ts'
export { londonDay, londonInstant, londonLocal, londonOffset } from './london.ts'
export {
  commonMedicines,
  knownMedicines,
  localForms,
  type MedicineName,
  type MedicineTable,
  medicineTable,
  readMedicineName,
  setKnownMedicines,
} from './medicine-name.ts'
export { medicineClasses } from './medicine-table.ts'
export { type MedicineWords, medicineLine, medicineWords, plainAmounts } from './medicine-words.ts'
export { editDistance, foldName, foldPostcode, phoneticKey } from './names.ts'
export {
  type Consciousness,
  type News2Parameter,
  type News2Readings,
  type News2Result,
  type News2Risk,
  type News2Score,
  news2Parameters,
  riskOfTotal,
  scoreNews2,
} from './news2.ts'
export { formatNhsNumber, isTestNhsNumber, type NhsNumber, nhsNumberCheckDigit, parseNhsNumber } from './nhs-number.ts'
export { type OdsCode, parseOdsCode, placeholderOdsCode } from './ods.ts'
export { safeguardingLabels, safeguardingTerms } from './safeguarding-words.ts'
