/** OIDs of CDA and their FHIR systems. An OID that is not here stays `urn:oid:…`. @see facts/legacy-formats.md §3, identity.md §3, §8, §9 */
import { authoritySystem, type Source } from '../source.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'

const codeSystems: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  // The UK edition of SNOMED CT has an OID of its own in NHS documents.
  '2.16.840.1.113883.2.1.3.2.4.15': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.3': 'http://hl7.org/fhir/sid/icd-10',
  '2.16.840.1.113883.6.90': 'http://hl7.org/fhir/sid/icd-10-cm',
  '2.16.840.1.113883.6.103': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.104': 'http://hl7.org/fhir/sid/icd-9-cm',
  '2.16.840.1.113883.6.88': 'http://www.nlm.nih.gov/research/umls/rxnorm',
  '2.16.840.1.113883.6.69': 'http://hl7.org/fhir/sid/ndc',
  '2.16.840.1.113883.6.12': 'http://www.ama-assn.org/go/cpt',
  '2.16.840.1.113883.12.292': 'http://hl7.org/fhir/sid/cvx',
  '2.16.840.1.113883.6.59': 'http://hl7.org/fhir/sid/cvx',
  '2.16.840.1.113883.12.227': 'http://hl7.org/fhir/sid/mvx',
  '2.16.840.1.113883.4.9': 'http://fdasis.nlm.nih.gov',
  '2.16.840.1.113883.6.8': 'http://unitsofmeasure.org',
  '2.16.840.1.113883.3.26.1.1': 'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl',
  '2.16.840.1.113883.6.101': 'http://nucc.org/provider-taxonomy',
  '2.16.840.1.113883.6.238': 'urn:oid:2.16.840.1.113883.6.238',
  '2.16.840.1.113883.5.1': `${hl7}/v3-AdministrativeGender`,
  '2.16.840.1.113883.5.2': `${hl7}/v3-MaritalStatus`,
  '2.16.840.1.113883.5.4': `${hl7}/v3-ActCode`,
  '2.16.840.1.113883.5.6': `${hl7}/v3-ActClass`,
  '2.16.840.1.113883.5.7': `${hl7}/v3-ActPriority`,
  '2.16.840.1.113883.5.8': `${hl7}/v3-ActReason`,
  '2.16.840.1.113883.5.25': `${hl7}/v3-Confidentiality`,
  '2.16.840.1.113883.5.60': `${hl7}/v3-LanguageAbilityMode`,
  '2.16.840.1.113883.5.61': `${hl7}/v3-LanguageAbilityProficiency`,
  '2.16.840.1.113883.5.83': `${hl7}/v3-ObservationInterpretation`,
  '2.16.840.1.113883.5.88': `${hl7}/v3-ParticipationType`,
  '2.16.840.1.113883.5.110': `${hl7}/v3-RoleClass`,
  '2.16.840.1.113883.5.111': `${hl7}/v3-RoleCode`,
  '2.16.840.1.113883.5.112': `${hl7}/v3-RouteOfAdministration`,
  '2.16.840.1.113883.5.1008': `${hl7}/v3-NullFlavor`,
  '2.16.840.1.113883.5.1076': `${hl7}/v3-ReligiousAffiliation`,
  '2.16.840.1.113883.12.112': `${hl7}/v2-0112`,
}

export function codeSystem(oid: string): string {
  if (Object.hasOwn(codeSystems, oid)) return codeSystems[oid] ?? ''
  return /^[0-9.]+$/.test(oid) ? `urn:oid:${oid}` : /^[0-9a-f-]{36}$/i.test(oid) ? `urn:uuid:${oid.toLowerCase()}` : oid
}

/** NHS numbers: verified, and given but not verified. The status is said by the OID alone. */
export const nhsNumberRoots: Readonly<Record<string, '01' | '02'>> = {
  '2.16.840.1.113883.2.1.4.1': '01',
  '2.16.840.1.113883.2.1.3.2.4.18.23': '02',
}

const identifierSystems: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.2.1.4.1': 'https://fhir.nhs.uk/Id/nhs-number',
  '2.16.840.1.113883.2.1.3.2.4.18.23': 'https://fhir.nhs.uk/Id/nhs-number',
  '2.16.840.1.113883.2.1.3.2.4.19.1': 'https://fhir.nhs.uk/Id/ods-organization-code',
  '2.16.840.1.113883.2.1.3.2.4.19.2': 'https://fhir.nhs.uk/Id/ods-site-code',
  '1.2.826.0.1285.0.2.0.65': 'https://fhir.nhs.uk/Id/sds-user-id',
  '1.2.826.0.1285.0.2.0.67': 'https://fhir.nhs.uk/Id/sds-role-profile-id',
  '2.16.840.1.113883.4.1': 'http://hl7.org/fhir/sid/us-ssn',
  '2.16.840.1.113883.4.6': 'http://hl7.org/fhir/sid/us-npi',
}

/** One OID that all NHS organisations use for their own numbers: only with the name of who gave it is a number one person's. */
const sharedRoots = new Set([
  '2.16.840.1.113883.2.1.3.2.4.18.24',
  '2.16.840.1.113883.2.1.3.2.4.18.35',
  '2.16.840.1.113883.2.1.3.2.4.18.34',
])

/** The system of an `id`: declared by the source's owner, known, its OID or UUID, or one of this source's own. */
export function identifierSystem(source: Source, root: string, assigner: string | undefined): string {
  const declared = source.settings.authorities
  if (declared && Object.hasOwn(declared, root)) return authoritySystem(source, root)
  if (Object.hasOwn(identifierSystems, root)) return identifierSystems[root] ?? ''
  if (sharedRoots.has(root)) return authoritySystem(source, assigner ?? root)
  if (/^[0-9]+(\.[0-9]+)+$/.test(root)) return `urn:oid:${root}`
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(root))
    return `urn:uuid:${root.toLowerCase()}`
  return authoritySystem(source, root)
}
