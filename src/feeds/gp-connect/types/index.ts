/** The mapping tables: one for each STU3 type that has an R4 home. A type that is not here stays in the original, with a note. */
import type { TypeRules } from '../rules.ts'
import { care } from './care.ts'
import { conditions } from './conditions.ts'
import { documents } from './documents.ts'
import { findings } from './findings.ts'
import { medicines } from './medicines.ts'
import { people } from './people.ts'
import { plans } from './plans.ts'
import { requests } from './requests.ts'

const types: Readonly<Record<string, TypeRules>> = {
  ...people,
  ...conditions,
  ...findings,
  ...care,
  ...medicines,
  ...requests,
  ...plans,
  ...documents,
}

/** How a STU3 type becomes an R4 one; undefined when it does not. */
export function rulesFor(type: unknown): TypeRules | undefined {
  return typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined
}

/** Types whose facts are about nobody. */
export const aboutNobody: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Medication',
  'Schedule',
  'Slot',
])
