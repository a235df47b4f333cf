/** What an area's own systems call medicines, read beside the table that comes with the program. */
import { type Issue, type Parsed, right } from '../base/index.ts'
import { commonMedicines, foldMedicine, type MedicineTable, medicineTable } from './medicine-name.ts'

/**
 * Lines as in `medicine-table.ts`: `name, other name: Brand, Brand* | class !`, `name = part + part: Brand`; `#` begins a remark.
 * A line may add names, and never give another meaning to one that the program knows: two systems would then mean unlike things by one
 * word, and a warning could be lost (hazard H-83).
 * @returns the common table with these lines; else every line that cannot be used, by its number
 */
export function readAreaMedicines(text: string): Parsed<MedicineTable> {
  const lines = text.split(/\r?\n/).map((line, place) => ({ line: line.trim(), place: `line ${place + 1}` }))
  const told = lines.filter(({ line }) => line !== '' && !line.startsWith('#'))
  const unreadable = told.flatMap(({ line, place }): readonly Issue[] => {
    try {
      medicineTable(line)
      return []
    } catch (fault) {
      return [{ place, message: fault instanceof Error ? fault.message : 'It cannot be read', remedy }]
    }
  })
  if (unreadable.length > 0) return { ok: false, issues: unreadable }
  const parts = new Set([...commonMedicines.values()].flatMap(({ ingredients }) => ingredients.map(foldMedicine)))
  const table = medicineTable(told.map(({ line }) => line).join('\n'), commonMedicines)
  const issues = told.flatMap(({ line, place }) => [
    ...changed(line, place, table),
    ...unknownParts(line, place, (part) => table.has(part) || parts.has(part)),
  ])
  return issues.length > 0 ? { ok: false, issues } : right(table)
}

const remedy = 'docs/configuration.md says how a line is written.'

/** Names of this line that the program knows as something else. */
function changed(line: string, place: string, table: MedicineTable): readonly Issue[] {
  return [...medicineTable(line).keys()].flatMap((name) => {
    const [common, now] = [commonMedicines.get(name), table.get(name)]
    if (!common || !now || JSON.stringify(common) === JSON.stringify(now)) return []
    return [
      {
        place,
        message: `“${name}” is known already, as ${common.generic}: a line may only add names`,
        remedy: 'Take it out.',
      },
    ]
  })
}

function unknownParts(line: string, place: string, isKnown: (part: string) => boolean): readonly Issue[] {
  const [, parts = ''] = /=\s*([^:|]+)/.exec(line) ?? []
  return parts
    .split('+')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !isKnown(foldMedicine(part)))
    .map((part) => ({ place, message: `“${part}” is no medicine that is known`, remedy: 'Give it a line of its own.' }))
}
