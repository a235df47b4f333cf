import type { AuditEvent } from 'fhir/r4.js'
import type { KeptLine } from './line.ts'

const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.'
const restful = { C: 'create', R: 'read', U: 'update', D: 'delete', E: 'search' } as const

/** A line as a FHIR R4 AuditEvent in the shape of the IHE Basic Audit Log Patterns. @param observer name of this system */
export function toAuditEvent(line: KeptLine, observer: string): AuditEvent {
  const { actor } = line
  return {
    resourceType: 'AuditEvent',
    id: line.id,
    meta: { profile: [balp + profileOf(line)] },
    type: {
      system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
      code: 'rest',
      display: 'Restful Operation',
    },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: restful[line.action] }],
    action: line.action,
    recorded: line.at,
    outcome: `${line.outcome}`,
    purposeOfEvent: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: line.purpose }] },
    ],
    agent: [
      {
        who: { identifier: { value: actor.id }, display: actor.name },
        requestor: true,
        ...(actor.role === undefined ? {} : { role: [{ text: actor.role }] }),
        ...(line.address === undefined ? {} : { network: { address: line.address, type: '2' as const } }),
      },
    ],
    source: { observer: { display: observer } },
    entity: [
      ...(line.person === undefined
        ? []
        : [
            {
              what: { identifier: { value: line.person } },
              type: entityType('1', 'Person'),
              role: entityRole('1', 'Patient'),
            },
          ]),
      {
        what: { display: line.what },
        type: entityType('2', 'System Object'),
        role: entityRole('4', 'Domain Resource'),
      },
    ],
  }
}

function profileOf({ action, person }: KeptLine): string {
  const name = { C: 'Create', R: 'Read', U: 'Update', D: 'Delete', E: 'Query' }[action]
  return person === undefined ? name : `Patient${name}`
}

function entityType(code: string, display: string) {
  return { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code, display }
}

function entityRole(code: string, display: string) {
  return { system: 'http://terminology.hl7.org/CodeSystem/object-role', code, display }
}
