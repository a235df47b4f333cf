/** What IHE BALP 1.1 asks of an AuditEvent beyond FHIR R4, read from its profiles. @see https://profiles.ihe.net/ITI/BALP */
import type { AuditEvent } from 'fhir/r4.js'

const subtypes: Readonly<Record<string, readonly string[]>> = {
  Create: ['create'],
  Read: ['read'],
  Update: ['update'],
  Delete: ['delete'],
  Query: ['search'],
}
const actions: Readonly<Record<string, string>> = { Create: 'C', Read: 'R', Update: 'U', Delete: 'D', Query: 'E' }

/** What is wrong; nothing, where it claims no profile of BALP. */
export function balpFaults(event: AuditEvent): readonly string[] {
  const profile = /IHE\.BasicAudit\.(Patient)?(\w+)$/.exec(event.meta?.profile?.[0] ?? '')
  const [, ofPatient, name = ''] = profile ?? []
  const entities = event.entity ?? []
  const role = (code: string) => entities.filter((entity) => entity.role?.code === code)
  const agent = (code: string) => event.agent.filter(({ type }) => type?.coding?.[0]?.code === code)
  const client = agent('110153')[0] ?? agent('110150')[0]
  const rules: readonly (readonly [string, boolean])[] = [
    ['exactly one asked', event.agent.filter(({ requestor }) => requestor).length === 1],
    ['each who asked or answered is named', event.agent.every(({ who }) => who?.display || who?.identifier?.value)],
    ['the client is there', client !== undefined],
    ['the server is there', agent('110152').length === 1 || agent('110151').length === 1],
    ['where it came from is an address', client?.network === undefined || client.network.type !== undefined],
    ['the observer is named', Boolean(event.source.observer.display)],
    ['no detail is empty', entities.every(({ detail }) => detail?.every((one) => one.type && one.valueString) ?? true)],
    ...(profile
      ? ([
          ['it is a restful event', event.type.code === 'rest'],
          ['its subtype is the profile’s', subtypes[name]?.includes(event.subtype?.[0]?.code ?? '') === true],
          ['its action is the profile’s', event.action === actions[name]],
          ['a patient stands in what is about one', role('1').length === (ofPatient ? 1 : 0)],
          ['a query is there, in base64', name !== 'Query' || /^[A-Za-z0-9+/]+=*$/.test(role('24')[0]?.query ?? '')],
          ['what was touched is named', name === 'Query' || Boolean(role('4')[0]?.what)],
        ] as const)
      : []),
  ]
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule)
}
