/**
 * Finds what the search parameters of a resource point to, in one walk over what the resource holds.
 * All parameters of a type are folded into one tree of steps, so the cost is that of the content, not of the number of parameters.
 */
import { type SearchParameter, searchParameters } from './parameters.ts'

export type Found = (parameter: SearchParameter, datatype: string, value: unknown) => void

type Content = Readonly<Record<string, unknown>>
type Node = {
  readonly edges: Edge[]
  readonly ends: { readonly parameter: SearchParameter; readonly datatype: string }[]
}
type Edge = {
  readonly step: string
  readonly read: (from: Content) => unknown
  readonly keep: ((item: unknown, index: number) => boolean) | undefined
  readonly node: Node
}

const trees = new Map<string, Node>()

/** Calls `found` for every value that a search parameter of this resource's type points to. */
export function walkSearchParameters(resource: { readonly resourceType: string }, found: Found): void {
  visit(treeOf(resource.resourceType), resource, found)
}

function visit(node: Node, value: unknown, found: Found): void {
  for (const end of node.ends) found(end.parameter, end.datatype, value)
  if (node.edges.length === 0 || typeof value !== 'object' || value === null) return
  for (const { read, keep, node: next } of node.edges) {
    const child = read(value as Content)
    if (child === undefined || child === null) continue
    if (Array.isArray(child)) {
      for (let i = 0; i < child.length; i++) {
        const item: unknown = child[i]
        if (item !== null && item !== undefined && (!keep || keep(item, i))) visit(next, item, found)
      }
    } else if (!keep || keep(child, 0)) visit(next, child, found)
  }
}

function treeOf(resourceType: string): Node {
  const known = trees.get(resourceType)
  if (known) return known
  const root: Node = { edges: [], ends: [] }
  const parameters = searchParameters(resourceType)
  for (const parameter of parameters.values()) {
    for (const walk of parameter.walks) {
      let node = root
      for (const step of walk.slice(0, -1)) node = follow(node, step)
      node.ends.push({ parameter, datatype: walk.at(-1) ?? '' })
    }
  }
  if (parameters.size > 0) trees.set(resourceType, root)
  return root
}

function follow(node: Node, step: string): Node {
  const known = node.edges.find((edge) => edge.step === step)
  if (known) return known.node
  const [key = '', filter] = step.split(/\?(.*)/s)
  const edge: Edge = {
    step,
    read: reader(key),
    keep: filter ? keeper(filter) : undefined,
    node: { edges: [], ends: [] },
  }
  node.edges.push(edge)
  return edge.node
}

function reader(key: string): Edge['read'] {
  // Patient.deceased.exists() and Patient.deceased != false: the one expression that is more than steps.
  if (key === '$deceased') return (from) => from.deceasedBoolean ?? from.deceasedDateTime !== undefined
  return (from) => from[key]
}

function keeper(filter: string): Edge['keep'] {
  const [name = '', wanted = ''] = filter.split(/=(.*)/s)
  if (name === '#') return (_item, index) => index === Number(wanted)
  if (name === 'is') return (item) => referencedType(item as Content) === wanted
  return (item) => (item as Content)[name] === wanted
}

/** The type that a Reference points to, as far as the Reference itself tells. */
function referencedType(reference: Content): string | undefined {
  if (typeof reference.reference === 'string') {
    const found = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/.+)?$/.exec(reference.reference)
    if (found) return found[1]
  }
  return typeof reference.type === 'string' ? reference.type : undefined
}
