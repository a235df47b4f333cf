import { z } from 'zod'
import { type Issue, type Parsed, right } from '../../base/index.ts'
import { compileDateFormat } from './date-format.ts'

/** What a cell is turned into. */
export const kinds = [
  'text',
  'code',
  'concept',
  'date',
  'dateTime',
  'decimal',
  'integer',
  'boolean',
  'quantity',
  'identifier',
  'nhs-number',
  'nhs-number-status',
  'postcode',
] as const
export type CsvKind = (typeof kinds)[number]

/**
 * One use of a column. A column may be used several times, and one column may feed elements of several facts of the row.
 * Every column named here must stand in the header line, unless `optional`.
 */
export type CsvColumn = {
  readonly column: string
  /**
   * `fact.path`: the fact by its name in `facts`, and the element by its FHIR path: `patient.name[0].family`, `contact.period.start`.
   * `row.asOf`: when the source says that the whole row was so. `row.kept`: known, and deliberately left in the original.
   */
  readonly to: string
  /** Default: `date` with a dateFormat (`dateTime` when it has HH), `concept` with codes of the form `system|code|display`, `code` with others, else `text`. */
  readonly as?: CsvKind
  /** Of YYYY, YY, MM, MMM, DD, HH, mm, ss and what stands between. Several only if no text can be read by two of them. Never guessed per row. */
  readonly dateFormat?: string | readonly string[]
  /** What each local code stands for: `{ "M": "male" }`, or for concepts `{ "URG": "system|code|display" }`. What is not here is not guessed. */
  readonly codes?: Readonly<Record<string, string>>
  /** Identifier or code system; without one the source's own, named by the column. */
  readonly system?: string
  /** For quantities: a unit as text or `text|UCUM code`. */
  readonly unit?: string
  /** The cell must hold something. */
  readonly required?: boolean
  /** The header may lack this column. */
  readonly optional?: boolean
  /** Codes with a fixed number of characters: fewer digits mean that a spreadsheet took leading zeros away. */
  readonly length?: number
}

/** A fact that a row may tell. */
export type CsvFact = {
  readonly type: CsvResourceType
  /** Columns whose contents together name the thing. Several lists: the first whose columns all hold something. */
  readonly key: readonly string[] | readonly (readonly string[])[]
  /** The row tells this fact only if the column holds one of these. Without it: if it has a key. */
  readonly when?: { readonly column: string; readonly in: readonly string[] }
  /** Elements that are always so: `{ "status": "completed", "category[0].text": "Adult social care" }`. Columns overrule them. */
  readonly fixed?: Readonly<Record<string, unknown>>
  /** Elements that point at other facts of the row, by their names: `{ "encounter": "contact" }`. The person is pointed at without saying so. */
  readonly refers?: Readonly<Record<string, string>>
  /** Default: `update` for Patient, `replace` for all others. */
  readonly write?: 'replace' | 'update'
}

/** One kind of file that a source sends, known by its header line. */
export type CsvExtract = {
  /** Default: comma. */
  readonly delimiter?: ',' | '|' | '\t' | ';'
  readonly columns: readonly CsvColumn[]
  readonly facts: Readonly<Record<string, CsvFact>>
  /** First cell of a last line that counts the rows. Default `TRL`. */
  readonly trailer?: string
  /** Columns that the map does not know. `keep` (default): what they hold is told as left over. `refuse`: the file is not taken. */
  readonly unknownColumns?: 'keep' | 'refuse'
}

export type CsvExtracts = Readonly<Record<string, CsvExtract>>

/** How each type says whom it is about. */
export const subjectPaths = {
  Patient: null,
  Encounter: 'subject',
  EpisodeOfCare: 'patient',
  Condition: 'subject',
  Observation: 'subject',
  AllergyIntolerance: 'patient',
  Procedure: 'subject',
  Immunization: 'patient',
  MedicationStatement: 'subject',
  CarePlan: 'subject',
  CareTeam: 'subject',
  Consent: 'patient',
  DeviceUseStatement: 'subject',
  FamilyMemberHistory: 'patient',
  QuestionnaireResponse: 'subject',
  RelatedPerson: 'patient',
  ServiceRequest: 'subject',
  Task: 'for',
  Flag: 'subject',
  Appointment: 'participant[0].actor',
  Communication: 'subject',
  Organization: null,
  Practitioner: null,
  Location: null,
} as const
export type CsvResourceType = keyof typeof subjectPaths

/** Facts about nobody. */
export const impersonal: ReadonlySet<CsvResourceType> = new Set(['Organization', 'Practitioner', 'Location'])

const path = /^[a-z][A-Za-z]*(\[\d{1,2}\])?(\.[a-z][A-Za-z]*(\[\d{1,2}\])?){0,9}$/
const text = z.string().min(1).max(500)

const columnSchema = z.strictObject({
  column: text,
  to: text,
  as: z.enum(kinds).optional(),
  dateFormat: z.union([text, z.array(text).min(1)]).optional(),
  codes: z.record(z.string(), z.string()).optional(),
  system: text.optional(),
  unit: text.optional(),
  required: z.boolean().optional(),
  optional: z.boolean().optional(),
  length: z.int().positive().optional(),
})

const factSchema = z.strictObject({
  type: z.enum(Object.keys(subjectPaths) as [CsvResourceType, ...CsvResourceType[]]),
  key: z.union([z.array(text).min(1), z.array(z.array(text).min(1)).min(1)]),
  when: z.strictObject({ column: text, in: z.array(z.string()).min(1) }).optional(),
  fixed: z.record(z.string().regex(path), z.unknown()).optional(),
  refers: z.record(z.string().regex(path), text).optional(),
  write: z.enum(['replace', 'update']).optional(),
})

const extractSchema = z.strictObject({
  delimiter: z.enum([',', '|', '\t', ';']).optional(),
  columns: z.array(columnSchema).min(1),
  facts: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), factSchema),
  trailer: text.optional(),
  unknownColumns: z.enum(['keep', 'refuse']).optional(),
})

/** Reads the column maps of a source's settings, as an analyst wrote them. Every mistake is told with its place: `contacts.columns[3].to`. */
export function parseExtracts(settings: unknown): Parsed<CsvExtracts> {
  const read = z.record(z.string(), extractSchema).safeParse(settings)
  if (!read.success) {
    return {
      ok: false,
      issues: read.error.issues.map((issue) => ({ place: placeText(issue.path), message: issue.message })),
    }
  }
  const extracts = read.data as CsvExtracts
  const issues = Object.entries(extracts).flatMap(([name, extract]) => mistakes(name, extract))
  return issues.length > 0 ? { ok: false, issues } : right(extracts)
}

function placeText(steps: readonly PropertyKey[]): string {
  return steps.reduce<string>(
    (place, step) =>
      typeof step === 'number' ? `${place}[${step}]` : place === '' ? String(step) : `${place}.${String(step)}`,
    '',
  )
}

/** What the shape alone does not tell: names that nobody has, paths that are none, formats that can be confused. */
function mistakes(name: string, { columns, facts }: CsvExtract): readonly Issue[] {
  const issues: Issue[] = []
  for (const [n, column] of columns.entries()) {
    const place = `${name}.columns[${n}]`
    const [fact = '', ...rest] = column.to.split('.')
    if (fact !== 'row' && facts[fact] === undefined)
      issues.push({
        place: `${place}.to`,
        message: `No fact is named "${fact}", expected one of ${Object.keys(facts).join(', ')}`,
      })
    if (fact === 'row' && !['asOf', 'kept'].includes(rest.join('.')))
      issues.push({
        place: `${place}.to`,
        message: 'Found a part of the row that is not known, expected row.asOf or row.kept',
      })
    if (fact !== 'row' && !path.test(rest.join('.')))
      issues.push({ place: `${place}.to`, message: 'Found no FHIR path after the name of the fact' })
    const kind = kindOf(column)
    if ((kind === 'date' || kind === 'dateTime') && column.dateFormat === undefined)
      issues.push({ place, message: 'A date needs a dateFormat' })
    issues.push(...formatMistakes(column, place))
  }
  for (const [fact, { refers }] of Object.entries(facts)) {
    for (const other of Object.values(refers ?? {})) {
      if (facts[other] === undefined)
        issues.push({ place: `${name}.facts.${fact}.refers`, message: `No fact is named "${other}"` })
    }
  }
  const people = Object.values(facts).filter(({ type }) => type === 'Patient').length
  const personal = Object.values(facts).some(({ type }) => !impersonal.has(type))
  if (personal && people !== 1)
    issues.push({
      place: `${name}.facts`,
      message: `Found ${people} Patient facts, expected one: a row is about one person`,
    })
  return issues
}

function formatMistakes({ dateFormat }: CsvColumn, place: string): readonly Issue[] {
  const formats = typeof dateFormat === 'string' ? [dateFormat] : (dateFormat ?? [])
  const compiled = formats.map(compileDateFormat)
  const bad = formats.filter((_, n) => compiled[n] === undefined)
  if (bad.length > 0)
    return [
      {
        place: `${place}.dateFormat`,
        message: 'Found no date format, expected one of YYYY, YY, MM, MMM, DD, HH, mm, ss and signs between them',
      },
    ]
  const shapes = new Set(compiled.map((one) => one?.shape))
  return shapes.size === formats.length
    ? []
    : [{ place: `${place}.dateFormat`, message: 'Two of these formats read the same text as different dates' }]
}

/** What a column is turned into when the map does not say. */
export function kindOf(column: CsvColumn): CsvKind {
  if (column.as !== undefined) return column.as
  if (column.dateFormat !== undefined)
    return [column.dateFormat].flat().some((format) => format.includes('HH')) ? 'dateTime' : 'date'
  if (column.codes === undefined) return 'text'
  return Object.values(column.codes).some((code) => code.includes('|')) ? 'concept' : 'code'
}

/** The lists of key columns of a fact, in the order in which they are tried. */
export function keysOf({ key }: CsvFact): readonly (readonly string[])[] {
  return key.every((one) => typeof one === 'string')
    ? [key as readonly string[]]
    : (key as readonly (readonly string[])[])
}

/** Every column that the header must have. */
export function expectedColumns({ columns, facts }: CsvExtract): readonly string[] {
  const optional = new Set(columns.filter((column) => column.optional === true).map(({ column }) => column))
  const named = [
    ...columns.map(({ column }) => column),
    ...Object.values(facts).flatMap((fact) => [
      ...(keysOf(fact)[0] ?? []),
      ...(fact.when === undefined ? [] : [fact.when.column]),
    ]),
  ]
  return [...new Set(named)].filter((column) => !optional.has(column))
}
