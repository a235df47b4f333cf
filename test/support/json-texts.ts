/** JSON in which every number is the very text that was written, so that `1.50` and `1.5` are told apart. */

export type Json = string | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** @throws SyntaxError when it is not JSON */
export function parseKeepingNumbers(text: string): Json {
  const keep = (_key: string, value: unknown, { source }: { readonly source?: string } = {}) =>
    typeof value === 'number' ? `number ${source}` : value
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown) as Json
}

/** Every leaf with its path: `code.coding[0].code`. */
export function* leavesOf(value: Json, path = ''): Generator<readonly [path: string, leaf: string | boolean | null]> {
  if (typeof value !== 'object' || value === null) yield [path, value]
  else if (Array.isArray(value)) for (const [n, item] of value.entries()) yield* leavesOf(item, `${path}[${n}]`)
  else for (const [key, item] of Object.entries(value)) yield* leavesOf(item, path === '' ? key : `${path}.${key}`)
}
