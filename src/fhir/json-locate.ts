/** Finds a place such as `Bundle.entry[3].resource.code` in JSON text. */
import { type JsonNode, readJsonTree } from './json-tree.ts'

/**
 * Where `place` stands in `text`: its value, as UTF-16 offsets, end exclusive. The first name may be the resource type.
 * @returns null when the text is not JSON or has nothing there
 */
export function locateInJson(text: string, place: string): { readonly start: number; readonly end: number } | null {
  const tree = readJsonTree(text)
  if (!tree.ok) return null
  const steps = place.match(/[^.[\]]+|\[\d+\]/g) ?? []
  const first = steps[0]
  const named = first !== undefined && /^[A-Z]/.test(first) && member(tree.node, first) === undefined
  let node: JsonNode | undefined = tree.node
  for (const step of named ? steps.slice(1) : steps) {
    if (node === undefined) return null
    node = step.startsWith('[') ? itemAt(node, Number(step.slice(1, -1))) : member(node, step)
  }
  return node === undefined ? null : { start: node.start, end: node.end }
}

/** `name[0]` of something that is not a list is that thing: FHIRPath counts every element as a list of one. */
function itemAt(node: JsonNode, index: number): JsonNode | undefined {
  return node.items === undefined && index === 0 ? node : node.items?.[index]
}

function member(node: JsonNode, key: string): JsonNode | undefined {
  return node.members?.find((each) => each.key === key)?.value
}
