/** What all messages of a source together say of one Patient. */
import type { Traits } from './subject.ts'

/** Whether the traits say anything by which a person could be known again, beyond the source's own id. */
export function tellsWho(traits: Traits): boolean {
  return Boolean(
    traits.nhsNumber || traits.family || traits.given?.length || traits.birthDate || traits.identifiers?.length,
  )
}

/**
 * Former traits with what a message now says put over them; what it does not say stays. Identifiers and former names only ever grow.
 * @returns `held` itself when the message says nothing new
 */
export function addTraits(held: Traits, said: Traits): Traits {
  const { nhsNumberStatus: _, ...rest } = held
  const now: Traits = {
    ...rest,
    ...said,
    // A status belongs to its number: a message that gives the same number without a status does not unverify it.
    ...statusOf(held, said),
    ...listed(
      'identifiers',
      union(held.identifiers, said.identifiers, ({ system, value }) => `${system}|${value}`),
    ),
    ...listed('otherNames', union(held.otherNames, [...(said.otherNames ?? []), ...formerName(held, said)], nameKey)),
    ...listed('phones', said.phones?.length ? said.phones : held.phones),
    ...listed('given', said.given?.length ? said.given : held.given),
  }
  return isSame(held, now) ? held : now
}

function statusOf(held: Traits, said: Traits): Pick<Traits, 'nhsNumberStatus'> {
  const sameNumber = said.nhsNumber === undefined || said.nhsNumber === held.nhsNumber
  const status = said.nhsNumberStatus ?? (sameNumber ? held.nhsNumberStatus : undefined)
  return status === undefined ? {} : { nhsNumberStatus: status }
}

/** A family name that is replaced is kept as a former one: by it the person was known, and is searched for. */
function formerName(held: Traits, said: Traits): NonNullable<Traits['otherNames']> {
  if (!held.family || !said.family || held.family.toLowerCase() === said.family.toLowerCase()) return []
  return [{ family: held.family, ...(held.given ? { given: held.given } : {}) }]
}

function nameKey(name: { readonly family?: string; readonly given?: readonly string[] }): string {
  return `${name.family ?? ''}|${(name.given ?? []).join(' ')}`.toLowerCase()
}

function union<T>(
  held: readonly T[] | undefined,
  said: readonly T[] | undefined,
  key: (item: T) => string,
): readonly T[] {
  const all = new Map((held ?? []).map((item) => [key(item), item]))
  for (const item of said ?? []) if (!all.has(key(item))) all.set(key(item), item)
  return [...all.values()]
}

function listed<K extends keyof Traits>(key: K, list: readonly unknown[] | undefined): Partial<Pick<Traits, K>> {
  return list?.length ? ({ [key]: list } as Partial<Pick<Traits, K>>) : {}
}

const fields: readonly (keyof Traits)[] = [
  'nhsNumber',
  'nhsNumberStatus',
  'identifiers',
  'family',
  'given',
  'otherNames',
  'birthDate',
  'gender',
  'postcode',
  'phones',
  'deceased',
]

function isSame(a: Traits, b: Traits): boolean {
  return fields.every((field) => a[field] === b[field] || deepSame(a[field], b[field]))
}

/** Key order does not matter: PostgreSQL's jsonb has its own. */
function deepSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => deepSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}

/** Without what PostgreSQL's text cannot hold: NUL, and halves of characters. Noise in a field must not stop a batch. */
export function cleanTraits(traits: Traits): Traits {
  const text = JSON.stringify(traits)
  if (!/\\u(0000|d[89a-f])/i.test(text)) return traits
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  ) as Traits
}
