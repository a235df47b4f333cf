/**
 * Which rule reads an entry: by its template first, else by what it is and the heading it stands under.
 * What no rule reads with certainty stays words in its section, and its parts are listed as left over.
 */
import type { Reference } from '../drawing.ts'
import { hasTemplate } from '../reading.ts'
import type { Xml } from '../xml.ts'
import { readAllergy, readAllergyConcern } from './allergy.ts'
import { attempt, type Context, related, statementIn } from './common.ts'
import { readEncounter, readGoal, readPlan, readProcedure, readRelative } from './doing.ts'
import { isVaccination, readMedicine, readVaccination } from './medicine.ts'
import { type Category, readObservation, readOrganizer } from './observation.ts'
import { readProblem, readProblemConcern } from './problem.ts'

export type { Context } from './common.ts'

const ccda = '2.16.840.1.113883.10.20.22.4.'

/** Headings by LOINC code. */
const allergies = new Set(['48765-2'])
const problems = new Set(['11450-4', '11348-0', '10219-4', '10218-6', '46241-6', '11535-2', '46264-8', '75310-3'])
const vaccinations = new Set(['11369-6'])

/** What the observations under a heading are. */
const categories: Readonly<Record<string, Category>> = {
  '30954-2': 'laboratory',
  '8716-3': 'vital-signs',
  '29762-2': 'social-history',
  '47420-5': 'survey',
  '10190-7': 'survey',
  '29545-1': 'exam',
}

/** The facts that an entry makes; none when it is left as words. */
export function readEntry(context: Context, entry: Xml, section: Xml): readonly Reference[] {
  return attempt(context, (own) => {
    const node = statementIn(own.reading, entry)
    // UK documents carry local templates that are not ours to code: their words stay words.
    if (node === undefined || hasTemplate(node, '2.16.840.1.113883.2.1.3.2.4.18.2')) return undefined
    return readStatement(own, node, headingOf(section))
  })
}

function headingOf(section: Xml): string {
  return section.elements.find(({ name }) => name === 'code')?.attributes.code?.trim() ?? ''
}

function readStatement(context: Context, node: Xml, heading: string): readonly Reference[] {
  const mood = node.attributes.moodCode ?? 'EVN'
  const one = (made: Reference | undefined) => (made ? [made] : [])
  if (mood === 'GOL') return node.name === 'observation' ? one(readGoal(context, node)) : []
  switch (node.name) {
    case 'act':
      return readAct(context, node, heading)
    case 'observation':
      if (hasTemplate(node, `${ccda}7`)) return one(readAllergy(context, node, undefined, {}))
      if (hasTemplate(node, `${ccda}4`)) return one(readProblem(context, node, { category: 'problem-list-item' }))
      if (mood !== 'EVN') return one(readPlan(context, node))
      if (hasTemplate(node, `${ccda}13`)) return one(readProcedure(context, node))
      return one(readObservation(context, node, categories[heading]))
    case 'organizer':
      if (hasTemplate(node, `${ccda}45`, '2.16.840.1.113883.10.20.1.23')) return one(readRelative(context, node))
      if (hasTemplate(node, `${ccda}1`, '2.16.840.1.113883.10.20.1.32'))
        return readOrganizer(context, node, 'laboratory')
      if (hasTemplate(node, `${ccda}26`, '2.16.840.1.113883.10.20.1.35'))
        return readOrganizer(context, node, 'vital-signs')
      return Object.hasOwn(categories, heading) ? readOrganizer(context, node, categories[heading]) : []
    case 'substanceAdministration':
      if (isVaccination(node) || vaccinations.has(heading)) return one(readVaccination(context, node))
      return one(readMedicine(context, node, hasTemplate(node, `${ccda}42`) || mood === 'RQO'))
    case 'procedure':
      return one(mood === 'EVN' ? readProcedure(context, node) : readPlan(context, node))
    case 'encounter':
      return mood === 'EVN' ? readEncounter(context, node) : one(readPlan(context, node))
    default:
      return []
  }
}

/** Concerns and other acts that hold something; a procedure of the kind "act". */
function readAct(context: Context, node: Xml, heading: string): readonly Reference[] {
  const { reading } = context
  const isConcernOf = (template: string, headings: ReadonlySet<string>) =>
    hasTemplate(node, template) || (hasTemplate(node, '2.16.840.1.113883.10.20.1.27') && headings.has(heading))
  if (isConcernOf(`${ccda}30`, allergies)) return readAllergyConcern(context, node)
  if (isConcernOf(`${ccda}3`, problems)) return readProblemConcern(context, node, 'problem-list-item')
  // Discharge diagnosis, admission diagnosis, pre- and postoperative diagnosis.
  if (hasTemplate(node, `${ccda}33`, `${ccda}34`, `${ccda}51`, `${ccda}65`))
    return readProblemConcern(context, node, 'encounter-diagnosis')
  // Discharge and admission medicines.
  if (hasTemplate(node, `${ccda}35`, `${ccda}36`)) {
    return related(reading, node)
      .filter(({ name }) => name === 'substanceAdministration')
      .flatMap((each) => attempt(context, (own) => readMedicine(own, each, false)))
  }
  if (hasTemplate(node, `${ccda}12`)) return [readProcedure(context, node)].filter((each) => each !== undefined)
  if (hasTemplate(node, `${ccda}39`)) return [readPlan(context, node)].filter((each) => each !== undefined)
  return []
}
