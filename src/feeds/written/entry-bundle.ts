import type { Int64 } from '../../base/index.ts'
import { printJson } from '../../fhir/index.ts'
import { patientKey } from '../../store/index.ts'
import { factId, type Source } from '../source.ts'
import type { Author } from './entry.ts'
import type { ResourceJson } from './entry-resource.ts'
import { authorId } from './own-source.ts'

/** What stands around every entry: our Patient of the person, the author, their role and their organisation. */
export type Frame = {
  readonly patientId: string
  readonly patient: string
  readonly author: { readonly reference: string; readonly display: string }
  readonly organisation: { readonly reference: string; readonly display: string }
}

/** @param patientId the id of our Patient; see `ownPatientId` */
export function frameOf(source: Source, author: Author, patientId: string): Frame {
  return {
    patientId,
    patient: `Patient/${patientId}`,
    author: { reference: `Practitioner/${authorId(source, author.id)}`, display: author.name },
    organisation: { reference: `Organization/${organisationId(source)}`, display: source.organisation.name },
  }
}

/** @param key what identity says that our own source calls the person (`writtenHereKey`) */
export function ownPatientId(source: Source, key: string): string {
  return factId(source, 'Patient', key)
}

const organisationId = (source: Source) => factId(source, 'Organization', source.organisation.code)

/** The message: a FHIR transaction that puts the entries and what they refer to, each under the id that it has here. */
export function entryBundle(
  source: Source,
  {
    frame,
    author,
    resources,
    writtenAt,
  }: {
    readonly frame: Frame
    readonly author: Author
    readonly resources: readonly ResourceJson[]
    readonly writtenAt: string
  },
): Uint8Array {
  const organisation = organisationId(source)
  const practitioner = authorId(source, author.id)
  const around: readonly ResourceJson[] = [
    {
      resourceType: 'Organization',
      id: organisation,
      identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: source.organisation.code }],
      name: source.organisation.name,
    },
    {
      resourceType: 'Practitioner',
      id: practitioner,
      identifier: [{ system: 'urn:throughline:staff', value: author.id }],
      name: [{ text: author.name }],
    },
    {
      resourceType: 'PractitionerRole',
      id: factId(source, 'PractitionerRole', `${author.id}|${author.role}`),
      practitioner: frame.author,
      organization: frame.organisation,
      code: [{ text: author.role }],
    },
    { resourceType: 'Patient', id: frame.patientId, managingOrganization: frame.organisation },
  ]
  const entry = [...around, ...resources].map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  return new TextEncoder().encode(
    printJson({ resourceType: 'Bundle', type: 'transaction', timestamp: writtenAt, entry }),
  )
}

/** The compartment of our Patient. */
export function ownCompartment(patientId: string): Int64 {
  return patientKey(patientId)
}
