import type { FormatId } from './format.ts'

/**
 * Which of the formats that a source declares this is, by how it begins. Only declared formats are ever chosen.
 * @returns undefined when none fits
 */
export function recogniseFormat(bytes: Uint8Array, declared: readonly FormatId[], name = ''): FormatId | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536))
    .toString('latin1')
    .replace(/^(?:ï»¿|\s)+/, '')
  const looksLike: FormatId[] = start.startsWith('{')
    ? isStu3(start)
      ? ['gp-connect', 'fhir']
      : ['fhir', 'gp-connect']
    : start.startsWith('<')
      ? ['cda']
      : /^(MSH|FHS|BHS)[^A-Za-z0-9\s]/.test(start)
        ? ['hl7v2']
        : ['csv']
  const fitting = looksLike.find((format) => declared.includes(format))
  if (fitting) return fitting
  // A broken file of a source that speaks one language is that language, broken: its own parser explains it best.
  return declared.length === 1 && !(name.endsWith('.csv') && declared[0] !== 'csv') ? declared[0] : undefined
}

const isStu3 = (start: string) => start.includes('/STU3/') || start.includes('CareConnect')
