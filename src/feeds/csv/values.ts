import type { Coding } from 'fhir/r4.js'
import type { Issue } from '../../base/index.ts'
import { jsonNumber } from '../../fhir/index.ts'
import { parseNhsNumber } from '../../nhs/index.ts'
import { authoritySystem, type Source } from '../source.ts'
import { type CsvColumn, kindOf } from './column-map.ts'
import { compileDateFormat, readDate } from './date-format.ts'

export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

/** What a cell says: a value for its element, a reason to refuse the row, or a remark and no value. */
export type CellValue =
  | { readonly value: unknown; readonly remark?: Issue }
  | { readonly refuse: Issue }
  | { readonly remark: Issue }

type Cell = { readonly text: string; readonly column: CsvColumn; readonly source: Source }

/** @param text what the cell holds; never empty */
export function cellValue({ text, column, source }: Cell): CellValue {
  const damage = spreadsheetDamage(text, column)
  if (damage !== undefined) return { refuse: { place: column.column, ...damage } }
  switch (kindOf(column)) {
    case 'text':
      return { value: text }
    case 'postcode':
      return { value: text.toUpperCase() }
    case 'code':
      return coded({ text, column, source })
    case 'concept':
      return { value: concept({ text, column, source }) }
    case 'date':
    case 'dateTime':
      return dated({ text, column, source })
    case 'decimal':
    case 'integer':
      return numbered({ text, column, source })
    case 'boolean':
      return flagged({ text, column, source })
    case 'quantity':
      return measured({ text, column, source })
    case 'identifier':
      return { value: { system: column.system ?? authoritySystem(source, column.column), value: text } }
    case 'nhs-number':
      return nhsNumber({ text, column, source })
    case 'nhs-number-status':
      return verified({ text, column, source })
  }
}

/** Spreadsheets turn long numbers into 9.99E+09, take leading zeros away and show ##### where a column is narrow: what was there is gone. */
function spreadsheetDamage(
  text: string,
  column: CsvColumn,
): { readonly message: string; readonly remedy: string } | undefined {
  const remedy = 'Export from the system itself, without opening the file in a spreadsheet.'
  if (/^#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|#+)$/.test(text))
    return { message: 'Found what a spreadsheet writes for an error or a narrow column, expected a value', remedy }
  const kind = kindOf(column)
  const isNumber = kind === 'decimal' || kind === 'integer' || kind === 'quantity'
  if (!isNumber && /^\d(?:[.,]\d+)?E\+?\d{1,3}$/i.test(text))
    return {
      message: 'Found a number in scientific notation, expected all its digits; a spreadsheet has rounded it',
      remedy,
    }
  if (kind === 'nhs-number' && /^\d{7,9}$/.test(text))
    return { message: `Found ${text.length} digits, expected 10; a spreadsheet has taken leading zeros away`, remedy }
  if (column.length !== undefined && /^\d+$/.test(text) && text.length < column.length) {
    return {
      message: `Found ${text.length} digits, expected ${column.length}; a spreadsheet has taken leading zeros away`,
      remedy,
    }
  }
  return undefined
}

function coded({ text, column }: Cell): CellValue {
  const { codes } = column
  if (codes === undefined) return { value: text }
  const code = Object.hasOwn(codes, text) ? codes[text] : undefined
  return code === undefined
    ? {
        remark: {
          place: column.column,
          severity: 'warning',
          message: 'Found a code that the column map does not know; it stays in the original',
          remedy: `Add it to the codes of "${column.column}".`,
        },
      }
    : { value: code }
}

/** A CodeableConcept: the mapped code, else the sender's own; the words are always those of the sender. */
function concept({ text, column, source }: Cell): unknown {
  const mapped = column.codes !== undefined && Object.hasOwn(column.codes, text) ? column.codes[text] : undefined
  if (mapped === undefined) {
    // A declared system says that these are codes; without one they are words.
    return column.system === undefined ? { text } : { coding: [{ system: column.system, code: text }], text }
  }
  const [system = '', code = '', display] = mapped.split('|')
  const coding: Coding = { system, code, ...(display === undefined || display === '' ? {} : { display }) }
  const own: Coding = { system: column.system ?? authoritySystem(source, column.column), code: text }
  return {
    coding: /^\S+$/.test(text) ? [coding, own] : [coding],
    text: /^\S{1,3}$/.test(text) && display !== undefined ? display : text,
  }
}

function dated({ text, column }: Cell): CellValue {
  const formats = [column.dateFormat ?? []].flat()
  for (const format of formats) {
    const compiled = compiledFormat(format)
    const value = compiled === undefined ? undefined : readDate(text, compiled)
    if (value !== undefined) return { value: kindOf(column) === 'date' ? value.slice(0, 10) : value }
  }
  return {
    refuse: {
      place: column.column,
      message: `Found no date of the form ${formats.join(' or ')}`,
      remedy: 'Dates are read by the declared form only and never guessed; correct the cell or the map.',
    },
  }
}

const compiledFormats = new Map<string, ReturnType<typeof compileDateFormat>>()

function compiledFormat(format: string): ReturnType<typeof compileDateFormat> {
  if (!compiledFormats.has(format)) compiledFormats.set(format, compileDateFormat(format))
  return compiledFormats.get(format)
}

const decimalText = /^([<>]=?)?\s*([+-])?0*(\d*)(?:\.(\d+))?$/

function numberIn(text: string): { readonly comparator: string | undefined; readonly value: unknown } | undefined {
  const found = decimalText.exec(text.replaceAll(/(?<=\d),(?=\d{3}(?:\D|$))/g, ''))
  if (found === null || ((found[3] ?? '') === '' && found[4] === undefined && !/0/.test(text))) return undefined
  const digits = `${found[2] === '-' ? '-' : ''}${found[3] === '' ? '0' : found[3]}${found[4] === undefined ? '' : `.${found[4]}`}`
  return { comparator: found[1], value: jsonNumber(digits) }
}

function numbered({ text, column }: Cell): CellValue {
  const found = numberIn(text)
  const whole = kindOf(column) !== 'integer' || (typeof found?.value === 'number' && Number.isInteger(found.value))
  if (found === undefined || found.comparator !== undefined || !whole) {
    return {
      refuse: {
        place: column.column,
        message: `Found no ${kindOf(column) === 'integer' ? 'whole number' : 'number'}`,
        remedy: 'Correct the cell.',
      },
    }
  }
  return { value: found.value }
}

const truths: Readonly<Record<string, boolean>> = {
  Y: true,
  YES: true,
  TRUE: true,
  '1': true,
  T: true,
  N: false,
  NO: false,
  FALSE: false,
  '0': false,
  F: false,
}

function flagged({ text, column }: Cell): CellValue {
  const said = Object.hasOwn(truths, text.toUpperCase()) ? truths[text.toUpperCase()] : undefined
  return said === undefined
    ? { refuse: { place: column.column, message: 'Found neither yes nor no', remedy: 'Send Y or N.' } }
    : { value: said }
}

/** A number with the unit that the map declares. Words stay words. */
function measured({ text, column }: Cell): CellValue {
  const found = numberIn(text)
  if (found === undefined)
    return {
      refuse: {
        place: column.column,
        message: 'Found no number',
        remedy: 'Correct the cell, or map the column as text.',
      },
    }
  const [unit, code] = (column.unit ?? '').split('|')
  return {
    value: {
      value: found.value,
      ...(found.comparator === undefined ? {} : { comparator: found.comparator }),
      ...(unit === undefined || unit === '' ? {} : { unit }),
      ...(code === undefined || code === '' ? {} : { system: 'http://unitsofmeasure.org', code }),
    },
  }
}

function nhsNumber({ text, column, source }: Cell): CellValue {
  const checked = parseNhsNumber(text, column.column)
  if (checked.ok) return { value: { system: nhsNumberSystem, value: checked.value } }
  const message = 'Found an NHS number whose digits or check digit are wrong; it is kept as text and matches nobody'
  return {
    value: {
      use: 'temp',
      type: { text: 'NHS number that fails its check' },
      system: authoritySystem(source, 'nhs-number-unverified'),
      value: text,
    },
    remark: {
      place: column.column,
      severity: 'warning',
      message,
      remedy: 'Trace the number and correct it at the source.',
    },
  }
}

function verified({ text, column }: Cell): CellValue {
  const code = column.codes !== undefined && Object.hasOwn(column.codes, text) ? column.codes[text] : text
  if (code === undefined || !/^0[1-8]$/.test(code)) {
    return {
      remark: {
        place: column.column,
        severity: 'warning',
        message: 'Found no NHS number status of 01 to 08; it stays in the original',
        remedy: 'Send the NHS number status indicator code.',
      },
    }
  }
  const system = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland'
  return {
    value: {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
      valueCodeableConcept: { coding: [{ system, code }] },
    },
  }
}
