import type { CodeableConcept, PatientContact } from 'fhir/r4.js'
import { address, contactPoint, humanName } from './datatypes.ts'
import { present } from './facts.ts'
import { segmentsNamed } from './message.ts'
import { firstRepeat, part, type Reading, repeats, type Trace, use, value } from './reading.ts'
import { contactRoles, genders, lookup, relationships } from './tables.ts'
import { fhirTime } from './time.ts'

/** NK1: next of kin and emergency contacts. A set of NK1 stands for the whole earlier set. */
export function contactsOf(reading: Reading, trace: Trace): PatientContact[] {
  return segmentsNamed(reading.message, 'NK1').flatMap((nk1, n) => {
    const to = `contact[${n}]`
    const name = firstRepeat(reading, nk1, 2)
    const home = firstRepeat(reading, nk1, 4)
    const [from, until] = [value(reading, nk1, 8), value(reading, nk1, 9)]
    const period = present({ start: fhirTime(reading, from), end: fhirTime(reading, until) })
    if (from !== undefined && period.start !== undefined) trace(`${to}.period.start`, from, 'NK1-8 start')
    if (until !== undefined && period.end !== undefined) trace(`${to}.period.end`, until, 'NK1-9 end')
    const organisation = value(reading, nk1, 13)
    if (organisation !== undefined) trace(`${to}.organization.display`, organisation, 'NK1-13 organisation')
    const sex = value(reading, nk1, 15)
    const gender = sex === undefined ? undefined : lookup(genders, sex.text.toUpperCase())
    if (sex !== undefined && gender !== undefined) trace(`${to}.gender`, sex, 'NK1-15 sex')
    use(reading, value(reading, nk1, 1))
    const contact = present<PatientContact>({
      relationship: [
        concept(reading, nk1, 3, {
          trace,
          to: `${to}.relationship[0]`,
          rule: 'NK1-3 relationship',
          system: 'http://terminology.hl7.org/CodeSystem/v2-0063',
          codes: relationships,
        }),
        concept(reading, nk1, 7, {
          trace,
          to: `${to}.relationship[1]`,
          rule: 'NK1-7 role',
          system: 'http://terminology.hl7.org/CodeSystem/v2-0131',
          codes: contactRoles,
        }),
      ].flatMap((one) => one ?? []),
      name: name === undefined ? undefined : humanName(name, { trace, to: `${to}.name`, rule: 'NK1-2 name' }),
      telecom: [5, 6].flatMap((field) =>
        repeats(reading, nk1, field).flatMap(
          (one) =>
            contactPoint(
              one,
              { trace, to: `${to}.telecom`, rule: `NK1-${field} phone` },
              field === 5 ? 'home' : 'work',
            ) ?? [],
        ),
      ),
      address: home === undefined ? undefined : address(home, { trace, to: `${to}.address`, rule: 'NK1-4 address' }),
      gender,
      organization: organisation === undefined ? undefined : { display: organisation.text },
      period: Object.keys(period).length === 0 ? undefined : period,
    })
    return Object.keys(contact).length === 0 ? [] : [contact]
  })
}

function concept(
  reading: Reading,
  nk1: Parameters<typeof value>[1] & object,
  field: number,
  {
    trace,
    to,
    rule,
    system,
    codes,
  }: {
    readonly trace: Trace
    readonly to: string
    readonly rule: string
    readonly system: string
    readonly codes: Readonly<Record<string, string>>
  },
): CodeableConcept | undefined {
  const repeat = firstRepeat(reading, nk1, field)
  const [code, words] = [part(repeat, 1), part(repeat, 2)]
  const display = code === undefined ? undefined : lookup(codes, code.text.toUpperCase())
  if (code !== undefined) trace(to, code, rule)
  if (words !== undefined) trace(`${to}.text`, words, rule)
  const text = words?.text ?? display ?? code?.text
  if (text === undefined) return undefined
  return present<CodeableConcept>({
    coding:
      code === undefined || display === undefined ? undefined : [{ system, code: code.text.toUpperCase(), display }],
    text,
  })
}
