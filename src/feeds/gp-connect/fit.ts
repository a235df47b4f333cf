/** The last look at a fact: what R4 would refuse of it stays in the original, so that one wrong element costs no more than itself. */
import type { Issue } from '../../base/index.ts'
import { validateResource } from '../../fhir/index.ts'
import type { LineageEntry, Place } from '../translation.ts'

export type Fitting = {
  readonly resource: Record<string, unknown>
  readonly lineage: LineageEntry[]
  /** Where the resource stands in the message, and which of its leaves were used so far. */
  readonly place: Place
  readonly used: Set<Place>
  readonly notes: Issue[]
}

/**
 * Takes top-level elements out of `resource` until it is valid R4.
 * @returns false when something is missing that R4 cannot do without
 */
export function fitToR4(fitting: Fitting): boolean {
  const { resource, place, notes } = fitting
  for (let round = 0; round < 8; round++) {
    const issues = validateResource(resource, '')
    if (issues.length === 0) return true
    const missing = issues.find((issue) => !isThere(resource, nameIn(issue)))
    if (missing !== undefined) {
      const message = `Kept in the original only: ${missing.message}`
      notes.push({ place, message, remedy: 'Mend it at the sender and send it again.', severity: 'warning' })
      return false
    }
    for (const issue of issues) if (isThere(resource, nameIn(issue))) takeOut(fitting, nameIn(issue), issue)
  }
  return false
}

/** The top-level element of an issue's place: `Patient._birthDate.extension[0]` → `birthDate`. */
function nameIn({ place }: Issue): string {
  return /^[A-Za-z]+\._?([A-Za-z]+)/.exec(place)?.[1] ?? ''
}

function isThere(resource: Record<string, unknown>, name: string): boolean {
  return name in resource || `_${name}` in resource
}

function takeOut({ resource, lineage, place, used, notes }: Fitting, name: string, issue: Issue): void {
  delete resource[name]
  delete resource[`_${name}`]
  const froms = new Set([`${place}.${name}`, `${place}._${name}`])
  for (const { to, from } of lineage) if (isUnder(to, name) && to !== '') froms.add(from)
  for (const leaf of used) if ([...froms].some((from) => isUnder(leaf, from))) used.delete(leaf)
  const kept = lineage.filter(({ to }) => to === '' || !isUnder(to, name))
  lineage.splice(0, lineage.length, ...kept)
  notes.push({ place: `${place}.${name}`, message: `Kept in the original only: ${issue.message}`, severity: 'warning' })
}

function isUnder(leaf: string, from: string): boolean {
  return leaf === from || leaf.startsWith(`${from}.`) || leaf.startsWith(`${from}[`)
}
