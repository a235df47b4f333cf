/** A resource as it was sent, with its references turned to what the things are called here. Nothing else changes. */

import type { Issue } from '../../base/index.ts'
import { isRawNumber } from '../../fhir/index.ts'
import type { LineageEntry } from '../translation.ts'
import { asText, type JsonObject } from './json-object.ts'
import type { Resolve } from './names.ts'

export type Rewritten = {
  readonly resource: JsonObject
  /** One entry for each reference that was changed. */
  readonly lineage: readonly LineageEntry[]
  /** Leaf elements in it. */
  readonly leaves: number
  /** Elements that change the meaning of others in a way we do not know: the resource must not be read without them. */
  readonly issues: readonly Issue[]
  readonly notes: readonly Issue[]
}

/** @param place where the resource stands in the message: `Bundle.entry[3].resource` */
export function rewriteReferences(resource: JsonObject, place: string, resolve: Resolve): Rewritten {
  const path: (string | number)[] = []
  const lineage: LineageEntry[] = []
  const issues: Issue[] = []
  const notes: Issue[] = []
  let leaves = 0
  const rewritten = visit(resource) as JsonObject
  return { resource: rewritten, lineage, leaves, issues, notes }

  function visit(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      if (value !== null) leaves++
      return value
    }
    if (isRawNumber(value)) {
      leaves++
      return value
    }
    return Array.isArray(value) ? visitList(value) : visitObject(value as JsonObject)
  }

  function visitList(list: readonly unknown[]): unknown {
    let copy: unknown[] | undefined
    for (let index = 0; index < list.length; index++) {
      path.push(index)
      const item = list[index]
      const next = visit(item)
      if (next !== item) {
        copy ??= list.slice()
        copy[index] = next
      }
      path.pop()
    }
    return copy ?? list
  }

  function visitObject(object: JsonObject): unknown {
    let copy: { [key: string]: unknown } | undefined
    for (const key of Object.keys(object)) {
      const item = object[key]
      path.push(key)
      if (key === 'modifierExtension' || key === 'implicitRules') refuse(key)
      const next =
        (key === 'reference' || key === 'url') && typeof item === 'string' ? visitLink(key, item, object) : visit(item)
      if (next !== item) {
        copy ??= { ...object }
        copy[key] = next
      }
      path.pop()
    }
    return copy ?? object
  }

  function visitLink(key: string, text: string, object: JsonObject): string {
    leaves++
    // url is often a name (Extension.url) and not a link: only one that names a thing of this message is turned.
    const target =
      key === 'reference' || /^urn:uuid:|(?:^|\/)Binary\//i.test(text) ? resolve(text, asText(object.type)) : undefined
    if (!target || target.kind === 'as-is' || (key === 'url' && target.kind !== 'entry')) return text
    if (target.kind === 'unresolved') {
      notes.push({
        place: here(),
        severity: 'warning',
        message: 'The reference points to nothing in this message, and was left as it is',
        remedy: 'Send the resource that it points to in the same bundle, or refer to it as Type/id.',
      })
      return text
    }
    if (target.reference !== text) lineage.push({ to: pathText(), from: here(), rule: 'FHIR reference to this record' })
    return target.reference
  }

  function refuse(key: string): void {
    issues.push({
      place: here(),
      message: `${key} changes the meaning of what it stands on, and we do not know it`,
      remedy: 'Send the resource without it if it can be read safely so; otherwise ask us to add the extension.',
    })
  }

  function here(): string {
    const inside = pathText()
    return inside === '' ? place : `${place}.${inside}`
  }

  function pathText(): string {
    let text = ''
    for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
    return text
  }
}
