/** Facts in the making: elements with the places they came from, and the drawer in which finished facts lie. */
import type { FhirResource } from 'fhir/r4.js'
import type { Instant } from '../../base/index.ts'
import { printJson } from '../../fhir/index.ts'
import { factId } from '../source.ts'
import type { Fact, LineageEntry } from '../translation.ts'
import { fitToR4 } from './fit.ts'
import type { Reading } from './reading.ts'
import type { Xml } from './xml.ts'

export type Drawing = {
  readonly type: string
  readonly made: Record<string, unknown>
  readonly lineage: LineageEntry[]
  readonly rule: string
}

/** Begins a fact. @param rule what the page shows as the reader of it: `C-CDA allergy` */
export function draw(type: string, node: Xml, rule: string): Drawing {
  return { type, made: {}, lineage: [{ to: '', from: node.place, rule }], rule }
}

/** Sets an element when there is something to set, and says where it came from. */
export function put(drawing: Drawing, name: string, value: unknown, from?: Xml): void {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return
  drawing.made[name] = value
  if (from) drawing.lineage.push({ to: name, from: from.place, rule: `${drawing.rule} ${from.name}` })
}

export type Reference = { readonly reference: string; readonly display?: string }

export type Drawer = {
  /** Files a fact about the patient under the source's name for it, and answers a reference to it. */
  readonly file: (drawing: Drawing, key: string) => Reference
  /** Files the patient, under an id that is known already. */
  readonly place: (drawing: Drawing, id: string) => void
  /** Files somebody or something that is no patient; what several places say of it is put together. */
  readonly share: (drawing: Drawing, key: string) => Reference
  readonly facts: () => readonly Fact[]
}

/** @param patientKey keeps equal keys of two patients apart: some systems give every entry of a template the same id */
export function openDrawer({ source, used, notes }: Reading, patientKey: string, asOf: Instant | undefined): Drawer {
  const facts = new Map<string, { readonly drawing: Drawing; readonly id: string; readonly subject: number | null }>()
  const numberedAlike = new Map<string, Map<string, Reference>>()
  return {
    file(drawing, key) {
      // The same id twice in one document: the same thing said again, or two things that a system numbers alike.
      const said = printJson(drawing.made)
      const alike = numberedAlike.get(`${drawing.type}|${key}`) ?? new Map<string, Reference>()
      numberedAlike.set(`${drawing.type}|${key}`, alike)
      const held = alike.get(said)
      if (held !== undefined) return held
      const id = factId(source, drawing.type, `${patientKey}|${key}${alike.size === 0 ? '' : `|${alike.size + 1}`}`)
      const reference = { reference: `${drawing.type}/${id}` }
      alike.set(said, reference)
      facts.set(reference.reference, { drawing, id, subject: 0 })
      return reference
    },
    place(drawing, id) {
      facts.set(`${drawing.type}/${id}`, { drawing, id, subject: 0 })
    },
    share(drawing, key) {
      const id = factId(source, drawing.type, key)
      const name = `${drawing.type}/${id}`
      const held = facts.get(name)
      if (held === undefined) facts.set(name, { drawing, id, subject: null })
      else for (const [element, value] of Object.entries(drawing.made)) held.drawing.made[element] ??= value
      return { reference: name }
    },
    facts: () =>
      [...facts.values()].flatMap(({ drawing, id, subject }) => {
        const resource: Record<string, unknown> = { resourceType: drawing.type, id, ...drawing.made }
        if (!fitToR4({ resource, lineage: drawing.lineage, used, notes })) return []
        return [
          {
            // `fitToR4` has just held it against the definitions.
            resource: resource as unknown as FhirResource & { readonly id: string },
            subject,
            write: 'replace' as const,
            ...(asOf === undefined ? {} : { asOf }),
            lineage: drawing.lineage,
          },
        ]
      }),
  }
}
