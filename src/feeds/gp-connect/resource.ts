/** One STU3 resource into one R4 resource, by the table of its type. */
import type { Instant } from '../../base/index.ts'
import type { LineageEntry, Place } from '../translation.ts'
import { copy, isObject, type Json, type Reading, use } from './reading.ts'
import { applyRules, type Draft, put, type Rules, type TypeRules } from './rules.ts'
import { profileInR4 } from './systems.ts'
import { rulesFor } from './types/index.ts'

export type Made = {
  readonly resource: Record<string, unknown>
  readonly lineage: readonly LineageEntry[]
  readonly asOf?: Instant
}

/** The R4 resource, without its id; undefined when R4 has no home for it, or when it holds a modifier that we do not know. */
export function translateResource(source: Json, place: Place, reading: Reading): Made | undefined {
  const rules = rulesFor(source.resourceType)
  if (rules === undefined) {
    reading.notes.push({
      place,
      message: 'Kept in the original only: this kind of resource has no place in the record',
      severity: 'warning',
    })
    return undefined
  }
  if (hasUnknownModifier(source)) {
    const message = 'Kept in the original only: it holds a modifier extension, which may turn its meaning round'
    reading.notes.push({ place, message, remedy: 'Ask the sender what the extension means.', severity: 'warning' })
    return undefined
  }
  const to: Draft = {
    made: { resourceType: rules.to },
    path: '',
    source,
    place,
    type: String(source.resourceType),
    lineage: [],
  }
  reading.used.add(`${place}.resourceType`)
  applyRules({ ...ofEveryResource, extension: extensionsOf(rules), ...rules.elements }, source, place, to, reading)
  rules.complete?.(to)
  const asOf = readAsOf(source, place, reading)
  return { resource: to.made, lineage: to.lineage, ...(asOf === undefined ? {} : { asOf }) }
}

/** @see FHIR R4 extensibility.html#modifierExtension: a reader that does not know it must not use what holds it */
function hasUnknownModifier(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknownModifier)
  if (!isObject(value)) return false
  if (Array.isArray(value.modifierExtension) && value.modifierExtension.length > 0) return true
  return Object.entries(value).some(([key, each]) => key !== 'contained' && hasUnknownModifier(each))
}

const ofEveryResource: Rules = {
  // The fact gets an id of its own; this one is in it.
  id: (from) => use(from.value, from.place, from.reading),
  language: (from, to) => put(to, 'language', from),
  text: (from, to) => put(to, 'text', from),
  meta: (from, to) => {
    if (!isObject(from.value)) return
    const { profile, security, tag } = from.value
    const meta: Record<string, unknown> = {}
    const profiles = (Array.isArray(profile) ? profile : []).flatMap((each, index) => {
      const known = typeof each === 'string' ? profileInR4(each) : undefined
      if (known !== undefined) from.reading.used.add(`${from.place}.profile[${index}]`)
      return known === undefined ? [] : [known]
    })
    if (profiles.length > 0) meta.profile = [...new Set(profiles)]
    for (const [name, value] of Object.entries({ security, tag })) {
      const copied = copy(value, `${from.place}.${name}`, from.reading)
      if (copied !== undefined) meta[name] = copied
    }
    if (Object.keys(meta).length > 0) to.made.meta = meta
  },
  contained: (from, to) => {
    if (!Array.isArray(from.value)) return
    const contained = from.value.flatMap((each, index) => {
      if (!isObject(each)) return []
      const made = translateResource(each, `${from.place}[${index}]`, from.reading)
      return made === undefined ? [] : [typeof each.id === 'string' ? { ...made.resource, id: each.id } : made.resource]
    })
    if (contained.length > 0) to.made.contained = contained
  },
}

/** Extensions that became elements first, all others by the common table. */
function extensionsOf(rules: TypeRules): Rules[string] {
  return (from, to) => {
    if (!Array.isArray(from.value)) return
    for (const [index, each] of from.value.entries()) {
      if (!isObject(each)) continue
      const at = `${from.place}[${index}]`
      const url = typeof each.url === 'string' ? each.url : ''
      const element = rules.extensions && Object.hasOwn(rules.extensions, url) ? rules.extensions[url] : undefined
      if (element) element(each, at, to, from.reading)
      else {
        const read = from.reading.extension(each, at)
        if (read.length > 0)
          to.made.extension = [...(Array.isArray(to.made.extension) ? to.made.extension : []), ...read]
      }
    }
  }
}

/** When the source last changed it: an older telling than the one held is then noted, and not applied. */
function readAsOf(source: Json, place: Place, reading: Reading): Instant | undefined {
  const at = isObject(source.meta) ? source.meta.lastUpdated : undefined
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(at) || Number.isNaN(Date.parse(at)))
    return undefined
  reading.used.add(`${place}.meta.lastUpdated`)
  return at
}
