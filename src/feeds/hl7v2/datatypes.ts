import type { Address, ContactPoint, HumanName } from 'fhir/r4.js'
import { present } from './facts.ts'
import { type Cell, part, type Repeat, subpart, type Trace } from './reading.ts'
import { addressUses, lookup, nameUses, telecomSystems, telecomUses } from './tables.ts'

/** How a datatype is turned: who is told, to which element it goes, and the rule's name. */
export type Turn = { readonly trace: Trace; readonly to: string; readonly rule: string }

/** XPN (and XCN from its second component on): family^given^middle^suffix^prefix^degree^type. */
export function humanName(repeat: Repeat, { trace, to, rule }: Turn, first = 1): HumanName | undefined {
  const at = (n: number): Cell | undefined => part(repeat, first + n - 1)
  const [family, given, middle, suffix, prefix, degree] = [at(1), at(2), at(3), at(4), at(5), at(6)]
  const use = first === 1 ? part(repeat, 7) : undefined
  const givens = [given, middle].flatMap((cell) => (cell === undefined ? [] : [cell]))
  const suffixes = [suffix, degree].flatMap((cell) => (cell === undefined ? [] : [cell]))
  if (family === undefined && givens.length === 0) return undefined
  if (family !== undefined) trace(`${to}.family`, family, rule)
  for (const [n, cell] of givens.entries()) trace(`${to}.given[${n}]`, cell, rule)
  for (const [n, cell] of suffixes.entries()) trace(`${to}.suffix[${n}]`, cell, rule)
  if (prefix !== undefined) trace(`${to}.prefix[0]`, prefix, rule)
  const known = use === undefined ? undefined : lookup(nameUses, use.text.toUpperCase())
  if (use !== undefined && known !== undefined) trace(`${to}.use`, use, rule)
  return present<HumanName>({
    use: known,
    family: family?.text,
    // A second given name sent with spaces is several names; a first one may be double ("Mary Jane").
    given: givens.map((cell) => cell.text),
    prefix: prefix === undefined ? undefined : [prefix.text],
    suffix: suffixes.map((cell) => cell.text),
  })
}

/** A name in one line, as it is shown beside a reference. */
export function nameText(name: HumanName | undefined): string | undefined {
  if (name === undefined) return undefined
  const text = [...(name.prefix ?? []), ...(name.given ?? []), name.family ?? '']
    .filter((word) => word !== '')
    .join(' ')
  return text === '' ? undefined : text
}

/** XAD: line1^line2^city^county^postcode^country^type. */
export function address(repeat: Repeat, { trace, to, rule }: Turn): Address | undefined {
  const cells = { line1: streetLine(repeat), line2: part(repeat, 2), extra: part(repeat, 8) }
  const lines = [...cells.line1, cells.line2, cells.extra].flatMap((cell) => (cell === undefined ? [] : [cell]))
  const [city, district, postalCode, country, type] = [
    part(repeat, 3),
    part(repeat, 4),
    part(repeat, 5),
    part(repeat, 6),
    part(repeat, 7),
  ]
  const county = part(repeat, 9)
  if (lines.length === 0 && [city, district, postalCode, country].every((cell) => cell === undefined)) return undefined
  for (const [n, cell] of lines.entries()) trace(`${to}.line[${n}]`, cell, rule)
  if (city !== undefined) trace(`${to}.city`, city, rule)
  if (district !== undefined) trace(`${to}.district`, district, rule)
  if (district === undefined && county !== undefined) trace(`${to}.district`, county, rule)
  if (postalCode !== undefined) trace(`${to}.postalCode`, postalCode, rule)
  if (country !== undefined) trace(`${to}.country`, country, rule)
  const use = type === undefined ? undefined : lookup(addressUses, type.text.toUpperCase())
  const postal = type?.text.toUpperCase() === 'M'
  if (type !== undefined && (use !== undefined || postal)) trace(postal ? `${to}.type` : `${to}.use`, type, rule)
  return present<Address>({
    use,
    type: postal ? 'postal' : undefined,
    line: lines.map((cell) => cell.text),
    city: city?.text,
    district: district?.text ?? county?.text,
    postalCode: postalCode?.text.toUpperCase(),
    country: country?.text,
  })
}

/** XAD-1 from 2.5 is street & street name & house number; each is a line of its own so that none is lost. */
function streetLine(repeat: Repeat): readonly (Cell | undefined)[] {
  return [subpart(repeat, 1, 1), subpart(repeat, 1, 2), subpart(repeat, 1, 3)]
}

/** XTN: free text, or use, equipment, e-mail and the parts of a number. `normally` is the use when the field says none. */
export function contactPoint(
  repeat: Repeat,
  { trace, to, rule }: Turn,
  normally: ContactPoint['use'],
): ContactPoint | undefined {
  const [free, use, equipment, email, unformatted] = [
    part(repeat, 1),
    part(repeat, 2),
    part(repeat, 3),
    part(repeat, 4),
    part(repeat, 12),
  ]
  const digits = [5, 6, 7, 8].flatMap((n) => part(repeat, n) ?? [])
  const kind = equipment?.text.toUpperCase()
  const isEmail =
    email !== undefined ||
    kind === 'INTERNET' ||
    use?.text.toUpperCase() === 'NET' ||
    (free?.text.includes('@') ?? false)
  const text = isEmail ? (email ?? free ?? unformatted) : (free ?? unformatted)
  if (text === undefined && digits.length === 0) return undefined
  const said = use === undefined ? undefined : lookup(telecomUses, use.text.toUpperCase())
  const mobile = kind === 'CP' || isUkMobile(text?.text)
  if (text !== undefined) trace(`${to}.value`, text, rule)
  // The parts say again what the free text says; where there is no free text they are the number.
  for (const cell of digits) trace(`${to}.value`, cell, rule)
  if (use !== undefined && (said !== undefined || use.text.toUpperCase() === 'NET')) trace(`${to}.use`, use, rule)
  if (equipment !== undefined && kind !== undefined && lookup(telecomSystems, kind) !== undefined)
    trace(`${to}.system`, equipment, rule)
  return present<ContactPoint>({
    system: isEmail ? 'email' : ((kind === undefined ? undefined : lookup(telecomSystems, kind)) ?? 'phone'),
    value: text?.text ?? digits.map((cell) => cell.text).join(' '),
    use: said === 'mobile' || (mobile && !isEmail) ? 'mobile' : (said ?? normally),
  })
}

/** 07… (or +44 7…) numbers are mobiles, but for 070 (personal numbers) and 076 (pagers). @see Ofcom, National Telephone Numbering Plan */
function isUkMobile(text: string | undefined): boolean {
  return text !== undefined && /^(?:\+44|0044|0)7[1-57-9]\d{8}$/.test(text.replaceAll(/[\s()-]/g, ''))
}
