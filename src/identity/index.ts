/**
 * Identity: who is this person?
 * Owns the tables of migration 0003. Called by feeds (to file subjects, to merge) and the apps (to find people, to settle reviews).
 * Never moves a clinical fact, and never joins two people by guessing: below a sure match it asks a human.
 */
export type { ComparedField, FieldComparison, Verdict } from './compare.ts'
export type { How } from './decide.ts'
export { type Filed, type FiledSubject, fileSubjects } from './file.ts'
export { type Found, type FoundPerson, findPeople, foundMax } from './find.ts'
export type { Difference } from './find-differences.ts'
export type { Member } from './knowledge.ts'
export { type MergeBy, type Merged, type MergePair, mergePatients } from './merge.ts'
export { checkPeopleQuery, type PeopleQuery, parsePeopleQuery } from './people-query.ts'
export {
  type Compartment,
  compartmentsOf,
  compartmentsOfAt,
  type KeptLink,
  linksOf,
  membersOfPersons,
  personOf,
  personsOfCompartments,
  personsUnder,
} from './persons.ts'
export type { Explanation, ReviewKind } from './place.ts'
export {
  countOpenReviews,
  openReviews,
  openReviewsOf,
  type Review,
  type ReviewInFull,
  readReview,
  settleReview,
} from './reviews.ts'
export type { Subject, Traits } from './subject.ts'
export { type KeptMerge, mergesOf, standsNow, undoMerge } from './undo.ts'
export { linkWrittenHere, writtenHere, writtenHereKey } from './written-here.ts'
