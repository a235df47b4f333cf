/**
 * Identity: who is this person?
 * Owns the tables of migration 0003. Called by feeds (to file subjects, to merge) and the apps (to find people, to settle reviews).
 * Never moves a clinical fact, and never joins two people by guessing: below a sure match it asks a human.
 */
export type { Comparison, FieldComparison, Verdict } from './compare.ts'
export type { How } from './decide.ts'
export { type Filed, type FiledSubject, fileSubjects } from './file.ts'
export type { Explanation, ReviewKind } from './place.ts'
export type { Subject, Traits } from './subject.ts'
