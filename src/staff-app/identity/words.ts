import type { FieldComparison, ReviewKind } from '../../identity/index.ts'

/** What a review is about, for people. */
export const kindWords: Readonly<Record<ReviewKind, string>> = {
  'possible-duplicate': 'One person may have two records',
  'birth-date-conflict': 'Same NHS number, different dates of birth',
  'name-conflict': 'Same NHS number, different names',
  'nhs-number-conflict': 'Same identifier, different NHS numbers',
  'nhs-number-changed': 'A source changed an NHS number',
  'nhs-number-unconfirmed': 'An NHS number is not confirmed',
  'identifier-conflict': 'One identifier, two people',
  'merge-conflict': 'A source joined two people who do not fit',
}

/** `ReviewKind` as it is kept; a kind of a newer version is shown as it is written. */
export function wordsOfKind(kind: string): string {
  return kind in kindWords ? kindWords[kind as ReviewKind] : kind.replaceAll('-', ' ')
}

export const fieldWords: Readonly<Record<FieldComparison['field'], string>> = {
  nhsNumber: 'NHS number',
  birthDate: 'Date of birth',
  family: 'Family name',
  given: 'First names',
  gender: 'Sex',
  postcode: 'Postcode',
  identifier: 'Local number',
}

export const verdictWords: Readonly<Record<FieldComparison['verdict'], string>> = {
  same: 'The same',
  partial: 'Agrees as far as it goes',
  close: 'Close',
  different: 'Different',
  unknown: 'One side does not say',
}
