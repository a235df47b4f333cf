/** Which fact a STU3 resource becomes, and where references lead. */
import { factId, type Source } from '../source.ts'
import type { Entry } from './entries.ts'
import { isObject, type Json } from './reading.ts'
import { rulesFor } from './types/index.ts'

export type Target = { readonly type: string; readonly id: string }

/**
 * The id of the fact: from the resource's own id. When STU3 had another type for it, that is part of the name, so that
 * ProcedureRequest/1 and ReferralRequest/1 stay two.
 */
export function targetOf(source: Source, type: string, id: string): Target {
  const to = rulesFor(type)?.to ?? type
  return { type: to, id: factId(source, to, to === type ? id : `${type}/${id}`) }
}

/** The fact that each entry becomes, in order; undefined for types without a home. */
export function targetsOf(source: Source, entries: readonly Entry[]): readonly (Target | undefined)[] {
  const seen = new Map<string, number>()
  return entries.map((entry) => {
    if (rulesFor(entry.type) === undefined) return undefined
    const own = ownName(entry)
    if (own !== undefined) return targetOf(source, entry.type, own)
    // Some systems give the headings of the record (List) no id: what they are, of whom, and which of several is their name.
    const name = describe(entry.resource)
    const nth = (seen.get(`${entry.type} ${name}`) ?? 0) + 1
    seen.set(`${entry.type} ${name}`, nth)
    return targetOf(source, entry.type, `unnamed|${name}|${nth}`)
  })
}

function ownName({ resource, fullUrl }: Entry): string | undefined {
  if (typeof resource.id === 'string' && resource.id !== '') return resource.id
  if (fullUrl !== undefined) return fullUrl
  const [identifier] = Array.isArray(resource.identifier) ? resource.identifier : []
  if (!isObject(identifier) || typeof identifier.value !== 'string') return undefined
  return `${typeof identifier.system === 'string' ? identifier.system : ''}|${identifier.value}`
}

function describe(resource: Json): string {
  const { code, title, subject, patient, encounter } = resource
  return JSON.stringify([code, title, subject ?? patient, encounter])
}

/** Answers references: by what the message itself names, then by the form `Type/id`, as the source's own. */
export function linker(source: Source, entries: readonly Entry[], targets: readonly (Target | undefined)[]) {
  const known = new Map<string, Target>()
  for (const [index, { type, resource, fullUrl }] of entries.entries()) {
    const target = targets[index]
    if (target === undefined) continue
    if (fullUrl !== undefined) known.set(fullUrl, target)
    if (typeof resource.id === 'string') known.set(`${type}/${resource.id}`, target)
  }
  return (reference: string): Json => {
    if (reference.startsWith('#')) return { reference }
    const plain = reference.replace(/\/_history\/[^/]*$/, '')
    const named = known.get(plain) ?? known.get(/[A-Za-z]+\/[^/]+$/.exec(plain)?.[0] ?? '')
    if (named) return { reference: `${named.type}/${named.id}` }
    const relative = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(plain)
    if (relative?.[1] && relative[2]) {
      const { type, id } = targetOf(source, relative[1], relative[2])
      return { reference: `${type}/${id}` }
    }
    // Another server's address is kept; anything else is a name that nobody here answers to.
    if (/^https?:\/\//.test(plain)) return { reference }
    return { identifier: { system: 'urn:ietf:rfc:3986', value: reference } }
  }
}
