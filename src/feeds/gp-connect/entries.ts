/** The resources of a message, wherever a GP system puts them: in a Bundle, in Parameters, one in the other, or alone. */
import type { Place } from '../translation.ts'
import { isObject, type Json, type Reading, use } from './reading.ts'

export type Entry = {
  readonly type: string
  readonly resource: Json
  readonly place: Place
  /** `Bundle.entry.fullUrl`: another name by which references may call it. */
  readonly fullUrl?: string
}

/** The resources inside, in order; wrappers themselves are opened, and what names them counts as read. */
export function entriesOf(root: Json, place: Place, reading: Reading): readonly Entry[] {
  if (root.resourceType === 'Bundle') return open(root, place, 'entry', reading)
  if (root.resourceType === 'Parameters') return open(root, place, 'parameter', reading)
  return typeof root.resourceType === 'string' ? [{ type: root.resourceType, resource: root, place }] : []
}

function open(wrapper: Json, place: Place, list: 'entry' | 'parameter', reading: Reading): readonly Entry[] {
  use(wrapper.resourceType, `${place}.resourceType`, reading)
  use(wrapper.type, `${place}.type`, reading)
  const items = wrapper[list]
  if (!Array.isArray(items)) return []
  return items.flatMap((item, index) => {
    if (!isObject(item) || !isObject(item.resource)) return []
    const at = `${place}.${list}[${index}]`
    if (list === 'parameter') use(item.name, `${at}.name`, reading)
    use(item.fullUrl, `${at}.fullUrl`, reading)
    const inside = entriesOf(item.resource, `${at}.resource`, reading)
    return typeof item.fullUrl === 'string' && inside.length === 1 && inside[0]
      ? [{ ...inside[0], fullUrl: item.fullUrl }]
      : inside
  })
}
