/** How the name of a medicine is shown to staff. @see NHS CUI, displaying medication lines: record-standard §5 */
import { knownMedicines, type MedicineTable, readMedicineName } from './medicine-name.ts'

export type MedicineWords = {
  /** Lower case, to be set in bold; the whole name as it was sent when the table does not know it. */
  readonly generic: string
  /** In capitals; '' when the name is not a brand's. */
  readonly brand: string
  /** Strength and form; '' when there is none. */
  readonly rest: string
  /** The table knows the name. */
  readonly known: boolean
}

/** The parts of a medicine's name: `amlodipine`, `ISTIN`, `5 mg tablets`. */
export function medicineWords(name: string, table: MedicineTable = knownMedicines()): MedicineWords {
  const read = readMedicineName(name, table)
  if (!read) return { generic: plainAmounts(name), brand: '', rest: '', known: false }
  return {
    generic: read.salt === '' ? read.generic : `${read.generic} ${read.salt}`,
    brand: read.brand?.toUpperCase() ?? '',
    rest: plainAmounts(read.rest),
    known: true,
  }
}

/** On one line, for a sentence: `amlodipine ISTIN — 5 mg tablets`. */
export function medicineLine(name: string, table: MedicineTable = knownMedicines()): string {
  const { generic, brand, rest } = medicineWords(name, table)
  return [[generic, brand].filter(Boolean).join(' '), rest].filter(Boolean).join(' — ')
}

const unit = 'micrograms?|nanograms?|mcgs?|µg|μg|ug|ng|mg|g|kg|ml|l|units?|iu|mmol'
const units: Readonly<Record<string, string>> = {
  mcg: 'micrograms',
  mcgs: 'micrograms',
  µg: 'micrograms',
  μg: 'micrograms',
  ug: 'micrograms',
  ng: 'nanograms',
  iu: 'units',
  unit: 'units',
  l: 'litres',
}

/**
 * Amounts as the guidance writes them: a space before the unit, micrograms, nanograms and units in full, `0.5` and never `.5` or `0.50`,
 * thousands with a comma, `in` and `per` for fluids. Other words stay as they were sent.
 */
export function plainAmounts(words: string): string {
  return words
    .replaceAll(
      new RegExp(`(?<![\\w.,])(\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+)\\s?(${unit})(?![a-z\\d])`, 'gi'),
      (_, number: string, of: string) => {
        const plain = plainNumber(number)
        const spelt = units[of.toLowerCase()] ?? (/^(mg|ml|g|kg)$/i.test(of) ? of.toLowerCase() : of)
        return `${plain} ${plain === '1' ? spelt.replace(/s$/, '') : spelt}`
      },
    )
    .replaceAll(/\s?\/\s?(\d[\d.,]* ml)\b/g, ' in $1')
    .replaceAll(/\s?\/\s?(ml|dose|actuation|hour|hours|puff)\b/g, ' per $1')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function plainNumber(written: string): string {
  const [whole = '', decimals = ''] = written.replaceAll(',', '').split('.')
  const end = decimals.replace(/0+$/, '')
  return `${(whole || '0').replaceAll(/\B(?=(\d{3})+$)/g, ',')}${end === '' ? '' : `.${end}`}`
}
