/** One person's International Patient Summary, asked for by any of their Patients. @see IPS 2.0.0, OperationDefinition-summary */
import { openRecordForSystem } from '../access/index.ts'
import { Problem } from '../base/index.ts'
import { resourceTypes } from '../fhir/index.ts'
import { ipsBundle, readForSummary } from '../record/index.ts'
import { readResource } from '../store/index.ts'
import type { Answer } from './answer.ts'
import type { FhirApiNeeds } from './needs.ts'
import { plainId } from './read.ts'
import { mayDo } from './scopes.ts'
import { looking, type Visit } from './visit.ts'

/** A document about the person, from all sources; sections whose types the caller's scopes do not cover say that they are withheld. */
export async function summary(
  needs: FhirApiNeeds,
  visit: Visit,
  id: string,
  query: URLSearchParams,
  base: string,
): Promise<Answer> {
  for (const name of query.keys())
    if (name !== '_format' && name !== '_pretty')
      throw new Problem('invalid', '$summary takes no parameters', 'Leave them out.')
  const look = { interaction: 'read', type: 'Patient', what: 'fhir-summary', detail: { id: plainId(id) } } as const
  const now = needs.clock()
  const mayRead = (type: string) => mayDo(visit.caller.scopes, 'r', type)
  const body = await looking(needs, visit, look, async (tx, scope) => {
    const patient = await readResource(tx, scope, { type: 'Patient', id })
    const opened = await openRecordForSystem(tx, visit.actor, patient.pk, {
      what: 'summary-export',
      now,
      detail: { format: 'ips', by: 'fhir' },
      address: visit.address,
      requestId: visit.requestId,
    })
    const { record, rows, about } = await readForSummary(tx, opened, now, mayRead)
    const withheld = new Set(resourceTypes.filter((type) => !mayRead(type)))
    return {
      value: ipsBundle({ record, rows, about, person: opened.person, base, withheld, doubts: opened.doubts.length }),
      // The line of the export names the person already.
      shown: [],
    }
  })
  return { status: 200, body }
}
