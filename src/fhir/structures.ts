/** What elements each FHIR R4 type has: the compiled table, read line by line as types are met. @see scripts/compile-structures.mjs */
import { codeLines, structureLines } from './definitions/structures.ts'
import { isPrimitive } from './primitives.ts'

/** What may stand under one key of a type. `valueQuantity` and `valueString` are two keys of one choice. */
export type ElementRule = {
  readonly type: string
  readonly primitive: boolean
  readonly list: boolean
  readonly codes: ReadonlySet<string> | undefined
  /** `value[x]` when the key is one way to say it. */
  readonly choice: string | undefined
}

export type TypeRule = {
  readonly name: string
  readonly isResource: boolean
  readonly elements: ReadonlyMap<string, ElementRule>
  /** Elements that must be present, each with the keys that say it. */
  readonly required: readonly { readonly name: string; readonly keys: readonly string[] }[]
}

const lines = new Map(
  structureLines
    .trim()
    .split('\n')
    .map((line) => {
      const space = line.indexOf(' ')
      return [line.slice(line.startsWith('+') ? 1 : 0, space), line] as const
    }),
)
const codeLists = codeLines.trim().split('\n')
const codeSets = new Map<string, ReadonlySet<string>>()
const rules = new Map<string, TypeRule>()

/** The rule of a type or of a part of one (`Patient`, `HumanName`, `Patient.contact`); undefined when R4 has none of that name. */
export function typeRule(name: string): TypeRule | undefined {
  const known = rules.get(name)
  if (known) return known
  const line = lines.get(name)
  if (line === undefined) return undefined
  const rule = readLine(name, line)
  rules.set(name, rule)
  return rule
}

/** Whether an element of a type holds one value or a list; undefined when the type has no such element. */
export function elementKind(type: string, element: string): 'single' | 'list' | undefined {
  const rule = typeRule(type)?.elements.get(element)
  return rule && (rule.list ? 'list' : 'single')
}

function readLine(name: string, line: string): TypeRule {
  const elements = new Map<string, ElementRule>()
  const required: { name: string; keys: readonly string[] }[] = []
  for (const part of line.split(' ').slice(1)) {
    const [, path = '', choice, star, must, types = '', list] =
      /^([^*!:[]+)(\[x\])?(\*)?(!)?:([^|]+)(?:\|(\d+))?$/.exec(part) ?? []
    const keys: string[] = []
    for (const type of types.split(',')) {
      const key = choice === undefined ? path : path + type.charAt(0).toUpperCase() + type.slice(1)
      keys.push(key)
      elements.set(key, {
        type,
        primitive: isPrimitive(type),
        list: star !== undefined,
        codes: list === undefined || type !== 'code' ? undefined : codeSet(list),
        choice: choice === undefined ? undefined : `${path}[x]`,
      })
    }
    if (must !== undefined) required.push({ name: path + (choice ?? ''), keys })
  }
  return { name, isResource: line.startsWith('+'), elements, required }
}

function codeSet(number: string): ReadonlySet<string> {
  const known = codeSets.get(number)
  if (known) return known
  const set = new Set(codeLists[Number(number)]?.split(' '))
  codeSets.set(number, set)
  return set
}
