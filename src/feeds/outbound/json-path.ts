/** Small looks into a resource of ours. */

export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, step)
  }
  return here
}

/** Text, or a number as it was written; undefined when it is not there. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  if (typeof found === 'string') return found
  if (typeof found === 'number') return String(found)
  return typeof found === 'object' && found !== null && 'rawJSON' in found ? String(found.rawJSON) : undefined
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? (found as readonly unknown[]) : []
}

export function isWithdrawn(fact: unknown): boolean {
  return (textAt(fact, 'verificationStatus', 'coding', 0, 'code') ?? textAt(fact, 'status')) === 'entered-in-error'
}
