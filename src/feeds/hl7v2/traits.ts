import type { Patient } from 'fhir/r4.js'
import type { Traits } from '../../identity/index.ts'
import type { Source } from '../source.ts'
import type { Known } from './identifiers.ts'

/** What a message tells about who someone is: the ground of every match. */
export function traitsOf(
  source: Source,
  {
    known,
    status,
    patient,
    deceased,
  }: {
    readonly known: readonly Known[]
    readonly status: string | undefined
    readonly patient: Patient
    readonly deceased: boolean | undefined
  },
): Traits {
  const nhs = known.find((one) => one.kind === 'nhs')
  const locals = known.filter((one) => one.kind === 'local').map(({ system, value }) => ({ system, value }))
  const others = [...new Map(locals.map((one) => [`${one.system}|${one.value}`, one])).values()]
  const [first, ...rest] = [...(patient.name ?? [])].sort((a, b) => rank(a.use) - rank(b.use))
  const postcode = (patient.address ?? []).find((one) => one.use !== 'old' && one.postalCode !== undefined)?.postalCode
  const phones = (patient.telecom ?? []).flatMap((one) =>
    one.system === 'phone' && one.value !== undefined ? [one.value] : [],
  )
  const traced = status ?? (nhs !== undefined && source.settings.nhsNumbersTraced === true ? '01' : undefined)
  return {
    ...(nhs === undefined ? {} : { nhsNumber: nhs.value }),
    ...(traced === undefined ? {} : { nhsNumberStatus: traced }),
    ...(others.length === 0
      ? {}
      : {
          identifiers: others,
        }),
    ...(first?.family === undefined ? {} : { family: first.family }),
    ...(first?.given === undefined ? {} : { given: first.given }),
    ...(rest.length === 0
      ? {}
      : {
          otherNames: rest.map(({ family, given }) => ({
            ...(family === undefined ? {} : { family }),
            ...(given === undefined ? {} : { given }),
          })),
        }),
    ...(patient.birthDate === undefined ? {} : { birthDate: patient.birthDate }),
    ...(patient.gender === undefined ? {} : { gender: patient.gender }),
    ...(postcode === undefined ? {} : { postcode }),
    ...(phones.length === 0 ? {} : { phones }),
    ...(deceased === undefined ? {} : { deceased }),
  }
}

/** The name a person goes by in the system comes first. */
function rank(use: string | undefined): number {
  return use === 'official' ? 0 : use === 'usual' ? 1 : use === undefined ? 2 : 3
}
