import { z } from 'zod'
import { type Issue, type Parsed, right } from '../base/index.ts'
import { parseExtracts } from './csv/index.ts'
import { acceptsSchema } from './outbound/accepts.ts'
import type { SourceSettings } from './source.ts'

const text = z.string().trim().min(1).max(200)

/** Everything but the column maps, which have a reader of their own. Names that are not settings are mistakes: a misspelt one would do nothing. */
const schema = z.strictObject({
  hl7v2: z
    .strictObject({
      sendingApplication: text.optional(),
      sendingFacility: text.optional(),
      defaultAuthority: text.optional(),
      answerFailed: z.enum(['AE', 'AA']).optional(),
      charset: z
        .string()
        .refine(isCharset, 'Found a charset that is not known, expected windows-1252, utf-8 …')
        .optional(),
      midnightIsUnknown: z.boolean().optional(),
    })
    .optional(),
  csv: z.unknown().optional(),
  accepts: acceptsSchema.optional(),
  authorities: z.record(text, text).optional(),
  nhsNumbersTraced: z.boolean().optional(),
})

/**
 * Reads what an analyst declares about how a source speaks.
 * @returns the settings, or every mistake with its place: `csv.contacts.columns[3].to`, `hl7v2.answerFailed`
 */
export function parseSettings(settings: unknown): Parsed<SourceSettings> {
  const read = schema.safeParse(settings)
  const issues: Issue[] = read.success
    ? []
    : read.error.issues.map((issue) => ({ place: placeOf(issue.path), message: issue.message }))
  const maps = read.success ? read.data.csv : undefined
  if (maps !== undefined) {
    const extracts = parseExtracts(maps)
    if (!extracts.ok)
      issues.push(...extracts.issues.map((issue) => ({ ...issue, place: issue.place ? `csv.${issue.place}` : 'csv' })))
  }
  if (!read.success || issues.length > 0) return { ok: false, issues }
  return right(settings as SourceSettings)
}

const placeOf = (steps: readonly PropertyKey[]): string =>
  steps.reduce<string>(
    (place, step) =>
      typeof step === 'number' ? `${place}[${step}]` : place === '' ? String(step) : `${place}.${String(step)}`,
    '',
  )

function isCharset(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== ''
  } catch {
    return false
  }
}
