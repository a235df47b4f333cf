/**
 * Reads the name of a medicine's product by the table: `Augmentin 375mg tablets` is amoxicillin with clavulanic acid, 375 mg, tablets.
 * Two names mean the same product only when every word of both was understood; nothing is guessed (hazard H-28).
 */
import { medicineClasses, medicineLines } from './medicine-table.ts'

export type MedicineName = {
  /** From the table, in the order of the alphabet. */
  readonly ingredients: readonly string[]
  /** What the table calls it: `co-amoxiclav`, `amlodipine`. */
  readonly generic: string
  /** As the table writes it, when the name is a brand's. */
  readonly brand?: string
  /** Short names of the table's classes, of all ingredients. */
  readonly classes: readonly string[]
  /** Brands of it are not interchangeable, or its release is modified. */
  readonly byBrand: boolean
  /** For comparing only: masses in micrograms. '' when the name gives none. */
  readonly strength: string
  /** `tablet`, `oral solution`; '' when the name gives none. */
  readonly form: string
  /** Its salt, as it was sent, in lower case; '' when none was. It is no part of what is compared. */
  readonly salt: string
  /** Words after the name and salt, as they were sent: strength, form and whatever was not understood. */
  readonly rest: string
  /** Equal for two names of one product. Absent: a word of the name was not understood, or it gives no strength or no form. */
  readonly product?: string
}

/** Further lines for the table, of the same form: what an area's own systems call things. */
export type MedicineTable = ReadonlyMap<string, Meaning>

type Meaning = {
  readonly generic: string
  readonly ingredients: readonly string[]
  readonly brand?: string
  readonly classes: readonly string[]
  readonly byBrand: boolean
}

/**
 * @param lines `name, other name: Brand, Brand | classes !` or `name = a + b: Brand`, one a line
 * @throws Error on a line that cannot be read or that names an unknown class or ingredient
 */
export function medicineTable(lines: string, under: MedicineTable = new Map()): MedicineTable {
  const rows = lines.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const table = new Map(under)
  const parsed = rows.map(readLine)
  // What is made of several is read last: its parts may stand below it.
  for (const row of [...parsed.filter(({ parts }) => parts === undefined), ...parsed.filter(({ parts }) => parts)]) {
    const { names, brands, classes, byBrand, parts } = row
    const [generic = ''] = names
    const own: Meaning = { generic, ingredients: [generic], classes, byBrand }
    const made = parts === undefined ? own : madeOf(own, parts, table)
    for (const name of names) table.set(foldMedicine(name), made)
    for (const written of brands) {
      const brand = written.replace('*', '')
      table.set(foldMedicine(brand), { ...made, brand, byBrand: made.byBrand || written.endsWith('*') })
    }
  }
  return table
}

function readLine(line: string): {
  readonly names: readonly string[]
  readonly parts?: readonly string[]
  readonly brands: readonly string[]
  readonly classes: readonly string[]
  readonly byBrand: boolean
} {
  const [, left = '', parts, brands, tail = ''] =
    /^([^=:|]+?)\s*(?:=\s*([^:|]+?)\s*)?(?::\s*([^|]+?)\s*)?(?:\|\s*(.*))?$/.exec(line.trim()) ?? []
  if (left === '') throw new Error(`The table of medicines has a line that cannot be read: ${line}`)
  const split = (text: string, by: string) => text.split(by).map((one) => one.trim())
  const classes = tail.split(/\s+/).filter((word) => word !== '' && word !== '!')
  const unknown = classes.find((one) => !medicineClasses.has(one))
  if (unknown !== undefined) throw new Error(`The table of medicines names an unknown class: ${unknown}`)
  return {
    names: split(left, ','),
    ...(parts === undefined ? {} : { parts: split(parts, '+') }),
    brands: brands === undefined ? [] : split(brands, ','),
    classes,
    byBrand: tail.includes('!'),
  }
}

function madeOf(own: Meaning, parts: readonly string[], table: MedicineTable): Meaning {
  const meanings = parts.map((part) => table.get(foldMedicine(part)))
  return {
    generic: own.generic,
    ingredients: [...parts].sort(),
    classes: [...new Set([...own.classes, ...meanings.flatMap((meaning) => meaning?.classes ?? [])])],
    byBrand: own.byBrand || meanings.some((meaning) => meaning?.byBrand ?? false),
  }
}

/** The table as it comes. */
export const commonMedicines: MedicineTable = medicineTable(medicineLines)

let known: MedicineTable = commonMedicines

/** The table that names are read by: the common one, or the area's. */
export function knownMedicines(): MedicineTable {
  return known
}

/** Once, at the start, before any record is read: what a record says of medicines must not change while it is open. */
export function setKnownMedicines(table: MedicineTable): void {
  known = table
  lately.clear()
}

/** A name folded for comparing: lower case, one space, no accents, old British spellings as they are now. */
export function foldMedicine(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f®™]/g, '')
    .replaceAll(/[µμ]g\b|\bmcgs?\b|\bmicrograms?\b/g, 'microgram')
    .replaceAll(/([0-9])(mcgs?|micrograms?)\b/g, '$1microgram')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** What a product's name says by the table; undefined when it does not begin with a name that the table knows. */
export function readMedicineName(name: string, table: MedicineTable = known): MedicineName | undefined {
  if (table !== known) return readName(name, table)
  // The same few names come again and again in one record and the next; what they mean never changes.
  const before = lately.get(name)
  if (before !== undefined || lately.has(name)) return before
  if (lately.size >= latelyMax) lately.clear()
  const read = readName(name, table)
  lately.set(name, read)
  return read
}

const latelyMax = 5_000
const lately = new Map<string, MedicineName | undefined>()

function readName(name: string, table: MedicineTable): MedicineName | undefined {
  // Who made it, in brackets at the end, changes nothing.
  const folded = foldMedicine(name).replace(
    /\s*\([^()]*\b(?:ltd|limited|plc|pharma\w*|uk|healthcare|laborator\w+)\.?\)$/,
    '',
  )
  const first = leading(folded, table)
  if (first === undefined) return undefined
  const { meaning, length } = first
  const rest = consume(bracketed(folded.slice(length), meaning, table))
  const understood = rest.left === '' && rest.strength !== '' && rest.form !== ''
  const byBrand = meaning.byBrand || rest.form.includes('modified-release')
  return {
    ingredients: meaning.ingredients,
    generic: meaning.generic,
    ...(meaning.brand === undefined ? {} : { brand: meaning.brand }),
    classes: meaning.classes,
    byBrand,
    strength: rest.strength,
    form: rest.form,
    ...tailOf(name, meaning, length),
    ...(understood
      ? {
          product: [
            meaning.ingredients.join('+'),
            rest.strength,
            rest.form,
            ...(byBrand ? [meaning.brand ?? 'no brand'] : []),
          ].join('|'),
        }
      : {}),
  }
}

// The folded name is as long as its words before any number; the tail is looked for in what was sent, so that its spelling stays.
function tailOf(name: string, meaning: Meaning, length: number): { readonly salt: string; readonly rest: string } {
  const sent = name.replaceAll(/\s+/g, ' ').trim()
  // `Brufen (ibuprofen) 400mg`: the generic is named already.
  const tail = sent
    .slice(length)
    .replace(/^[\s,]+/, '')
    .replace(new RegExp(`^\\(${meaning.generic.replaceAll(/[^a-z]/g, '.')}\\)\\s*`, 'i'), '')
  const salt = salts.exec(tail.toLowerCase())?.[0] ?? ''
  return { salt: salt === 'and' ? '' : salt, rest: salt === 'and' ? tail : tail.slice(salt.length).trim() }
}

/** The longest name of the table that the words begin with, ended by a space or the end. */
function leading(
  folded: string,
  table: MedicineTable,
): { readonly meaning: Meaning; readonly length: number } | undefined {
  const ends = [...folded.matchAll(/[\s(,]|$/g)].map(({ index }) => index).slice(0, 6)
  for (const length of ends.reverse()) {
    const meaning = table.get(folded.slice(0, length))
    if (meaning && length > 0) return { meaning, length }
  }
  return undefined
}

/** `Brufen (ibuprofen) 400mg` says the same thing twice; another name in the brackets stays, and makes the whole not understood. */
function bracketed(rest: string, meaning: Meaning, table: MedicineTable): string {
  const [whole = '', inner = ''] = /^\s*\(([^()]+)\)/.exec(rest) ?? []
  const other = table.get(inner.trim())
  return other && other.ingredients.join() === meaning.ingredients.join() ? rest.slice(whole.length) : rest
}

// Salts that dm+d names leave out or put in for one and the same moiety. Salts that matter have lines of their own in the table.
const salts =
  /^(?:sodium|potassium|calcium|magnesium|hydrochloride|hcl|dihydrochloride|hydrobromide|maleate|besilate|mesilate|mesylate|fumarate|hemifumarate|succinate|tartrate|bitartrate|citrate|sulfate|sulphate|phosphate|acetate|trihydrate|monohydrate|dihydrate|erbumine|arginine|etexilate|medoxomil|cilexetil|axetil|dipropionate|etabonate|nitrate|stearate|diethylammonium|tosilate|oxalate|propionate|and)\b/
const formWords: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:modified[- ]release|prolonged[- ]release|sustained[- ]release|extended[- ]release|m\/?r|xl|sr|cr|la|retard|once daily)\b/,
    'modified-release',
  ],
  [/^(?:gastro-?resistant|enteric[- ]coated|ec|e\/c)\b/, 'gastro-resistant'],
  [/^(?:orodispersible|oro-dispersible|melts?)\b/, 'orodispersible'],
  [/^dispersible\b/, 'dispersible'],
  [/^(?:effervescent|soluble)\b/, 'soluble'],
  [/^chewable\b/, 'chewable'],
  [/^sublingual\b/, 'sublingual'],
  [/^buccal\b/, 'buccal'],
  [/^(?:oral suspension|suspension)\b/, 'oral suspension'],
  [/^(?:oral solution|syrup|elixir|oral liquid)\b/, 'oral solution'],
  [/^oral drops\b/, 'oral drops'],
  [/^(?:tablets?|tabs?|caplets?)\b/, 'tablet'],
  [/^(?:capsules?|caps?)\b/, 'capsule'],
  [/^(?:breath[- ]actuated inhaler|easi-breathe|easyhaler|autohaler)\b/, 'breath-actuated inhaler'],
  [/^(?:dry powder inhaler|inhalation powder|accuhaler|turbohaler|diskus)\b/, 'dry powder inhaler'],
  [/^(?:inhaler|evohaler|pressurised inhaler|pressurised inhalation)\b/, 'inhaler'],
  [/^(?:inhalation solution|respimat)\b/, 'inhalation solution'],
  [/^(?:nebuliser (?:liquid|solution)|nebules|respules)\b/, 'nebuliser liquid'],
  [/^(?:solution for injection|suspension for injection|injection|powder for solution for injection)\b/, 'injection'],
  [/^(?:solution for infusion|infusion|powder for solution for infusion)\b/, 'infusion'],
  [
    /^(?:pre-filled (?:syringes?|pens?|disposable devices?)|ampoules?|vials?|cartridges?|flexpen|kwikpen|solostar)\b/,
    '',
  ],
  [/^(?:transdermal )?patch(?:es)?\b/, 'patch'],
  [/^eye drops\b/, 'eye drops'],
  [/^ear drops\b/, 'ear drops'],
  [/^nasal spray\b/, 'nasal spray'],
  [/^(?:sublingual spray|pump sublingual spray)\b/, 'sublingual spray'],
  [/^suppositor(?:y|ies)\b/, 'suppository'],
  [/^cream\b/, 'cream'],
  [/^ointment\b/, 'ointment'],
  [/^(?:gel|emulgel)\b/, 'gel'],
  [/^(?:lotion|foam|shampoo)\b/, 'lotion'],
  [/^(?:granules|powder|sachets?)\b/, 'powder'],
  // These change nothing of what is taken.
  [/^(?:film[- ]coated|hard|soft|cfc[- ]free|sugar[- ]free|unit dose|scored|oral)\b/, ''],
]
/** Put on or in one place: no duplicate of what is swallowed. */
export const localForms: ReadonlySet<string> = new Set([
  'cream',
  'ointment',
  'gel',
  'lotion',
  'eye drops',
  'ear drops',
  'nasal spray',
])

const amount = String.raw`\d[\d,]*(?:\.\d+)?|\.\d+`
const strengthWords = new RegExp(
  `^(${amount})\\s*(microgram|nanogram|mg|g|units?|iu|mmol|%|ml)(?:\\s*(?:/|per|in)\\s*(${amount})?\\s*(ml|dose|actuation|puff|hours?|h|g|litre)s?)?(?![a-z])`,
)

function consume(words: string): { readonly strength: string; readonly form: string; readonly left: string } {
  const strengths: string[] = []
  const forms = new Set<string>()
  let left = words
  for (;;) {
    left = left.replace(/^[\s,]+/, '').replace(/^[/+]\s*(?=[\d.])/, '')
    const strength = strengthWords.exec(left)
    const form = strength ? undefined : formWords.find(([pattern]) => pattern.test(left))
    const taken = strength?.[0] ?? form?.[0].exec(left)?.[0] ?? salts.exec(left)?.[0]
    if (taken === undefined) break
    if (strength) strengths.push(plainStrength(strength))
    if (form?.[1]) forms.add(form[1])
    left = left.slice(taken.length)
  }
  return { strength: strengths.join('/'), form: [...forms].sort().join(' '), left: left.trim() }
}

const micrograms: Readonly<Record<string, number>> = { nanogram: 0.001, microgram: 1, mg: 1_000, g: 1_000_000 }

/** `0.5mg` and `500micrograms` are one strength. What it is in stays: two syringes of one concentration are not one syringe. */
function plainStrength([, many = '', unit = '', perMany = '1', per]: RegExpExecArray): string {
  const number = (written: string) => Number(written.replaceAll(',', ''))
  const measure = unit in micrograms ? 'microgram' : unit === 'iu' || unit === 'units' ? 'unit' : unit
  const amountOf = Number(((micrograms[unit] ?? 1) * number(many)).toPrecision(9))
  const by = per === 'actuation' || per === 'puff' ? 'dose' : per === 'h' || per === 'hours' ? 'hour' : per
  return `${amountOf}${measure}${by === undefined ? '' : `/${number(perMany)}${by}`}`
}
