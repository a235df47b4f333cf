/** The last look at a fact: what R4 would refuse of it stays in the original, so that one wrong element costs no more than itself. */
import type { Issue } from '../../base/index.ts'
import { validateResource } from '../../fhir/index.ts'
import type { LineageEntry, Place } from '../translation.ts'

export type Fitting = {
  readonly resource: Record<string, unknown>
  /** The first entry is the whole fact. */
  readonly lineage: LineageEntry[]
  readonly used: Set<Place>
  readonly notes: Issue[]
}

/**
 * Takes top-level elements out of `resource` until it is valid R4.
 * @returns false when something is missing that R4 cannot do without
 */
export function fitToR4(fitting: Fitting): boolean {
  const { resource, lineage, notes } = fitting
  for (let round = 0; round < 8; round++) {
    const issues = validateResource(resource, '')
    if (issues.length === 0) return true
    const missing = issues.find((issue) => !isThere(resource, nameIn(issue)))
    if (missing !== undefined) {
      const place = lineage[0]?.from ?? ''
      notes.push({ place, message: `Kept in the original only: ${missing.message}`, severity: 'warning' })
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

function takeOut({ resource, lineage, used, notes }: Fitting, name: string, issue: Issue): void {
  delete resource[name]
  delete resource[`_${name}`]
  const place = lineage.find(({ to }) => to === name)?.from
  if (place !== undefined) for (const leaf of used) if (leaf.startsWith(`${place}/`)) used.delete(leaf)
  const kept = lineage.filter(({ to }) => to !== name)
  lineage.splice(0, lineage.length, ...kept)
  const message = `Kept in the original only: ${issue.message}`
  notes.push({ place: place ?? lineage[0]?.from ?? '', message, severity: 'warning' })
}
