/**
 * Medicines and allergies of several sources, reconciled: what each case must say on the page, word for word, written by hand. The rows are
 * made by the record and by the staff app's own views; the last column (who says it, how long ago) is left out.
 */
import { describe, expect, test } from 'vitest'
import {
  allergy,
  emptyList,
  type Given,
  noKnownAllergy,
  now,
  prescription,
  type Resource,
  recordFrom,
  sarah,
} from '../../test/support/invented-record.ts'
import { readPage } from '../../test/support/page.ts'
import { renderPage } from '../design/index.ts'
import { allergiesView } from '../staff-app/patients/allergies.tsx'
import { medicinesView } from '../staff-app/patients/medicines.tsx'

const shell = { assets: { css: '/staff.css', icon: '/icon.svg' }, demo: true }

function pages(given: Given): { readonly rows: readonly string[]; readonly main: string } {
  const [first = '', ...others] = Object.keys(given)
  const record = recordFrom({
    [first]: [sarah('p'), ...(given[first] ?? [])],
    ...Object.fromEntries(others.map((source) => [source, given[source] ?? []])),
  })
  const model = { shell, person: 'p', record, now }
  const read = [medicinesView(model, 1), allergiesView(model)].map((view) => readPage(renderPage(view)))
  return {
    rows: read
      .flatMap(({ rows }) => rows)
      .filter((row) => / From /.test(row))
      .map((row) => row.replace(/ From .*/, '')),
    main: read.map(({ main }) => main).join(' '),
  }
}

let count = 0
type More = {
  readonly code?: string
  readonly dose?: string
  readonly status?: string
  readonly why?: string
  readonly from?: string
  readonly to?: string
  readonly on?: string
}

/** A prescription; without a code it has a name only. */
function rx(name: string, { code, dose, status = 'active', why, from, to, on = '2026-11-04' }: More = {}): Resource {
  count += 1
  return prescription(`m${count}`, code ?? '', name, {
    status,
    authoredOn: on,
    ...(code === undefined ? { medicationCodeableConcept: { text: name } } : {}),
    ...(dose === undefined ? {} : { dosageInstruction: [{ text: dose }] }),
    ...(why === undefined ? {} : { statusReason: { text: why } }),
    ...(from === undefined && to === undefined
      ? {}
      : { dispenseRequest: { validityPeriod: { ...(from ? { start: from } : {}), ...(to ? { end: to } : {}) } } }),
  })
}

function box(name: string, on: string, dose?: string): Resource {
  count += 1
  return {
    resourceType: 'MedicationDispense',
    id: `b${count}`,
    status: 'completed',
    subject: { reference: 'Patient/p' },
    whenHandedOver: on,
    medicationCodeableConcept: { text: name },
    ...(dose === undefined ? {} : { dosageInstruction: [{ text: dose }] }),
  } as Resource
}

function said(name: string, status: string, more: object = {}): Resource {
  count += 1
  return {
    resourceType: 'MedicationStatement',
    id: `s${count}`,
    status,
    subject: { reference: 'Patient/p' },
    medicationCodeableConcept: { text: name },
    ...more,
  } as Resource
}

type AllergyMore = {
  readonly reaction?: string
  readonly severity?: string
  readonly risk?: string
  readonly type?: string
  readonly category?: string
  readonly certainty?: string
  readonly standing?: string
  readonly on?: string
}

function allergic(words: string, more: AllergyMore = {}): Resource {
  count += 1
  return allergy(`a${count}`, '', '', {
    code: { text: words },
    recordedDate: more.on ?? '2012-02-03',
    ...(more.reaction || more.severity
      ? {
          reaction: [
            {
              manifestation: [{ text: more.reaction ?? 'Reaction' }],
              ...(more.severity ? { severity: more.severity } : {}),
            },
          ],
        }
      : {}),
    ...(more.risk ? { criticality: more.risk } : {}),
    ...(more.type ? { type: more.type } : {}),
    ...(more.category ? { category: [more.category] } : {}),
    ...(more.certainty ? { verificationStatus: { coding: [{ code: more.certainty }] } } : {}),
    ...(more.standing ? { clinicalStatus: { coding: [{ code: more.standing }] } } : {}),
  })
}

type Case = {
  readonly is: string
  readonly given: Given
  /** Whole rows, each once; every row of the two pages that begins alike must be named. */
  readonly lines?: readonly string[]
  /** Words that stand on one of the two pages. */
  readonly says?: readonly string[]
  /** Words that stand on neither. */
  readonly never?: readonly (string | RegExp)[]
}

const metformin = 'Metformin 500mg tablets'
const since = 'prescribed since 4 November 2026'

const joining: readonly Case[] = [
  {
    is: 'one source, one medicine, a dose',
    given: { gp: [rx(metformin, { dose: 'One tablet twice a day' })] },
    lines: ['Medicine metformin — 500 mg tablets Dose DOSE One tablet twice a day Last issued 4 November 2026'],
  },
  {
    is: 'the same medicine of two sources with one code and one dose',
    given: {
      gp: [rx(metformin, { code: '325278007', dose: 'One tablet twice a day' })],
      pas: [rx(metformin, { code: '325278007', dose: 'One tablet twice a day' })],
    },
    lines: [
      `Medicine metformin — 500 mg tablets Dose Riverside Surgery: ${since} — DOSE One tablet twice a day Riverton General Hospital: ${since} — DOSE One tablet twice a day Last issued 4 November 2026 4 November 2026`,
    ],
    never: ['Sources disagree'],
  },
  {
    is: 'the same product by name only, in two spellings that the table understands',
    given: { gp: [rx('Metformin 500mg tablets')], mh: [rx('Metformin hydrochloride 500 mg oral tablet')] },
    lines: [
      `Medicine metformin — 500 mg tablets Dose Riverside Surgery: ${since} — Dose not recorded Riverton Mental Health Trust: ${since} — Dose not recorded Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'brand and generic',
    given: {
      gp: [rx('Amlodipine 5mg tablets', { dose: 'One each morning' })],
      pas: [rx('Istin 5mg tablets (Viatris UK Healthcare Ltd)', { dose: 'One each morning' })],
    },
    lines: [
      `Medicine amlodipine ISTIN — 5 mg tablets Dose Riverside Surgery: ${since} — DOSE One each morning Riverton General Hospital: ${since}, as amlodipine ISTIN — 5 mg tablets (Viatris UK Healthcare Ltd) — DOSE One each morning Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'two brands of one generic',
    given: {
      gp: [rx('Lipitor 20mg tablets')],
      pas: [rx('Atorvastatin 20mg tablets')],
      mh: [rx('Lipitor 20 mg tablet')],
    },
    says: ['atorvastatin LIPITOR — 20 mg tablets', 'Current, or not known to have ended: 1 medicine'],
  },
  {
    is: 'brand and generic with unlike codes',
    given: {
      gp: [rx('Sertraline 50mg tablets', { code: '1' })],
      pas: [rx('Lustral 50mg tablets', { code: '2' })],
    },
    says: ['sertraline LUSTRAL — 50 mg tablets', 'Current, or not known to have ended: 1 medicine'],
  },
  {
    is: 'micrograms and milligrams are one strength',
    given: { gp: [rx('Digoxin 0.125mg tablets')], pas: [rx('Lanoxin 125microgram tablets')] },
    says: ['digoxin LANOXIN — 0.125 mg tablets', 'Current, or not known to have ended: 1 medicine'],
  },
  {
    is: 'the same medicine in another form: related, not joined',
    given: { gp: [rx('Amoxicillin 250mg capsules')], pas: [rx('Amoxicillin 250mg/5ml oral suspension')] },
    lines: [
      'Medicine amoxicillin — 250 mg capsules Also on this list: amoxicillin — 250 mg in 5 ml oral suspension (Riverton General Hospital), another strength Dose Dose not recorded Last issued 4 November 2026',
      'Medicine amoxicillin — 250 mg in 5 ml oral suspension Also on this list: amoxicillin — 250 mg capsules (Riverside Surgery), another strength Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'tablets and capsules of one strength',
    given: { gp: [rx('Ramipril 5mg capsules')], pas: [rx('Ramipril 5mg tablets')] },
    lines: [
      'Medicine ramipril — 5 mg capsules Also on this list: ramipril — 5 mg tablets (Riverton General Hospital), another form Dose Dose not recorded Last issued 4 November 2026',
      'Medicine ramipril — 5 mg tablets Also on this list: ramipril — 5 mg capsules (Riverside Surgery), another form Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'another strength',
    given: { gp: [rx('Bisoprolol 2.5mg tablets')], pas: [rx('Bisoprolol 5mg tablets')] },
    lines: [
      'Medicine bisoprolol — 2.5 mg tablets Also on this list: bisoprolol — 5 mg tablets (Riverton General Hospital), another strength Dose Dose not recorded Last issued 4 November 2026',
      'Medicine bisoprolol — 5 mg tablets Also on this list: bisoprolol — 2.5 mg tablets (Riverside Surgery), another strength Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'modified-release beside ordinary tablets',
    given: { gp: [rx('Metformin 500mg tablets')], pas: [rx('Metformin 500mg modified-release tablets')] },
    lines: [
      'Medicine metformin — 500 mg modified-release tablets Also on this list: metformin — 500 mg tablets (Riverside Surgery), another form Dose Dose not recorded Last issued 4 November 2026',
      'Medicine metformin — 500 mg tablets Also on this list: metformin — 500 mg modified-release tablets (Riverton General Hospital), another form Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'a brand whose name hides that it is modified-release joins nothing',
    given: { gp: [rx('MST Continus 10mg tablets')], pas: [rx('Morphine 10mg tablets')] },
    lines: [
      'Medicine morphine — 10 mg tablets Also on this list: morphine MST CONTINUS — 10 mg tablets (Riverside Surgery), another brand: not always interchangeable Dose Dose not recorded Last issued 4 November 2026',
      'Medicine morphine MST CONTINUS — 10 mg tablets Also on this list: morphine — 10 mg tablets (Riverton General Hospital), another brand: not always interchangeable Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'brands that are not interchangeable: tacrolimus',
    given: { gp: [rx('Adoport 1mg capsules')], pas: [rx('Prograf 1mg capsules')] },
    lines: [
      'Medicine tacrolimus ADOPORT — 1 mg capsules Also on this list: tacrolimus PROGRAF — 1 mg capsules (Riverton General Hospital), another brand: not always interchangeable Dose Dose not recorded Last issued 4 November 2026',
      'Medicine tacrolimus PROGRAF — 1 mg capsules Also on this list: tacrolimus ADOPORT — 1 mg capsules (Riverside Surgery), another brand: not always interchangeable Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'a name without strength or form is related and not joined',
    given: { gp: [rx(metformin)], mh: [rx('Metformin')] },
    lines: [
      'Medicine metformin Also on this list: metformin — 500 mg tablets (Riverside Surgery), the same medicine Dose Dose not recorded Last issued 4 November 2026',
      'Medicine metformin — 500 mg tablets Also on this list: metformin (Riverton Mental Health Trust), the same medicine Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'a word that was not understood keeps rows apart',
    given: { gp: [rx(metformin)], mh: [rx('Metformin 500mg tablets trial arm B')] },
    says: ['Current, or not known to have ended: 2 medicines', 'metformin — 500 mg tablets trial arm B'],
  },
  {
    is: 'a name that the table does not know never joins by itself',
    given: { gp: [rx('Rivertonil 10mg tablets')], pas: [rx('Rivertonil 10mg tablets')] },
    lines: [
      'Medicine Rivertonil 10 mg tablets Also on this list: Rivertonil 10 mg tablets (Riverton General Hospital) Dose Dose not recorded Last issued 4 November 2026',
      'Medicine Rivertonil 10 mg tablets Also on this list: Rivertonil 10 mg tablets (Riverside Surgery) Dose Dose not recorded Last issued 4 November 2026',
    ],
    says: ['Not in the table, so not compared: Rivertonil 10 mg tablets'],
  },
  {
    is: 'an unknown name with one code is one row',
    given: { gp: [rx('Rivertonil 10mg tablets', { code: '7' })], pas: [rx('RIVERTONIL TABS', { code: '7' })] },
    lines: [
      `Medicine Rivertonil 10 mg tablets Dose Riverside Surgery: ${since} — DOSE not recorded`.replace(
        'DOSE not',
        'Dose not',
      ) +
        ` Riverton General Hospital: ${since}, as RIVERTONIL TABS — Dose not recorded Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'one code, and names of unlike medicines: both named, none chosen',
    given: {
      gp: [rx('Penicillamine 250mg tablets', { code: '8' }), rx('x', { status: 'entered-in-error' })],
      pas: [rx('Amoxicillin 250mg capsules', { code: '8' })],
      mh: [rx('Ramipril 5mg capsules', { code: '8' })],
    },
    says: ['Sources disagree Medicine', 'as amoxicillin — 250 mg capsules', 'as ramipril — 5 mg capsules'],
  },
  {
    is: 'amounts as the guidance writes them: no trailing zero, a leading zero, units in full',
    given: {
      gp: [
        rx('Levothyroxine 25.0mcg tablets'),
        rx('Rivertonil .5mg tablets'),
        rx('Dalteparin 5000units/0.2ml injection'),
      ],
    },
    says: [
      'levothyroxine — 25 micrograms tablets',
      'Rivertonil 0.5 mg tablets',
      'dalteparin — 5,000 units in 0.2 ml injection',
    ],
  },
]

const saying: readonly Case[] = [
  {
    is: 'a dose that differs: both, none chosen',
    given: {
      gp: [rx(metformin, { dose: 'One tablet twice a day' })],
      pas: [rx(metformin, { dose: 'Two tablets twice a day' })],
    },
    lines: [
      `Medicine metformin — 500 mg tablets Sources disagree Dose Dose Riverside Surgery: ${since} — DOSE One tablet twice a day Riverton General Hospital: ${since} — DOSE Two tablets twice a day Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'the same dose in other words is no disagreement',
    given: {
      gp: [rx(metformin, { dose: 'One tablet twice a day' })],
      pas: [rx(metformin, { dose: '1 tablet, twice daily' })],
    },
    never: ['Sources disagree'],
  },
  {
    is: 'an unknown dose is not the same as another’s, and no disagreement',
    given: { gp: [rx(metformin, { dose: 'One tablet twice a day' })], pas: [rx(metformin)] },
    lines: [
      `Medicine metformin — 500 mg tablets Dose Riverside Surgery: ${since} — DOSE One tablet twice a day Riverton General Hospital: ${since} — Dose not recorded Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'when needed: the prescriber’s words are kept whole',
    given: {
      gp: [rx('Paracetamol 500mg tablets', { dose: 'Two up to four times a day when needed. Maximum 8 in 24 hours' })],
    },
    lines: [
      'Medicine paracetamol — 500 mg tablets Dose DOSE Two up to four times a day when needed. Maximum 8 in 24 hours Last issued 4 November 2026',
    ],
  },
  {
    is: 'stopped in one source, going on in another',
    given: {
      gp: [rx(metformin)],
      pas: [rx(metformin, { status: 'stopped', why: 'Kidney function', from: '2020-01-01', to: '2026-11-16' })],
    },
    lines: [
      `Medicine metformin — 500 mg tablets Sources disagree Status Dose Riverside Surgery: ${since} — Dose not recorded Riverton General Hospital: prescribed since 1 January 2020, stopped on 16 November 2026 (Kidney function) — Dose not recorded Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'stopped by both is past, with the reason',
    given: {
      gp: [rx(metformin, { status: 'stopped', why: 'Kidney function', from: '2020-01-01', to: '2026-11-16' })],
      pas: [rx(metformin, { status: 'stopped', from: '2020-01-01', to: '2026-11-16' })],
    },
    says: ['Past: 1 medicine', 'stopped on 16 November 2026 (Kidney function)'],
    never: ['Sources disagree', 'Current, or not known'],
  },
  {
    is: 'completed in one and stopped in another do not disagree',
    given: { gp: [rx(metformin, { status: 'completed' })], pas: [rx(metformin, { status: 'stopped' })] },
    never: ['Sources disagree'],
  },
  {
    is: 'restarted by another source after a stop',
    given: {
      gp: [rx(metformin, { on: '2026-11-10', from: '2026-11-10' })],
      pas: [
        rx(metformin, {
          status: 'stopped',
          why: 'Acute kidney injury',
          from: '2020-01-01',
          to: '2026-11-01',
          on: '2020-01-01',
        }),
      ],
    },
    lines: [
      'Medicine metformin — 500 mg tablets Started again on 10 November 2026 by Riverside Surgery, after Riverton General Hospital recorded that it was stopped on 1 November 2026 (Acute kidney injury). Sources disagree Status Dose Riverside Surgery: prescribed since 10 November 2026 — Dose not recorded Riverton General Hospital: prescribed since 1 January 2020, stopped on 1 November 2026 (Acute kidney injury) — Dose not recorded Last issued 10 November 2026 1 January 2020',
    ],
  },
  {
    is: 'restarted by the source that stopped it',
    given: {
      gp: [
        rx(metformin, { on: '2026-11-10', from: '2026-11-10' }),
        rx(metformin, { status: 'stopped', from: '2020-01-01', to: '2026-11-01', on: '2020-01-01' }),
      ],
    },
    says: [
      'Started again on 10 November 2026 by Riverside Surgery, after Riverside Surgery recorded that it was stopped on 1 November 2026.',
    ],
    never: ['Sources disagree'],
  },
  {
    is: 'stopped before it began elsewhere earlier is no restart',
    given: {
      gp: [rx(metformin, { from: '2019-01-01', on: '2019-01-01' })],
      pas: [rx(metformin, { status: 'stopped', from: '2020-01-01', to: '2026-11-01' })],
    },
    never: ['Started again'],
  },
  {
    is: 'dispensed before it was stopped does not keep it current',
    given: {
      gp: [rx('Naproxen 500mg tablets', { status: 'stopped', from: '2025-01-01', to: '2026-10-18' })],
      council: [box('Naproxen 500mg tablets', '2026-10-15')],
    },
    says: ['Past: 1 medicine'],
    never: ['Sources disagree'],
  },
  {
    is: 'dispensed after it was stopped',
    given: {
      gp: [rx('Naproxen 500mg tablets', { status: 'stopped', from: '2025-01-01', to: '2026-10-18' })],
      council: [box('Naprosyn 500mg tablets', '2026-11-02')],
    },
    lines: [
      'Medicine naproxen NAPROSYN — 500 mg tablets Status not recorded Sources disagree Status Dose Riverton Council: dispensed — Dose not recorded Riverside Surgery: prescribed since 1 January 2025, stopped on 18 October 2026, as naproxen — 500 mg tablets — Dose not recorded Last issued 2 November 2026 4 November 2026',
    ],
  },
  {
    is: 'only dispensed: whether it goes on is not recorded',
    given: { council: [box('Sertraline 50mg tablets', '2026-11-02', 'One each morning')] },
    lines: [
      'Medicine sertraline — 50 mg tablets Status not recorded Dose DOSE One each morning Last issued 2 November 2026',
    ],
  },
  {
    is: 'not taking, as the patient says, while it is prescribed',
    given: {
      gp: [rx('Sertraline 50mg tablets', { dose: 'One each morning' })],
      mh: [
        said('Sertraline 50mg tablets', 'not-taken', {
          statusReason: [{ text: 'Feels sick' }],
          informationSource: { reference: 'Patient/p' },
        }),
      ],
    },
    lines: [
      `Medicine sertraline — 50 mg tablets Sources disagree Status Dose Riverside Surgery: ${since} — DOSE One each morning Riverton Mental Health Trust: reported by the patient or family, not taking (Feels sick) — Dose not recorded Last issued 4 November 2026 Not recorded`,
    ],
  },
  {
    is: 'on hold',
    given: { pas: [rx('Apixaban 5mg tablets', { status: 'on-hold', why: 'Before surgery' })] },
    lines: ['Medicine apixaban — 5 mg tablets On hold Dose Dose not recorded Last issued 4 November 2026'],
  },
  {
    is: 'on hold in hospital, current at the practice',
    given: {
      gp: [rx('Apixaban 5mg tablets')],
      pas: [rx('Eliquis 5mg tablets', { status: 'on-hold', why: 'Before surgery' })],
    },
    lines: [
      `Medicine apixaban ELIQUIS — 5 mg tablets Sources disagree Status Dose Riverside Surgery: ${since} — Dose not recorded Riverton General Hospital: ${since}, on hold (Before surgery), as apixaban ELIQUIS — 5 mg tablets — Dose not recorded Last issued 4 November 2026 4 November 2026`,
    ],
  },
  {
    is: 'entered in error joins nothing and is past',
    given: { gp: [rx(metformin)], pas: [rx(metformin, { status: 'entered-in-error' })] },
    says: ['Current, or not known to have ended: 1 medicine', 'Entered in error'],
    never: ['Sources disagree'],
  },
  {
    is: 'the same prescription twice in one source',
    given: { gp: [rx(metformin, { dose: 'One a day' }), rx(metformin, { dose: 'One a day' })] },
    says: ['Riverside Surgery has it twice as current.'],
  },
  {
    is: 'many boxes are one saying',
    given: { council: [box(metformin, '2026-09-01'), box(metformin, '2026-10-01'), box(metformin, '2026-11-01')] },
    lines: [
      'Medicine metformin — 500 mg tablets Status not recorded Dose Dose not recorded Last issued 1 November 2026',
    ],
    never: ['twice as current'],
  },
]

const together: readonly Case[] = [
  {
    is: 'duplicate therapy: two SSRIs',
    given: { gp: [rx('Sertraline 50mg tablets')], mh: [rx('Citalopram 20mg tablets')] },
    lines: [
      'Medicine citalopram — 20 mg tablets Another SSRI is on this list: sertraline — 50 mg tablets (Riverside Surgery). Dose Dose not recorded Last issued 4 November 2026',
      'Medicine sertraline — 50 mg tablets Another SSRI is on this list: citalopram — 20 mg tablets (Riverton Mental Health Trust). Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'duplicate therapy: two anticoagulants, one by its brand',
    given: { gp: [rx('Warfarin 3mg tablets')], pas: [rx('Eliquis 5mg tablets')] },
    says: [
      'Another anticoagulant is on this list: apixaban ELIQUIS — 5 mg tablets (Riverton General Hospital).',
      'Another anticoagulant is on this list: warfarin — 3 mg tablets (Riverside Surgery).',
    ],
  },
  {
    is: 'duplicate therapy: an NSAID and another',
    given: { gp: [rx('Naproxen 500mg tablets')], pas: [rx('Brufen 400mg tablets')] },
    says: ['Another NSAID is on this list: ibuprofen BRUFEN — 400 mg tablets (Riverton General Hospital).'],
  },
  {
    is: 'a gel is no duplicate of tablets',
    given: { gp: [rx('Naproxen 500mg tablets'), rx('Ibuprofen 5% gel')] },
    never: ['Another NSAID'],
  },
  {
    is: 'one of two has ended: no duplicate',
    given: { gp: [rx('Sertraline 50mg tablets')], mh: [rx('Citalopram 20mg tablets', { status: 'stopped' })] },
    never: ['Another SSRI'],
  },
  {
    is: 'the same substance under another name: paracetamol and co-codamol',
    given: { gp: [rx('Paracetamol 500mg tablets')], pas: [rx('Co-codamol 30mg/500mg tablets')] },
    lines: [
      'Medicine co-codamol — 30 mg/500 mg tablets Same substance twice Paracetamol is in another medicine on this list too: paracetamol — 500 mg tablets (Riverside Surgery). Dose Dose not recorded Last issued 4 November 2026',
      'Medicine paracetamol — 500 mg tablets Same substance twice Paracetamol is in another medicine on this list too: co-codamol — 30 mg/500 mg tablets (Riverton General Hospital). Dose Dose not recorded Last issued 4 November 2026',
    ],
  },
  {
    is: 'medicines of unlike families have nothing to say of each other',
    given: { gp: [rx(metformin), rx('Ramipril 5mg capsules'), rx('Omeprazole 20mg gastro-resistant capsules')] },
    never: ['Another', 'Also on this list', 'Same substance'],
  },
]

const flucloxacillin = 'Flucloxacillin 500mg capsules'
const clashes: readonly Case[] = [
  {
    is: 'allergy to the same substance',
    given: {
      gp: [allergic('Amoxicillin', { reaction: 'Anaphylaxis', severity: 'severe' })],
      pas: [rx('Amoxicillin 500mg capsules')],
    },
    lines: [
      'Medicine amoxicillin — 500 mg capsules Allergy Recorded allergy: Amoxicillin (Anaphylaxis; severe), Riverside Surgery. This medicine contains amoxicillin. Dose Dose not recorded Last issued 4 November 2026',
      'Substance Amoxicillin Family: penicillins On the list of medicines: amoxicillin Reaction Anaphylaxis Past severity Severe Future risk Not recorded Recorded 3 February 2012',
    ],
  },
  {
    is: 'allergy to the same substance, hidden by a brand',
    given: { gp: [allergic('Allergy to amoxicillin')], pas: [rx('Augmentin 375mg tablets')] },
    says: ['Recorded allergy: Allergy to amoxicillin, Riverside Surgery. This medicine contains amoxicillin.'],
  },
  {
    is: 'allergy to a class: penicillin against flucloxacillin',
    given: { gp: [allergic('Penicillin', { reaction: 'Rash' })], pas: [rx(flucloxacillin)] },
    lines: [
      'Medicine flucloxacillin — 500 mg capsules Allergy Recorded allergy: Penicillin (Rash), Riverside Surgery. Flucloxacillin is a penicillin. Dose Dose not recorded Last issued 4 November 2026',
      'Substance Penicillin Family: penicillins On the list of medicines: flucloxacillin Reaction Rash Past severity Not recorded Future risk Not recorded Recorded 3 February 2012',
    ],
  },
  {
    is: 'allergy to one member of a whole family: amoxicillin against flucloxacillin',
    given: { gp: [allergic('Amoxicillin allergy')], pas: [rx(flucloxacillin)] },
    says: ['Recorded allergy: Amoxicillin allergy, Riverside Surgery. Flucloxacillin is a penicillin.'],
  },
  {
    is: 'a cephalosporin beside a penicillin allergy: a note, softer',
    given: { gp: [allergic('Allergy to penicillin')], pas: [rx('Cefalexin 500mg capsules')] },
    lines: [
      'Medicine cefalexin — 500 mg capsules Recorded allergy: Allergy to penicillin, Riverside Surgery. Cefalexin is a cephalosporin; some people who are allergic to penicillins react to cephalosporins too. Look at the reaction. Dose Dose not recorded Last issued 4 November 2026',
      'Substance Allergy to penicillin Family: penicillins On the list of medicines: cefalexin Reaction Not recorded Past severity Not recorded Future risk Not recorded Recorded 3 February 2012',
    ],
  },
  {
    is: 'allergy to one statin says nothing of another',
    given: { gp: [allergic('Simvastatin')], pas: [rx('Atorvastatin 20mg tablets')] },
    never: ['Recorded allergy:'],
  },
  {
    is: 'allergy to statins as a family',
    given: { gp: [allergic('Statins')], pas: [rx('Atorvastatin 20mg tablets')] },
    says: ['Recorded allergy: Statins, Riverside Surgery. Atorvastatin is a statin.'],
  },
  {
    is: 'allergy to aspirin against ibuprofen',
    given: { gp: [allergic('Aspirin', { reaction: 'Bronchospasm' })], pas: [rx('Nurofen 200mg tablets')] },
    says: ['Recorded allergy: Aspirin (Bronchospasm), Riverside Surgery. Ibuprofen is an NSAID.'],
  },
  {
    is: 'intolerance is not allergy: told, and softer',
    given: {
      gp: [allergic('Codeine', { type: 'intolerance', reaction: 'Nausea' })],
      pas: [rx('Co-codamol 30mg/500mg tablets')],
    },
    lines: [
      'Medicine co-codamol — 30 mg/500 mg tablets Recorded intolerance: Codeine (Nausea), Riverside Surgery. This medicine contains codeine. Dose Dose not recorded Last issued 4 November 2026',
      'Substance Codeine intolerance Family: opioids On the list of medicines: co-codamol Reaction Nausea Past severity Not recorded Future risk Not recorded Recorded 3 February 2012',
    ],
  },
  {
    is: 'a resolved allergy is told as resolved',
    given: { gp: [allergic('Trimethoprim', { standing: 'resolved' })], pas: [rx('Trimethoprim 200mg tablets')] },
    says: ['Allergy recorded as resolved: Trimethoprim, Riverside Surgery. This medicine contains trimethoprim.'],
  },
  {
    is: 'a refuted allergy raises nothing and stays reachable',
    given: { gp: [allergic('Trimethoprim', { certainty: 'refuted' })], pas: [rx('Trimethoprim 200mg tablets')] },
    lines: [
      'Medicine trimethoprim — 200 mg tablets Dose Dose not recorded Last issued 4 November 2026',
      'Substance Trimethoprim Refuted Reaction Not recorded Past severity Not recorded Future risk Not recorded Recorded 3 February 2012',
    ],
  },
  {
    is: 'a stopped medicine raises nothing',
    given: { gp: [allergic('Trimethoprim')], pas: [rx('Trimethoprim 200mg tablets', { status: 'stopped' })] },
    never: ['Recorded allergy:'],
  },
  {
    is: 'neither in the table: a name that begins like the allergy is worth a look',
    given: { gp: [allergic('Allergy to zoledronic acid')], pas: [rx('Zoledronic acid 5mg/100ml infusion')] },
    says: [
      'Recorded allergy: Allergy to zoledronic acid, Riverside Surgery. The name of this medicine begins like it.',
      'Allergies not in the table, so compared by name only: Allergy to zoledronic acid.',
    ],
  },
  {
    is: 'a medicine that is not in the table is said not to have been compared',
    given: { gp: [allergic('Penicillin')], pas: [rx('Rivertocillin 500mg capsules')] },
    says: ['Not in the table, so not compared: Rivertocillin 500 mg capsules.'],
    never: ['Recorded allergy:'],
  },
]

const allergyCases: readonly Case[] = [
  {
    is: 'nobody said anything',
    given: { gp: [] },
    says: ['Allergies not recorded. Nobody has recorded an allergy, and nobody has recorded that there are none.'],
    never: ['No known allergies'],
  },
  {
    is: 'an empty list is not "none"',
    given: { gp: [emptyList('l', 'no-content-recorded')] },
    says: ['Allergies not recorded'],
    never: ['No known allergies'],
  },
  {
    is: 'asked, and none',
    given: { gp: [noKnownAllergy('n')] },
    lines: ['Recorded No known allergy Date 1 January 2020'],
    says: ['No known allergies'],
  },
  {
    is: 'no known drug allergies is not no known allergies',
    given: { gp: [allergy('n', '409137002', 'No known drug allergy')] },
    lines: ['Recorded No known drug allergy Date Not recorded'],
    says: ['Allergies not recorded . Recorded only: no known medicine allergies.'.replace(' .', '.')],
  },
  {
    is: 'a list that was withheld',
    given: { gp: [noKnownAllergy('n')], mh: [emptyList('l', 'withheld')] },
    says: ['Allergies unavailable. Nothing could be had from Riverton Mental Health Trust.'],
  },
  {
    is: 'no known allergies against a recorded one',
    given: { gp: [allergic('Penicillin')], pas: [noKnownAllergy('n')] },
    says: [
      'Sources disagree about allergies. Riverside Surgery recorded an allergy; Riverton General Hospital recorded that there are none.',
    ],
  },
  {
    is: 'no known drug allergies against a recorded medicine',
    given: { gp: [allergic('Penicillin')], pas: [allergy('n', '409137002', 'No known drug allergy')] },
    says: ['Sources disagree about allergies.'],
  },
  {
    is: 'no known drug allergies does not deny an allergy to food',
    given: {
      gp: [allergic('Peanut', { category: 'food' })],
      pas: [allergy('n', '409137002', 'No known drug allergy')],
    },
    says: ['Known allergies'],
    never: ['Sources disagree'],
  },
  {
    is: 'no known drug allergies, and an allergy of a kind that nobody told: taken as denied',
    given: { gp: [allergic('Mugwort')], pas: [allergy('n', '409137002', 'No known drug allergy')] },
    says: ['Sources disagree about allergies.'],
  },
  {
    is: 'conflicting severity',
    given: {
      gp: [allergic('Penicillin', { reaction: 'Rash', severity: 'severe' })],
      pas: [allergic('Allergy to penicillin', { reaction: 'Rash', severity: 'mild' })],
    },
    lines: [
      'Substance Penicillin Family: penicillins Sources disagree Severity Severe Riverside Surgery Mild Riverton General Hospital Reaction Rash Past severity Severe Future risk Not recorded Recorded 3 February 2012',
    ],
  },
  {
    is: 'conflicting future risk',
    given: {
      gp: [allergic('Latex', { risk: 'high', category: 'environment' })],
      pas: [allergic('Latex', { risk: 'low' })],
    },
    says: ['2 allergies and intolerances'],
  },
  {
    is: 'conflicting future risk of one substance that the table knows',
    given: { gp: [allergic('Aspirin', { risk: 'high' })], pas: [allergic('Aspirin', { risk: 'low' })] },
    lines: [
      'Substance Aspirin Family: NSAIDs, antiplatelets Sources disagree Future risk High Riverside Surgery Low Riverton General Hospital Reaction Not recorded Past severity Not recorded Future risk High Recorded 3 February 2012',
    ],
  },
  {
    is: 'allergy in one source, intolerance in another',
    given: { gp: [allergic('Ibuprofen', { type: 'allergy' })], pas: [allergic('Ibuprofen', { type: 'intolerance' })] },
    says: ['Sources disagree Kind Allergy Riverside Surgery Intolerance Riverton General Hospital'],
  },
  {
    is: 'refuted by one, active in another: stays active, both quoted',
    given: { gp: [allergic('Penicillin')], pas: [allergic('Penicillin', { certainty: 'refuted' })] },
    says: ['Known allergies', 'Sources disagree Standing Active Riverside Surgery Refuted Riverton General Hospital'],
  },
  {
    is: 'resolved alone is not known, and stays listed',
    given: { gp: [allergic('Penicillin', { standing: 'resolved' })] },
    says: ['Allergies not recorded', 'Substance Penicillin Resolved'],
  },
  {
    is: 'unconfirmed is told',
    given: { gp: [allergic('Penicillin', { certainty: 'unconfirmed' })] },
    says: ['Substance Penicillin (unconfirmed)'],
  },
  {
    is: 'two allergens in one entry join no other row',
    given: { gp: [allergic('Aspirin and latex')], pas: [allergic('Aspirin')] },
    says: ['2 allergies and intolerances', 'Substance Aspirin and latex'],
  },
  {
    is: 'an allergy without a substance',
    given: { gp: [allergic('', { reaction: 'Rash' })] },
    says: ['Substance Substance not recorded'],
  },
]

const all = [...joining, ...saying, ...together, ...clashes, ...allergyCases]

test('there are at least 60 cases, no two of one name', () => {
  expect(all.length).toBeGreaterThanOrEqual(60)
  expect(new Set(all.map(({ is }) => is)).size).toBe(all.length)
})

function holds({ given, lines, says = [], never = [] }: Case): void {
  const { rows, main } = pages(given)
  if (lines !== undefined) expect(rows.toSorted()).toEqual(lines.toSorted())
  for (const words of says) expect(main).toContain(words)
  for (const words of never) expect(main).not.toMatch(words)
}

describe('one row a medicine: what joins and what does not', () => {
  test.each(joining)('H-28 $is', holds)
})
describe('what each source says of it', () => {
  test.each(saying)('H-05 $is', holds)
})
describe('medicines beside each other', () => {
  test.each(together)('H-29 $is', holds)
})
describe('medicines beside allergies', () => {
  test.each(clashes)('H-29 $is', holds)
})
describe('allergies of several sources', () => {
  test.each(allergyCases)('H-02 $is', holds)
})
