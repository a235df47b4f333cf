/** A resource in the making: elements set by FHIR path, in any order. Paths come from column maps, which are checked when they are read. */
export type Draft = { [element: string]: unknown }

type Step = { readonly name: string; readonly index: number | undefined }

function stepsOf(path: string): readonly Step[] {
  return path.split('.').map((step) => {
    const found = /^([A-Za-z]+)(?:\[(\d{1,2})\])?$/.exec(step)
    return { name: found?.[1] ?? step, index: found?.[2] === undefined ? undefined : Number(found[2]) }
  })
}

/** Sets an element. Text upon text is joined by a space: two columns of one sentence. */
export function setElement(draft: Draft, path: string, value: unknown): void {
  const steps = stepsOf(path)
  let at: Draft = draft
  for (const [n, { name, index }] of steps.entries()) {
    const last = n === steps.length - 1
    if (index === undefined) {
      if (last) at[name] = joined(own(at, name), value)
      else at = child(at, name)
      continue
    }
    const list = own(at, name)
    const items: unknown[] = Array.isArray(list) ? list : []
    at[name] = items
    if (last) items[index] = joined(items[index], value)
    else {
      const item = items[index]
      const next: Draft = isDraft(item) ? item : {}
      items[index] = next
      at = next
    }
  }
}

/** The element at a path; undefined when there is none. */
export function elementAt(draft: Draft, path: string): unknown {
  return stepsOf(path).reduce<unknown>((at, { name, index }) => {
    const held = isDraft(at) ? own(at, name) : undefined
    return index === undefined ? held : Array.isArray(held) ? held[index] : undefined
  }, draft)
}

/** An extension whose column was empty has a name and no value: it says nothing. */
function valued(extensions: unknown): unknown {
  return Array.isArray(extensions)
    ? extensions.filter((one) => !isDraft(one) || Object.keys(one).some((name) => name !== 'url'))
    : extensions
}

/** Lists without the places that no column filled. */
export function compacted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.flatMap((item) => (item === undefined || item === null ? [] : [compacted(item)]))
  if (!isDraft(value)) return value
  const held = Object.entries(value).map(
    ([name, item]) => [name, name === 'extension' ? valued(compacted(item)) : compacted(item)] as const,
  )
  return Object.fromEntries(
    held.filter(([, item]) => item !== undefined && !(Array.isArray(item) && item.length === 0)),
  )
}

function joined(held: unknown, value: unknown): unknown {
  return typeof held === 'string' && typeof value === 'string' ? `${held} ${value}` : value
}

function child(at: Draft, name: string): Draft {
  const held = own(at, name)
  const next: Draft = isDraft(held) ? held : {}
  at[name] = next
  return next
}

const own = (at: Draft, name: string): unknown => (Object.hasOwn(at, name) ? at[name] : undefined)

/** Numbers that keep their text are objects too, but have no elements to set. */
const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.isFrozen(value)
