import type { Extension } from 'fhir/r4.js'
import { codeableConcept, listedConcept } from './codes.ts'
import type { Segment } from './message.ts'
import { firstRepeat, part, type Reading, type Trace, value } from './reading.ts'
import { lookup, ukEthnicity } from './tables.ts'

const ukCore = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-'

/** Ethnic category, religion, birth place and mother's maiden name, which FHIR's Patient has no element for. */
export function extensionsOf(reading: Reading, pid: Segment, trace: Trace): Extension[] {
  const list: Extension[] = []
  const [later, earlier] = [firstRepeat(reading, pid, 22), firstRepeat(reading, pid, 10)]
  for (const [repeat, rule] of [
    [later, 'PID-22 ethnic category'],
    [earlier, 'PID-10 ethnic category'],
  ] as const) {
    const cell = part(repeat, 1)
    if (cell === undefined || lookup(ukEthnicity.codes, cell.text) === undefined) continue
    const words = part(repeat, 2)
    if (list.length === 0) {
      const concept = listedConcept(cell, ukEthnicity, words?.text)
      if (concept !== undefined) list.push({ url: `${ukCore}EthnicCategory`, valueCodeableConcept: concept })
    } else if (list[0]?.valueCodeableConcept?.coding?.[0]?.code !== cell.text) continue
    trace('extension[0]', cell, rule)
    if (words !== undefined) trace('extension[0].valueCodeableConcept.text', words, rule)
  }
  const religion = codeableConcept(reading, firstRepeat(reading, pid, 17), {
    trace,
    to: `extension[${list.length}].valueCodeableConcept`,
    rule: 'PID-17 religion',
    list: 'PID-17',
  })
  if (religion !== undefined)
    list.push({ url: 'http://hl7.org/fhir/StructureDefinition/patient-religion', valueCodeableConcept: religion })
  const birthPlace = value(reading, pid, 23)
  if (birthPlace !== undefined) {
    trace(`extension[${list.length}]`, birthPlace, 'PID-23 birth place')
    list.push({
      url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',
      valueAddress: { text: birthPlace.text },
    })
  }
  const mother = value(reading, pid, 6)
  if (mother !== undefined) {
    trace(`extension[${list.length}]`, mother, "PID-6 mother's maiden name")
    list.push({ url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: mother.text })
  }
  return list
}
