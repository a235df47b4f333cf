/** The 64-bit keys under which things are filed and found. All of them are on disk: their texts never change. */
import { hash64, type Int64, ownText } from '../base/index.ts'

/** The key of a Patient compartment. */
export function patientKey(patientId: string): Int64 {
  return hash64(`Patient/${patientId}`)
}

/** The key of a resource about nobody (Organization, Practitioner, Location), which stands alone. */
export function resourceKey(type: string, id: string): Int64 {
  return hash64(`${type}/${id}`)
}

// Codes, systems and parameters repeat without end: most keys are found here, part by part, without their text being put together.
// Identifiers pass through, so it is emptied when full.
type Branch = Map<string, Branch | Int64>
const known: Branch = new Map()
let held = 0

function key(a: string, b: string, c: string, d: string, text: () => string): Int64 {
  // What is longer is no code, and may be very long.
  if (c.length > 200 || d.length > 200) return hash64(text())
  const branch = branchOf(branchOf(branchOf(known, a), b), c)
  const found = branch.get(d)
  if (typeof found === 'string') return found
  const made = hash64(text())
  held += 1
  if (held > 20_000) {
    held = 0
    known.clear()
  } else branch.set(ownText(d), made)
  return made
}

function branchOf(from: Branch, name: string): Branch {
  const found = from.get(name)
  if (found instanceof Map) return found
  const made: Branch = new Map()
  from.set(ownText(name), made)
  return made
}

/** `Observation?code=1234`: the code in any system. */
export function codeKey(type: string, parameter: string, code: string): Int64 {
  return key('=', type, parameter, code, () => `${type}.${parameter}=${code}`)
}

/** `Observation?code=http://loinc.org|1234`; system '' is `|1234`, a code without a system. */
export function codingKey(type: string, parameter: string, system: string, code: string): Int64 {
  return key(type, parameter, system, code, () => `${type}.${parameter}|${system}|${code}`)
}

/** `Observation?encounter=Encounter/1`. */
export function referenceKey(type: string, parameter: string, target: string, id: string): Int64 {
  return hash64(`${type}.${parameter}>${target}/${id}`)
}

/** A canonical, profile or other address. */
export function uriKey(type: string, parameter: string, uri: string): Int64 {
  return key('@', type, parameter, uri, () => `${type}.${parameter}@${uri}`)
}

/** A string parameter's part of the names table. */
export function stringKey(type: string, parameter: string): Int64 {
  return key('~', type, parameter, '', () => `${type}.${parameter}~`)
}

/** Among the flags of every resource that stands alone. */
export const aboutNobody: Int64 = hash64('about nobody')

/** Among the tokens of resources of this type whose clinical date is a long range. */
export function longRangeKey(type: string): Int64 {
  return key('long', type, '', '', () => `${type} long`)
}
