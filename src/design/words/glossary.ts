/**
 * What clinical words mean, in plain English, for staff who are not clinicians and for patients. The one place for it; written by us, not copied.
 * A meaning says what a thing is, never what to do about a result: that is a clinician's to say.
 */
export type Term = {
  /** In addresses: `#egfr`. */
  readonly id: string
  readonly name: string
  readonly meaning: string
  /** Other ways in which the word stands in records, beside `name`: whole words, in any case. */
  readonly also?: readonly string[]
}

export const glossary: readonly Term[] = [
  {
    id: 'about-me',
    name: 'About Me',
    meaning: 'What the person wants everyone who cares for them to know, in their own words.',
  },
  {
    id: 'acknowledged',
    name: 'Acknowledged',
    meaning: 'Somebody has seen this result and written down that they have.',
  },
  {
    id: 'adverse-reaction',
    name: 'Adverse reaction',
    meaning: 'Harm or discomfort after a medicine or another substance. Not every one is an allergy.',
  },
  {
    id: 'albumin',
    name: 'Albumin',
    meaning: 'A protein made by the liver. It is measured in blood, and in urine as a sign of how the kidneys filter.',
  },
  {
    id: 'allergy',
    name: 'Allergy',
    meaning: 'The body’s defences react to something that is harmless to most people, each time and sometimes badly.',
  },
  {
    id: 'alt',
    name: 'ALT',
    meaning:
      'Alanine aminotransferase, a substance in liver cells. More of it in blood can mean that the liver is irritated.',
    also: ['alanine aminotransferase'],
  },
  {
    id: 'anaphylaxis',
    name: 'Anaphylaxis',
    meaning: 'A sudden, severe allergic reaction that affects breathing or circulation. It is an emergency.',
  },
  {
    id: 'advance-decision',
    name: 'Advance decision',
    meaning: 'A written decision, made while able to decide, to refuse a certain treatment later.',
    also: ['ADRT'],
  },
  {
    id: 'bilirubin',
    name: 'Bilirubin',
    meaning: 'A yellow substance from old blood cells, which the liver removes. Too much makes skin and eyes yellow.',
  },
  {
    id: 'blood-pressure',
    name: 'Blood pressure',
    meaning:
      'How hard the blood presses on the vessels: the higher number when the heart beats, the lower between beats.',
    also: ['systolic', 'diastolic'],
  },
  {
    id: 'bmi',
    name: 'BMI',
    meaning: 'Body mass index: weight in kilograms divided by the square of height in metres.',
    also: ['body mass index'],
  },
  {
    id: 'care-plan',
    name: 'Care plan',
    meaning: 'What the person and those who care for them have agreed to do, and what to do when things change.',
    also: ['care plans'],
  },
  {
    id: 'cholesterol',
    name: 'Cholesterol',
    meaning: 'A fat in the blood. HDL carries it away from the vessels; LDL leaves it there.',
    also: ['HDL', 'LDL', 'non-HDL'],
  },
  {
    id: 'ckd',
    name: 'CKD',
    meaning:
      'Chronic kidney disease: the kidneys have worked less well for three months or longer. Stages go from 1 to 5.',
    also: ['chronic kidney disease'],
  },
  {
    id: 'clinical-frailty',
    name: 'Frailty score',
    meaning: 'How much help somebody needs day to day and how easily they become unwell, from 1 (very fit) to 9.',
    also: ['clinical frailty scale', 'Rockwood'],
  },
  {
    id: 'copd',
    name: 'COPD',
    meaning: 'Chronic obstructive pulmonary disease: narrowed airways that make breathing out hard.',
  },
  {
    id: 'creatinine',
    name: 'Creatinine',
    meaning: 'Waste from muscles that the kidneys remove. When they work less well there is more of it in blood.',
  },
  {
    id: 'criticality',
    name: 'Criticality',
    meaning:
      'How dangerous the next reaction could be: the worst that is thought possible. Not how bad the last one was.',
  },
  {
    id: 'crp',
    name: 'CRP',
    meaning: 'C-reactive protein: rises in the blood when there is inflammation or infection somewhere.',
    also: ['C-reactive protein'],
  },
  {
    id: 'crisis-plan',
    name: 'Crisis plan',
    meaning:
      'What helps, and what does not, when somebody’s mental health becomes much worse; agreed with them beforehand.',
  },
  {
    id: 'discharge-summary',
    name: 'Discharge summary',
    meaning: 'The hospital’s letter about a stay: why, what was done, which medicines changed, what is to follow.',
  },
  {
    id: 'dnacpr',
    name: 'DNACPR',
    meaning:
      'Do not attempt cardiopulmonary resuscitation: a recorded decision not to restart the heart if it stops. It says nothing of any other treatment.',
    also: ['DNAR', 'do not attempt cardiopulmonary resuscitation'],
  },
  { id: 'dose', name: 'Dose', meaning: 'How much of a medicine to take, how and how often.' },
  {
    id: 'duplicate-therapy',
    name: 'Duplicate therapy',
    meaning: 'Two medicines that do the same are on the lists together. It may be meant; somebody should check.',
  },
  { id: 'ecg', name: 'ECG', meaning: 'Electrocardiogram: a tracing of the heart’s electrical beats.', also: ['EKG'] },
  {
    id: 'egfr',
    name: 'eGFR',
    meaning:
      'Estimated glomerular filtration rate: how well the kidneys clean the blood, worked out from creatinine, age and sex. Higher is better.',
    also: ['glomerular filtration rate'],
  },
  {
    id: 'encounter',
    name: 'Encounter',
    meaning: 'One contact with a service: an appointment, a visit, a telephone call or a stay in hospital.',
    also: ['encounters'],
  },
  {
    id: 'end-of-life',
    name: 'End-of-life care',
    meaning: 'Care for people who are likely to be in the last year of their life, by what they want.',
    also: ['EPaCCS'],
  },
  {
    id: 'fbc',
    name: 'Full blood count',
    meaning: 'Counts the red cells, white cells and platelets in blood.',
    also: ['FBC'],
  },
  { id: 'ferritin', name: 'Ferritin', meaning: 'Shows how much iron the body has stored.' },
  {
    id: 'haemoglobin',
    name: 'Haemoglobin',
    meaning: 'The substance in red blood cells that carries oxygen. Too little of it is called anaemia.',
    also: ['hemoglobin', 'Hb'],
  },
  {
    id: 'hba1c',
    name: 'HbA1c',
    meaning: 'How much sugar has been in the blood over the last two to three months, in one number.',
    also: ['haemoglobin A1c'],
  },
  {
    id: 'immunisation',
    name: 'Immunisation',
    meaning: 'A vaccine that was given, or refused, or not given for a reason.',
    also: ['vaccination', 'vaccinations'],
  },
  {
    id: 'inr',
    name: 'INR',
    meaning:
      'International normalised ratio: how long blood takes to clot, compared with usual. Used to set the dose of warfarin.',
  },
  {
    id: 'intolerance',
    name: 'Intolerance',
    meaning: 'A substance disagrees with somebody, without the body’s defences being part of it. It can still matter.',
  },
  {
    id: 'lasting-power',
    name: 'Lasting power of attorney',
    meaning: 'Somebody chosen, in law, to decide for a person who no longer can: for health and care, or for money.',
    also: ['LPA'],
  },
  {
    id: 'lft',
    name: 'Liver function tests',
    meaning: 'A group of blood tests that show how the liver is: ALT, ALP, bilirubin, albumin and others.',
    also: ['LFT', 'LFTs', 'ALP', 'alkaline phosphatase'],
  },
  {
    id: 'lineage',
    name: 'Lineage',
    meaning: 'The way from a fact on the page back to the message that brought it, and the rule that read it.',
  },
  { id: 'mcv', name: 'MCV', meaning: 'Mean cell volume: the usual size of the red blood cells.' },
  {
    id: 'mrsa',
    name: 'MRSA',
    meaning: 'A germ that many antibiotics do not kill. Carrying it on the skin is not the same as being ill with it.',
  },
  {
    id: 'news2',
    name: 'NEWS2',
    meaning:
      'National Early Warning Score 2: six measurements and how alert somebody is, made into one number of how acutely ill an adult is. Higher is worse.',
    also: ['early warning score'],
  },
  {
    id: 'nhs-number',
    name: 'NHS number',
    meaning: 'Ten digits that belong to one person in England, Wales and the Isle of Man.',
  },
  {
    id: 'no-known-allergies',
    name: 'No known allergies',
    meaning:
      'Somebody asked, and recorded that there are none. Nothing recorded is not the same: that reads “Allergies not recorded”.',
    also: ['NKDA', 'no known drug allergies'],
  },
  {
    id: 'oxygen-saturation',
    name: 'Oxygen saturation',
    meaning: 'How much of the blood’s oxygen-carrying part is full, in per cent, measured at a finger.',
    also: ['SpO2', 'oxygen saturations'],
  },
  {
    id: 'outpatient',
    name: 'Outpatient',
    meaning: 'Somebody who comes to hospital for an appointment and goes home the same day.',
  },
  {
    id: 'platelets',
    name: 'Platelets',
    meaning: 'Tiny parts of the blood that help it to clot.',
    also: ['platelet count'],
  },
  {
    id: 'potassium',
    name: 'Potassium',
    meaning: 'A salt in the blood that the heart and muscles need in just the right amount.',
  },
  {
    id: 'problem',
    name: 'Problem',
    meaning: 'A condition, symptom or circumstance that matters for somebody’s care. Active ones matter now.',
    also: ['problems', 'conditions'],
  },
  {
    id: 'procedure',
    name: 'Procedure',
    meaning: 'Something done to find out about or treat a condition: an operation, a scope, a scan with a needle.',
    also: ['procedures'],
  },
  { id: 'pulse', name: 'Pulse', meaning: 'How many times the heart beats in a minute.', also: ['heart rate'] },
  {
    id: 'reasonable-adjustments',
    name: 'Reasonable adjustments',
    meaning: 'Changes that a service makes, by law, so that a disabled person can use it as well as others.',
  },
  {
    id: 'reference-range',
    name: 'Expected range',
    meaning:
      'Where the laboratory expects most healthy people’s results. Outside it is not always a problem, inside not always none.',
    also: ['reference range'],
  },
  {
    id: 'referral',
    name: 'Referral',
    meaning: 'One service asks another to see or advise on somebody.',
    also: ['referrals'],
  },
  {
    id: 'repeat-prescription',
    name: 'Repeat medicine',
    meaning: 'A medicine that may be ordered again without seeing the prescriber each time, until it is reviewed.',
    also: ['repeat prescription', 'repeat medicines'],
  },
  {
    id: 'respect',
    name: 'ReSPECT',
    meaning:
      'A summary of what somebody wants, and what is agreed, for their care in an emergency when they cannot say.',
  },
  {
    id: 'respiratory-rate',
    name: 'Respiratory rate',
    meaning: 'How many breaths somebody takes in a minute.',
    also: ['respirations'],
  },
  {
    id: 'restricted',
    name: 'Restricted record',
    meaning: 'Where this person is must not be found out by others, so address and contacts are not shown.',
    also: ['S flag'],
  },
  {
    id: 'safeguarding',
    name: 'Safeguarding',
    meaning: 'Protecting a child, or an adult who needs care, from abuse or neglect.',
  },
  { id: 'severity', name: 'Severity', meaning: 'How bad one reaction was when it happened. See also criticality.' },
  { id: 'sodium', name: 'Sodium', meaning: 'A salt in the blood that keeps its water in balance.' },
  { id: 'source', name: 'Source', meaning: 'The system of an organisation that told us a fact.' },
  {
    id: 'tsh',
    name: 'TSH',
    meaning: 'Thyroid-stimulating hormone: shows whether the thyroid gland does too little or too much.',
    also: ['thyroid stimulating hormone'],
  },
  {
    id: 'troponin',
    name: 'Troponin',
    meaning: 'A substance from heart muscle. More of it in the blood can mean that the heart has been harmed.',
  },
  {
    id: 'u-and-e',
    name: 'Urea and electrolytes',
    meaning: 'Blood tests of salts and waste that show how the kidneys work.',
    also: ['U&E', 'U&Es', 'urea'],
  },
  {
    id: 'wcc',
    name: 'White cell count',
    meaning: 'How many of the blood’s defence cells there are. Infection is one of many things that change it.',
    also: ['WCC', 'WBC', 'white blood cell count', 'neutrophils', 'lymphocytes'],
  },
]

const byWord = new Map(
  glossary.flatMap((term) => [term.name, ...(term.also ?? [])].map((word) => [word.toLowerCase(), term] as const)),
)
// Longest first: “haemoglobin A1c” is not haemoglobin.
const words = [...byWord.keys()].toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))
const anyWord = new RegExp(
  `(?<![\\p{L}\\d])(?:${words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})(?![\\p{L}\\d])`,
  'iu',
)

/** The term that a name on the page speaks of: `Serum creatinine level` → creatinine. Undefined: there is none. */
export function termIn(text: string): Term | undefined {
  const found = anyWord.exec(text.slice(0, 200))?.[0]
  return found === undefined ? undefined : byWord.get(found.toLowerCase())
}
