/** What a system may do, as SMART says it: `system/Patient.rs`, `system/*.cruds`. @see SMART App Launch 2.2 scopes-and-launch-context */
import { namedOnly } from '../access/index.ts'
import { isResourceType } from '../fhir/index.ts'

/** c create, r read (and versions and history), u update, d delete, s search. */
export type Right = 'c' | 'r' | 'u' | 'd' | 's'

/** Rights by resource type; `*` is every type. */
export type Scopes = ReadonlyMap<string, ReadonlySet<Right>>

const all: readonly Right[] = ['c', 'r', 'u', 'd', 's']
const firstVersion: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** Reads a list of scopes apart at spaces. What is no system scope of ours is left out; nothing left means that nothing may be done. */
export function parseScopes(text: string): Scopes {
  const scopes = new Map<string, Set<Right>>()
  for (const scope of text.split(/\s+/)) {
    const [, type = '', said = ''] = /^system\/([A-Za-z]+|\*)\.([a-z]+|\*)$/.exec(scope) ?? []
    const letters = firstVersion[said] ?? said
    // Letters stand in this order, each at most once: anything else is not a scope.
    if (letters === '' || !/^c?r?u?d?s?$/.test(letters) || (type !== '*' && !isResourceType(type))) continue
    const rights = scopes.get(type) ?? new Set()
    for (const right of all) if (letters.includes(right)) rights.add(right)
    scopes.set(type, rights)
  }
  return scopes
}

export function printScopes(scopes: Scopes): string {
  return [...scopes]
    .map(([type, rights]) => `system/${type}.${all.filter((right) => rights.has(right)).join('')}`)
    .join(' ')
}

export function mayDo(scopes: Scopes, right: Right, type: string): boolean {
  return (!namedOnly.has(type) && scopes.get('*')?.has(right) === true) || scopes.get(type)?.has(right) === true
}

/** What both allow. */
export function narrowScopes(wanted: Scopes, allowed: Scopes): Scopes {
  const both = new Map<string, ReadonlySet<Right>>()
  for (const type of new Set([...wanted.keys(), ...allowed.keys()])) {
    const rights = all.filter((right) => mayDo(wanted, right, type) && mayDo(allowed, right, type))
    if (rights.length > 0) both.set(type, new Set(rights))
  }
  return both
}
