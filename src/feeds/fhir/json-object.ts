import { isRawNumber } from '../../fhir/index.ts'

/** A JSON object whose shape has been checked as FHIR, or is being looked at. */
export type JsonObject = { readonly [key: string]: unknown }

/** The value as an object; undefined when it is a scalar, a list, absent or a number kept as text. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
    ? (value as JsonObject)
    : undefined
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The objects in a list; empty when it is no list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item): item is JsonObject => asObject(item) !== undefined) : []
}
