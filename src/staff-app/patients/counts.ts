import { type Heading, type PersonRecord, properTests } from '../../record/index.ts'
import type { SectionName } from './frame.tsx'
import { needsOf } from './needs-of.ts'

/** How many entries each section of the record holds, for its link. A section without a number is no list. */
export function countsOf(record: PersonRecord): Readonly<Partial<Record<SectionName, number>>> {
  const { headings, identity } = record
  const sum = (...names: readonly Heading[]) => names.reduce((total, name) => total + headings[name].length, 0)
  return {
    problems: record.problems.length,
    medicines: record.medicines.length,
    allergies: record.allergies.allergies.length,
    tests: properTests(record).length + record.vitalSigns.length,
    letters: record.letters.length,
    'care-plans': sum('end-of-life', 'contingency', 'legal', 'care-plans'),
    about: sum('about-me', 'safeguarding', 'alerts', 'social-context') + needsOf(record).length,
    contacts: identity.contacts.length + record.visits,
    history: sum('procedures', 'vaccinations', 'pregnancy', 'assessments', 'family-history', 'equipment'),
    'social-care': sum('social-care'),
    referrals: sum('referrals', 'appointments'),
  }
}
