/** The awkward truths of real feeds. Each happens to named people, once, so that a test or a reader can go and look. */
export type AwkwardTruth = { readonly name: CaseName; readonly title: string; readonly story: string }

export type CaseName =
  | 'no-nhs-number'
  | 'typing-error-name'
  | 'typing-error-birth-date'
  | 'twins'
  | 'moved-house'
  | 'merge'
  | 'wrong-merge'
  | 'conflicting-allergies'
  | 'allergies-not-recorded'
  | 'late-message'
  | 'duplicate-message'
  | 'broken-bad-date'
  | 'broken-missing-pid'
  | 'broken-two-nhs-numbers'
  | 'wrong-check-digit'
  | 'died'
  | 'restricted'
  | 'control-id-reused'
  | 'same-name-same-birth-date'
  | 'stopped-medicine'
  | 'dose-differs'
  | 'result-corrected'
  | 'allergy-against-medicine'
  | 'brand-and-generic'
  | 'duplicate-therapy'
  | 'nothing-recorded'

export const awkwardTruths: readonly AwkwardTruth[] = [
  {
    name: 'no-nhs-number',
    title: 'With and without an NHS number',
    story:
      'The GP knows the NHS number; the hospital was never told it, but has the same name, birth date and postcode.',
  },
  {
    name: 'typing-error-name',
    title: 'A name typed wrongly',
    story: 'The hospital misspelt the given and family names; the NHS number and birth date are right.',
  },
  {
    name: 'typing-error-birth-date',
    title: 'A birth date typed wrongly',
    story: 'The hospital swapped day and month of birth under the right NHS number: a person must decide.',
  },
  {
    name: 'twins',
    title: 'Twins',
    story: 'Same birth date, family name, address and telephone; NHS numbers one after the other; two people.',
  },
  {
    name: 'moved-house',
    title: 'Moved house',
    story:
      'The hospital still had the old address until an A31 told it of the new one; the council has only the old one.',
  },
  {
    name: 'merge',
    title: 'Two hospital numbers, one person',
    story: 'Registered twice by the hospital, the second time without an NHS number; an A40 merges them.',
  },
  {
    name: 'wrong-merge',
    title: 'A merge that must not happen',
    story: 'An A40 names two people who have different verified NHS numbers: hold it for a human.',
  },
  {
    name: 'conflicting-allergies',
    title: 'Allergies that disagree',
    story: 'The GP recorded no known allergies; the hospital recorded anaphylaxis to penicillin.',
  },
  {
    name: 'allergies-not-recorded',
    title: 'Allergies not recorded',
    story: 'The GP sends an empty allergy list with "no content recorded": it is not "none".',
  },
  {
    name: 'late-message',
    title: 'A late message',
    story: 'An older A08 with the former telephone number arrives after the newer one: it must not overwrite it.',
  },
  {
    name: 'duplicate-message',
    title: 'The same message twice',
    story: 'The hospital sends an A01 again, byte for byte: answered again, applied once.',
  },
  {
    name: 'broken-bad-date',
    title: 'Broken: a date that cannot be',
    story: 'An A08 gives a birth date of 31 February: the rest is read, the date is noted and the former one stays.',
  },
  { name: 'broken-missing-pid', title: 'Broken: nobody named', story: 'A laboratory report without its PID segment.' },
  {
    name: 'broken-two-nhs-numbers',
    title: 'Broken: two NHS numbers',
    story: 'An A08 gives two different NHS numbers for one patient: nobody may choose.',
  },
  {
    name: 'wrong-check-digit',
    title: 'An NHS number that fails its check digit',
    story: 'The hospital holds a mistyped NHS number; name, birth date and postcode agree with the GP.',
  },
  { name: 'died', title: 'Died', story: 'Died in hospital; the record says so and when.' },
  { name: 'restricted', title: 'Restricted', story: 'A sensitive record: where this person lives must not be shown.' },
  {
    name: 'control-id-reused',
    title: 'A control id used again',
    story: 'The laboratory sends other content under a control id it used before: kept, and not applied silently.',
  },
  {
    name: 'same-name-same-birth-date',
    title: 'Same name, same birth date, two people',
    story: 'Two people with one name and one birth date, different NHS numbers and addresses.',
  },
  {
    name: 'stopped-medicine',
    title: 'A stopped medicine',
    story: 'An anti-inflammatory was stopped for the sake of the kidneys; the pharmacy dispensed it once before.',
  },
  {
    name: 'dose-differs',
    title: 'A dose that differs',
    story: 'The GP lists bisoprolol 2.5mg; the hospital raised it to 5mg, the pharmacy dispenses 5mg.',
  },
  {
    name: 'result-corrected',
    title: 'A corrected result',
    story: 'A potassium reported wrongly, then corrected under the same report number.',
  },
  {
    name: 'allergy-against-medicine',
    title: 'A medicine against an allergy',
    story:
      'The hospital recorded anaphylaxis to penicillin; the GP, who was never told, has just prescribed amoxicillin.',
  },
  {
    name: 'brand-and-generic',
    title: 'Brand and generic',
    story: 'The GP prescribes atorvastatin; the pharmacy hands out Lipitor: one medicine under two names.',
  },
  {
    name: 'duplicate-therapy',
    title: 'Two of one family',
    story: 'The GP prescribes naproxen; the hospital added ibuprofen, another anti-inflammatory.',
  },
  {
    name: 'nothing-recorded',
    title: 'Nothing recorded',
    story: 'Registered with a practice last month: who she is, and nothing else. Empty is not "none".',
  },
]
