/** SMART App Launch v2 system scopes, and the v1 forms that older clients still send. @see SMART App Launch 2.0, Scopes */

export type Interaction = 'create' | 'read' | 'update' | 'delete' | 'search'

const letters: Readonly<Record<Interaction, string>> = { create: 'c', read: 'r', update: 'u', delete: 'd', search: 's' }
const olderForms: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** Types that "all types" does not cover: a system that reads care records has no business in the trail. */
export const namedOnly: ReadonlySet<string> = new Set(['AuditEvent'])

/** Whether any of the scopes covers the interaction on the type; '*' as type asks for all types. A scope narrowed by a query grants nothing here. */
export function grantsScope(
  scopes: readonly string[],
  { interaction, type }: { readonly interaction: Interaction; readonly type: string },
): boolean {
  return scopes.some((scope) => {
    const m = /^system\/(\*|[A-Z][A-Za-z]+)\.(\*|read|write|c?r?u?d?s?)$/.exec(scope)
    if (!m?.[1] || !m[2]) return false
    return (
      ((m[1] === '*' && !namedOnly.has(type)) || m[1] === type) &&
      (olderForms[m[2]] ?? m[2]).includes(letters[interaction])
    )
  })
}
