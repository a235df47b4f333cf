/** What this server does, told from what it does. @see FHIR R4 capabilitystatement.html; SMART App Launch 2.2 conformance */
import { resourceTypes } from '../fhir/index.ts'
import { supportedParameters } from '../store/index.ts'
import { trailParameters } from './audit-events.ts'
import { refuse } from './refusal.ts'

/** Types that stand inside others or answer questions, and are never held by themselves; the last is of a later FHIR version. */
const notHeld: ReadonlySet<string> = new Set(['Bundle', 'Parameters', 'OperationOutcome', 'SubscriptionStatus'])

/**
 * Whichever way it comes: by an address of its own or in a bundle.
 * @throws Refusal 405 for a type that nobody writes here
 */
export function checkWritable(type: string): void {
  if (type === 'AuditEvent')
    throw refuse(405, 'not-supported', 'The trail is written by what it tells of', 'Send what is to be kept as itself.')
  if (notHeld.has(type))
    throw refuse(
      405,
      'not-supported',
      `A ${type} is not held by itself`,
      'Send its content, or POST a transaction to the base address.',
    )
}

type About = {
  readonly base: string
  readonly tokenUrl: string
  readonly software: { readonly name: string; readonly version: string }
  readonly startedAt: Date
}

/** CapabilityStatement as JSON text. */
export function capabilityText({ base, tokenUrl, software, startedAt }: About): string {
  return JSON.stringify({
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: startedAt.toISOString(),
    kind: 'instance',
    software,
    implementation: { description: `${software.name}: one record from many sources`, url: base },
    fhirVersion: '4.0.1',
    format: ['json', 'xml'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Each source keeps its own Patients and facts. A search that names a parameter which is not supported is refused, unless Prefer: handling=lenient is sent; then the parameter is reported.',
        security: {
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
          extension: [
            {
              url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
              extension: [{ url: 'token', valueUri: tokenUrl }],
            },
          ],
        },
        resource: resourceTypes.filter((type) => !notHeld.has(type)).map(resourceOf),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  })
}

function resourceOf(type: string) {
  if (type === 'AuditEvent')
    return {
      type,
      documentation:
        'The trail of this server, in the shape of IHE BALP. Its scope must be named: system/AuditEvent.rs.',
      supportedProfile: ['https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead'],
      interaction: ['read', 'search-type'].map((code) => ({ code })),
      searchParam: trailParameters,
    }
  const codes = ['read', 'vread', 'update', 'delete', 'history-instance', 'create', 'search-type']
  return {
    type,
    interaction: codes.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'not-match',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'logical'],
    searchParam: supportedParameters(type),
    ...(type === 'Patient'
      ? {
          operation: [
            { name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' },
            { name: 'summary', definition: 'http://hl7.org/fhir/uv/ips/OperationDefinition/summary' },
          ],
        }
      : {}),
  }
}

/** `/.well-known/smart-configuration`. @param oauth where the authorization server stands. @see SMART App Launch 2.2, conformance */
export function smartConfiguration(oauth: string, apps: boolean): Readonly<Record<string, unknown>> {
  const systems = {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['private_key_jwt', ...(apps ? ['none'] : [])],
    token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
  }
  if (!apps)
    return {
      ...systems,
      grant_types_supported: ['client_credentials'],
      scopes_supported: ['system/*.cruds', 'system/*.rs'],
      capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
    }
  return {
    ...systems,
    issuer: oauth,
    jwks_uri: `${oauth}/jwks`,
    authorization_endpoint: `${oauth}/authorize`,
    revocation_endpoint: `${oauth}/revoke`,
    grant_types_supported: ['client_credentials', 'authorization_code', 'refresh_token'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [
      'openid',
      'fhirUser',
      'offline_access',
      'launch/patient',
      'patient/*.rs',
      'system/*.cruds',
      'system/*.rs',
    ],
    capabilities: [
      'launch-standalone',
      'client-public',
      'client-confidential-asymmetric',
      'context-standalone-patient',
      'permission-offline',
      'permission-patient',
      'permission-v1',
      'permission-v2',
      'sso-openid-connect',
    ],
  }
}
