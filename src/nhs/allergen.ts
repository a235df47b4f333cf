/**
 * What a recorded allergy is to, by the table of medicines, and whether a medicine is of that kind: hazard H-29. An allergy or medicine
 * that the table does not know is not compared, and whoever shows the comparison must say so.
 */
import {
  foldMedicine,
  knownMedicines,
  type MedicineName,
  type MedicineTable,
  readMedicineName,
} from './medicine-name.ts'
import { crossSensitivity, type MedicineClass, medicineClasses } from './medicine-table.ts'

export type Allergen = {
  /** One word for equal allergens: `amoxicillin`, `penicillins`. */
  readonly key: string
  /** Empty for an allergy to a whole class. */
  readonly ingredients: readonly string[]
  /** Short names of the table's classes. */
  readonly classes: readonly string[]
  readonly ofClass: boolean
  /** Every word was understood: nothing else is named beside it. Only then may two allergies be one row. */
  readonly exact: boolean
}

const wrapping = [
  /^(?:history of |h\/o:? )/,
  /^(?:allergic (?:reaction|disorder|disposition)|allergy|adverse (?:drug )?reaction|hypersensitivity|intolerance|propensity to adverse reactions?|drug allergy)(?: caused by| due to| to|:)?:? /,
  /\s*\((?:substance|disorder|finding|product|situation)\)$/,
  /\s+(?:allergy|intolerance|adverse reaction|hypersensitivity|sensitivity)$/,
  /\s+(?:antibiotics?|group|drugs?|class of antibacterial|-class of antibacterial-)$/,
  /^substance with (?=\w+ structure)|\s+structure and antibacterial mechanism of action$/,
]

/** What an allergy's words name: a medicine or a class of the table; undefined for anything else: latex, peanut, an unknown name. */
export function readAllergen(words: string, table: MedicineTable = knownMedicines()): Allergen | undefined {
  let bare = foldMedicine(words)
  for (const pattern of [...wrapping, ...wrapping]) bare = bare.replace(pattern, '')
  for (const [short, { name, calledAlso }] of medicineClasses)
    if (calledAlso.includes(bare)) return { key: name, ingredients: [], classes: [short], ofClass: true, exact: true }
  const read = readMedicineName(bare, table)
  if (!read) return undefined
  return {
    key: read.ingredients.join('+'),
    ingredients: read.ingredients,
    classes: read.classes,
    ofClass: false,
    exact: table.has(bare),
  }
}

export type AllergyMatch =
  /** The medicine holds what the allergy names. */
  | { readonly how: 'same'; readonly ingredient: string }
  /** The medicine is of the class that the allergy names, or of the family of the medicine that it names. */
  | { readonly how: 'class'; readonly family: MedicineClass }
  /** Of another class, to which some react too. */
  | { readonly how: 'cross'; readonly family: MedicineClass; readonly to: MedicineClass }

/** The gravest way in which a medicine touches an allergy; undefined: none that the table knows. */
export function matchAllergy(
  allergen: Allergen,
  { ingredients, classes }: Pick<MedicineName, 'ingredients' | 'classes'>,
): AllergyMatch | undefined {
  const ingredient = allergen.ingredients.find((one) => ingredients.includes(one))
  if (ingredient !== undefined) return { how: 'same', ingredient }
  for (const short of allergen.classes) {
    const found = medicineClasses.get(short)
    if (found && classes.includes(short) && (allergen.ofClass || found.wholeFamily))
      return { how: 'class', family: found }
  }
  for (const [from, to] of crossSensitivity) {
    const [family, other] = [medicineClasses.get(from), medicineClasses.get(to)]
    if (family && other && allergen.classes.includes(from) && classes.includes(to))
      return { how: 'cross', family, to: other }
  }
  return undefined
}

/** Names of classes, as pages show them. */
export function classNames(classes: readonly string[]): readonly string[] {
  return classes.flatMap((short) => medicineClasses.get(short)?.name ?? [])
}
