/** The 64-bit keys under which things are filed and found. All of them are on disk: their texts never change. */
import { hash64, type Int64 } from '../base/index.ts'

/** The key of a Patient compartment. */
export function patientKey(patientId: string): Int64 {
  return hash64(`Patient/${patientId}`)
}

/** The key of a resource about nobody (Organization, Practitioner, Location), which stands alone. */
export function resourceKey(type: string, id: string): Int64 {
  return hash64(`${type}/${id}`)
}

// Codes, systems and parameters repeat without end: most keys are found here. Identifiers pass through, so it is emptied when full.
const known = new Map<string, Int64>()

function key(text: string): Int64 {
  let found = known.get(text)
  if (found === undefined) {
    if (known.size >= 20_000) known.clear()
    found = hash64(text)
    known.set(text, found)
  }
  return found
}

/** `Observation?code=1234`: the code in any system. */
export function codeKey(type: string, parameter: string, code: string): Int64 {
  return key(`${type}.${parameter}=${code}`)
}

/** `Observation?code=http://loinc.org|1234`; system '' is `|1234`, a code without a system. */
export function codingKey(type: string, parameter: string, system: string, code: string): Int64 {
  return key(`${type}.${parameter}|${system}|${code}`)
}

/** `Observation?encounter=Encounter/1`. */
export function referenceKey(type: string, parameter: string, target: string, id: string): Int64 {
  return hash64(`${type}.${parameter}>${target}/${id}`)
}

/** A canonical, profile or other address. */
export function uriKey(type: string, parameter: string, uri: string): Int64 {
  return key(`${type}.${parameter}@${uri}`)
}

/** A string parameter's part of the names table. */
export function stringKey(type: string, parameter: string): Int64 {
  return key(`${type}.${parameter}~`)
}

/** Among the flags of every resource that stands alone. */
export const aboutNobody: Int64 = hash64('about nobody')

/** Among the tokens of resources of this type whose clinical date is a long range. */
export function longRangeKey(type: string): Int64 {
  return key(`${type} long`)
}
