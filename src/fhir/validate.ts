/**
 * Whether a value is a FHIR R4 resource by structure: elements, cardinality, choices, primitive values, required codes.
 * Profiles, terminology beyond required code lists, and most invariants are not looked at.
 * @see FHIR R4 validation.html, json.html
 */
import type { FhirResource } from 'fhir/r4.js'
import { type Issue, type Parsed, right } from '../base/index.ts'
import { isRawNumber } from './json.ts'
import { expectedOf } from './primitives.ts'
import { type ElementRule, type TypeRule, typeRule } from './structures.ts'

/**
 * @param value what `parseJson` gave
 * @param at where it stands, for the issues: `Bundle.entry[3].resource`; empty: the resource's type begins each place
 */
export function parseResource(value: unknown, at: string): Parsed<FhirResource> {
  const issues = validateResource(value, at)
  return issues.length === 0 ? right(value as FhirResource) : { ok: false, issues }
}

/** At most this many issues are told: a wrong kind of file would give thousands. */
const issuesMax = 100

/** Every issue with the structure; empty when there is none. Places use JSON's names: `Observation.valueQuantity.value`. */
export function validateResource(value: unknown, at: string): readonly Issue[] {
  const check: Check = { issues: [], local: [] }
  checkResource(value, at, check, 'top')
  return check.issues.slice(0, issuesMax)
}

/** What is found on the way: issues, and references to contained resources, which are settled where the resource ends. */
type Check = { readonly issues: Issue[]; local: { readonly id: string; readonly place: string }[] }

type Fields = { readonly [key: string]: unknown }

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

function checkResource(value: unknown, at: string, check: Check, where: 'top' | 'entry' | 'contained'): void {
  if (!isObject(value)) {
    check.issues.push({ place: at, message: 'A resource is a JSON object' })
    return
  }
  const type = value.resourceType
  const rule = typeof type === 'string' ? typeRule(type) : undefined
  if (!rule?.isResource) {
    const found =
      typeof type === 'string' && /^[A-Za-z]{1,40}$/.test(type)
        ? `${type} is no resource type of FHIR R4`
        : 'A resource needs a resourceType of FHIR R4'
    check.issues.push({ place: at === '' ? 'resourceType' : `${at}.resourceType`, message: found })
    return
  }
  const place = at === '' ? rule.name : at
  if (where === 'contained') {
    checkFields(value, rule, place, check)
    if (value.contained === undefined) return
    check.issues.push({ place: `${place}.contained`, message: 'A contained resource cannot contain others (dom-2)' })
    return
  }
  const outside = check.local
  check.local = []
  checkFields(value, rule, place, check)
  if (check.local.length > 0 || value.contained !== undefined) checkContained(value.contained, place, check)
  check.local = outside
}

/** A `#id` must mean one contained resource, or nobody knows what was meant. @see FHIR R4 references.html#contained */
function checkContained(contained: unknown, at: string, check: Check): void {
  const ids = new Set<unknown>()
  for (const [index, resource] of (Array.isArray(contained) ? contained : []).entries()) {
    const id = isObject(resource) ? resource.id : undefined
    if (id === undefined) continue
    if (ids.has(id)) {
      check.issues.push({ place: `${at}.contained[${index}].id`, message: 'Two contained resources have this id' })
    }
    ids.add(id)
  }
  for (const { id, place } of check.local) {
    if (!ids.has(id)) check.issues.push({ place, message: 'Nothing contained has this id' })
  }
}

function checkFields(fields: Fields, rule: TypeRule, at: string, check: Check): void {
  let choices: Map<string, string> | undefined
  let count = 0
  for (const key of Object.keys(fields)) {
    if (check.issues.length >= issuesMax) return
    const value = fields[key]
    if (key === 'resourceType' && rule.isResource) continue
    count++
    const element = rule.elements.get(key)
    if (element) {
      checkElement(value, element, fields, at, key, check)
      if (element.choice !== undefined) {
        choices ??= new Map()
        const other = choices.get(element.choice)
        if (other !== undefined && other !== key) {
          check.issues.push({
            place: `${at}.${key}`,
            message: `${element.choice} is said twice, also as ${other}`,
            remedy: 'Send one of them.',
          })
        }
        choices.set(element.choice, key)
      }
    } else checkUnderscored(key, value, fields, rule, at, check)
  }
  for (const one of rule.required) {
    if (isThere(fields, one.keys)) continue
    check.issues.push({
      place: `${at}.${one.name}`,
      message: `${one.name} is required in ${rule.name} and is not there`,
    })
  }
  if (count === 0 && !rule.isResource)
    check.issues.push({ place: at, message: 'An object without elements says nothing; leave it out' })
  if (rule.name === 'Reference') {
    const reference = fields.reference
    // `#` alone is the resource that contains this one.
    if (typeof reference === 'string' && /^#./.test(reference))
      check.local.push({ id: reference.slice(1), place: `${at}.reference` })
  }
  if (rule.name === 'Extension') checkExtension(fields, choices !== undefined, at, check)
}

function isThere(fields: Fields, keys: readonly string[]): boolean {
  for (const key of keys) if (fields[key] !== undefined) return true
  return keys.some((key) => fields[`_${key}`] !== undefined)
}

function hasExtras(fields: Fields, key: string, index: number): boolean {
  const beside = fields[`_${key}`]
  return Array.isArray(beside) && isObject(beside[index])
}

/** ext-1: an extension has a value or extensions, never both or neither. */
function checkExtension(fields: Fields, hasValue: boolean, at: string, check: Check): void {
  const hasMore = fields.extension !== undefined
  const given = hasValue || Object.keys(fields).some((key) => key.startsWith('_value'))
  if (given === hasMore)
    check.issues.push({ place: at, message: 'An extension has either a value or extensions (ext-1)' })
}

function checkElement(
  value: unknown,
  element: ElementRule,
  fields: Fields,
  at: string,
  key: string,
  check: Check,
): void {
  if (!element.list) {
    if (value === null)
      check.issues.push({ place: `${at}.${key}`, message: 'null says nothing; leave the element out' })
    else if (Array.isArray(value))
      check.issues.push({ place: `${at}.${key}`, message: `${key} is one value here, not a list` })
    else checkValue(value, element, at, key, check)
    return
  }
  if (!Array.isArray(value)) {
    check.issues.push({ place: `${at}.${key}`, message: `${key} is a list here: put it in [ ]` })
    return
  }
  if (value.length === 0)
    check.issues.push({ place: `${at}.${key}`, message: 'An empty list says nothing; leave it out' })
  for (let index = 0; index < value.length; index++) {
    const item: unknown = value[index]
    const name = `${key}[${index}]`
    if (item !== null) checkValue(item, element, at, name, check)
    else if (!element.primitive || !hasExtras(fields, key, index)) {
      check.issues.push({ place: `${at}.${name}`, message: 'null stands only where an extension takes its place' })
    }
  }
}

function checkValue(value: unknown, element: ElementRule, at: string, key: string, check: Check): void {
  if (element.primitive) {
    const expected = value === '' ? 'not empty text' : expectedOf(element.type, value)
    if (expected !== undefined) check.issues.push({ place: `${at}.${key}`, message: `Expected ${expected}` })
    else if (element.codes !== undefined && !element.codes.has(value as string)) {
      check.issues.push({
        place: `${at}.${key}`,
        message: `The code is none of those required here: ${listed(element.codes)}`,
      })
    }
    return
  }
  const place = `${at}.${key}`
  if (element.type === 'Resource') {
    checkResource(value, place, check, key.startsWith('contained') ? 'contained' : 'entry')
    return
  }
  const rule = typeRule(element.type)
  if (!rule) throw new Error(`validate: the table has no type ${element.type}`)
  if (isObject(value)) checkFields(value, rule, place, check)
  else check.issues.push({ place, message: `Expected an object (${rule.name})` })
}

function listed(codes: ReadonlySet<string>): string {
  const all = [...codes]
  return all.length <= 12 ? all.join(', ') : `${all.slice(0, 12).join(', ')} and ${all.length - 12} more`
}

/** `_birthDate` holds the id and extensions of the primitive `birthDate`. @see FHIR R4 json.html#primitive */
function checkUnderscored(key: string, value: unknown, fields: Fields, rule: TypeRule, at: string, check: Check): void {
  const element = key.startsWith('_') ? rule.elements.get(key.slice(1)) : undefined
  const place = `${at}.${/^_?[A-Za-z][A-Za-z0-9]{0,60}$/.test(key) ? key : '?'}`
  if (!element?.primitive) {
    check.issues.push({ place, message: `${rule.name} has no such element in FHIR R4` })
    return
  }
  if (!element.list) {
    checkPrimitiveExtras(value, place, check)
    return
  }
  if (!Array.isArray(value) || value.length === 0) {
    check.issues.push({ place, message: `${key} is a list here: put it in [ ]` })
    return
  }
  const values = fields[key.slice(1)]
  if (Array.isArray(values) && values.length !== value.length) {
    check.issues.push({ place, message: `${key} and ${key.slice(1)} are lists of different length` })
  }
  for (const [index, item] of value.entries())
    if (item !== null) checkPrimitiveExtras(item, `${place}[${index}]`, check)
}

const primitiveExtras: TypeRule = {
  name: 'Element',
  isResource: false,
  elements: new Map([...(typeRule('Coding')?.elements ?? [])].filter(([key]) => key === 'id' || key === 'extension')),
  required: [],
}

function checkPrimitiveExtras(value: unknown, at: string, check: Check): void {
  if (isObject(value)) checkFields(value, primitiveExtras, at, check)
  else check.issues.push({ place: at, message: 'Expected an object with id or extension' })
}
