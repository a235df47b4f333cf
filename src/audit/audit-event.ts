import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from 'fhir/r4.js'
import type { KeptLine } from './line.ts'

const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.'
const dicom = 'http://dicom.nema.org/resources/ontology/DCM'
const restful = { C: 'create', R: 'read', U: 'update', D: 'delete', E: 'search' } as const

/** What is no REST interaction, by DICOM's audit codes. @see DICOM PS3.16 CID 400, 401 */
const others: Readonly<Record<string, { readonly type: Coding; readonly subtype: Coding }>> = {
  'sign-in': { type: dcm('110114', 'User Authentication'), subtype: dcm('110122', 'Login') },
  'sign-in-refused': { type: dcm('110114', 'User Authentication'), subtype: dcm('110122', 'Login') },
  'sign-out': { type: dcm('110114', 'User Authentication'), subtype: dcm('110123', 'Logout') },
  'system-token': { type: dcm('110114', 'User Authentication'), subtype: dcm('110122', 'Login') },
  'trail-export': { type: dcm('110106', 'Export'), subtype: dcm('110101', 'Audit Log Used') },
  'trail-exported': { type: dcm('110106', 'Export'), subtype: dcm('110101', 'Audit Log Used') },
  trail: { type: dcm('110101', 'Audit Log Used'), subtype: dcm('110101', 'Audit Log Used') },
  'summary-export': { type: dcm('110106', 'Export'), subtype: dcm('110106', 'Export') },
  'summary-print': { type: dcm('110106', 'Export'), subtype: dcm('110106', 'Export') },
  'delivery-sent': { type: dcm('110106', 'Export'), subtype: dcm('110106', 'Export') },
  'downtime-pack': { type: dcm('110106', 'Export'), subtype: dcm('110106', 'Export') },
  'switch-user': { type: dcm('110114', 'User Authentication'), subtype: dcm('110123', 'Logout') },
  'emergency-access': { type: dcm('110113', 'Security Alert'), subtype: dcm('110127', 'Emergency Override Started') },
  'policy-changed': { type: dcm('110113', 'Security Alert'), subtype: dcm('110129', 'Security Configuration') },
  'settings-changed': { type: dcm('110113', 'Security Alert'), subtype: dcm('110129', 'Security Configuration') },
  'server-started': { type: dcm('110100', 'Application Activity'), subtype: dcm('110120', 'Application Start') },
  'source-declared': { type: dcm('110100', 'Application Activity'), subtype: dcm('110128', 'Network Configuration') },
}

/**
 * A line as a FHIR R4 AuditEvent in the shape of the IHE Basic Audit Log Patterns 1.1. What was searched for is never kept, so a query tells
 * the names of its fields.
 * @param observer name of this system
 */
export function toAuditEvent(line: KeptLine, observer: string): AuditEvent {
  const other = Object.hasOwn(others, line.what) ? others[line.what] : undefined
  return {
    resourceType: 'AuditEvent',
    id: line.id,
    ...(other ? {} : { meta: { profile: [balp + profileOf(line)] } }),
    type: other?.type ?? {
      system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
      code: 'rest',
      display: 'Restful Operation',
    },
    subtype: [other?.subtype ?? { system: 'http://hl7.org/fhir/restful-interaction', code: restful[line.action] }],
    action: line.action,
    recorded: line.at,
    outcome: `${line.outcome}`,
    purposeOfEvent: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: line.purpose }] },
    ],
    agent: agentsOf(line, observer),
    source: { observer: { display: observer } },
    entity: entitiesOf(line),
  }
}

/** Where it came from, where it was answered, and who asked: as BALP slices them (client, server, user). */
function agentsOf({ actor, address }: KeptLine, observer: string): AuditEventAgent[] {
  const who = { identifier: { system: `urn:throughline:audit:${actor.kind}`, value: actor.id }, display: actor.name }
  const from = address === undefined ? {} : { network: { address, type: '2' as const } }
  const server = { type: coded(dcm('110152', 'Destination Role ID')), who: { display: observer }, requestor: false }
  if (actor.kind === 'system')
    return [{ type: coded(dcm('110153', 'Source Role ID')), who, requestor: true, ...from }, server]
  return [
    { type: coded(dcm('110153', 'Source Role ID')), who: { display: 'Web browser' }, requestor: false, ...from },
    server,
    {
      type: coded({
        system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
        code: 'IRCP',
        display: 'information recipient',
      }),
      who,
      requestor: true,
      ...(actor.role === undefined ? {} : { role: [{ text: actor.role }] }),
    },
  ]
}

function entitiesOf({ person, what, detail, action, requestId }: KeptLine): AuditEventEntity[] {
  const told = Object.entries(detail ?? {}).map(([type, value]) => ({
    type,
    // No text in FHIR is empty.
    valueString: (typeof value === 'string' ? value : JSON.stringify(value)) || '-',
  }))
  const names = detail?.parameters ?? detail?.fields
  return [
    ...(person === undefined
      ? []
      : [
          {
            what: { identifier: { value: person } },
            type: entityType('1', 'Person'),
            role: entityRole('1', 'Patient'),
          },
        ]),
    ...(action === 'E'
      ? [
          {
            type: entityType('2', 'System Object'),
            role: entityRole('24', 'Query'),
            // A search without parameters is one of everything.
            query: Buffer.from((Array.isArray(names) ? names.join('&') : '') || what).toString('base64'),
            ...(told.length === 0 ? {} : { detail: told }),
          },
        ]
      : [
          {
            what: { display: what },
            type: entityType('2', 'System Object'),
            role: entityRole('4', 'Domain Resource'),
            ...(told.length === 0 ? {} : { detail: told }),
          },
        ]),
    ...(requestId === undefined
      ? []
      : [
          {
            what: { identifier: { value: requestId } },
            type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
          },
        ]),
  ]
}

function profileOf({ action, person }: KeptLine): string {
  const name = { C: 'Create', R: 'Read', U: 'Update', D: 'Delete', E: 'Query' }[action]
  return person === undefined ? name : `Patient${name}`
}

function dcm(code: string, display: string): Coding {
  return { system: dicom, code, display }
}

const coded = (coding: Coding) => ({ coding: [coding] })

function entityType(code: string, display: string) {
  return { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code, display }
}

function entityRole(code: string, display: string) {
  return { system: 'http://terminology.hl7.org/CodeSystem/object-role', code, display }
}
