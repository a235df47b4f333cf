import { createHash } from 'node:crypto'
import type { Source } from '../src/feeds/index.ts'
import { communityExtracts, councilExtracts } from './extracts.ts'

export type SourceId =
  | 'riverside-gp'
  | 'market-street-gp'
  | 'riverton-pas'
  | 'riverton-lab'
  | 'dales-community'
  | 'lowmoor-mental-health'
  | 'bridge-pharmacy'
  | 'riverton-council'

/** The systems of Riverton. Each speaks its own language and none the others'. Organisation codes are of a shape that no real one has. */
export const organisations: Readonly<
  Record<SourceId, { readonly code: string; readonly name: string; readonly system: string }>
> = {
  'riverside-gp': { code: 'Y99901', name: 'Riverside Surgery (synthetic)', system: 'Riverside Surgery: GP record' },
  'market-street-gp': {
    code: 'Y99902',
    name: 'Market Street Practice (synthetic)',
    system: 'Market Street Practice: GP record',
  },
  'riverton-pas': {
    code: 'RZ999',
    name: 'Riverton General Hospital (synthetic)',
    system: 'Riverton General: patient administration',
  },
  'riverton-lab': {
    code: 'RZ999',
    name: 'Riverton General Hospital (synthetic)',
    system: 'Riverton General: laboratory',
  },
  'dales-community': {
    code: 'RZ998',
    name: 'Riverton Dales Community Trust (synthetic)',
    system: 'Riverton Dales: community care',
  },
  'lowmoor-mental-health': {
    code: 'RZ997',
    name: 'Lowmoor Mental Health Trust (synthetic)',
    system: 'Lowmoor: mental health record',
  },
  'bridge-pharmacy': { code: 'FZ999', name: 'Bridge Pharmacy (synthetic)', system: 'Bridge Pharmacy: dispensing' },
  'riverton-council': {
    code: '999',
    name: 'Riverton Council (synthetic)',
    system: 'Riverton Council: adult social care',
  },
}

/** Where each local number is unique. The laboratory files by hospital number: the two systems of one hospital share it. */
export const localSystems: Readonly<Record<SourceId, string>> = {
  'riverside-gp': 'https://riverside-surgery.example/id/patient',
  'market-street-gp': 'https://market-street.example/id/patient',
  'riverton-pas': 'https://riverton-general.example/id/hospital-number',
  'riverton-lab': 'https://riverton-general.example/id/laboratory-number',
  'dales-community': 'https://riverton-dales.example/id/patient',
  'lowmoor-mental-health': 'https://lowmoor.example/id/patient',
  'bridge-pharmacy': 'https://bridge-pharmacy.example/id/patient',
  'riverton-council': 'https://riverton-council.example/id/person',
}

const hospitalAuthorities = {
  NHS: 'https://fhir.nhs.uk/Id/nhs-number',
  RZ999: localSystems['riverton-pas'],
  RIVERLAB: localSystems['riverton-lab'],
  'PV1-10': 'https://fhir.hl7.org.uk/CodeSystem/UKCore-PracticeSettingCodeEngland',
}

/** The eight sources as their owners would declare them. Namespaces are fixed, so that ids stay the same from run to run. */
export function demoSources(): readonly Source[] {
  return [
    source('riverside-gp', 'gp', ['gp-connect'], { nhsNumbersTraced: true }),
    source('market-street-gp', 'gp', ['fhir'], { nhsNumbersTraced: true }),
    source('riverton-pas', 'acute', ['hl7v2'], {
      hl7v2: { sendingApplication: 'RIVERPAS', sendingFacility: 'RZ999', defaultAuthority: 'RZ999' },
      authorities: hospitalAuthorities,
    }),
    source('riverton-lab', 'laboratory', ['hl7v2'], {
      hl7v2: {
        sendingApplication: 'RIVERLAB',
        sendingFacility: 'RZ999',
        defaultAuthority: 'RIVERLAB',
        charset: 'windows-1252',
      },
      authorities: hospitalAuthorities,
    }),
    source('dales-community', 'community', ['csv'], { csv: communityExtracts }),
    source('lowmoor-mental-health', 'mental-health', ['cda'], {
      authorities: {
        '2.16.840.1.113883.2.1.4.1': 'https://fhir.nhs.uk/Id/nhs-number',
        '2.16.840.1.113883.2.1.3.2.4.18.24': localSystems['lowmoor-mental-health'],
      },
      nhsNumbersTraced: true,
    }),
    source('bridge-pharmacy', 'pharmacy', ['fhir'], { nhsNumbersTraced: true }),
    source('riverton-council', 'social-care', ['csv'], { csv: councilExtracts, nhsNumbersTraced: true }),
  ]
}

/** The two that take what others write: the hospital by HL7 v2, a practice by FHIR; where they listen, `throughline demo` says. */
export function accepting(one: Source, ports: { readonly hospital: number; readonly practice: number }): Source {
  const kinds = ['observation', 'allergy', 'problem', 'note'] as const
  const accepts =
    one.id === 'riverton-pas'
      ? ({ kinds, as: 'hl7v2', to: `mllp://127.0.0.1:${ports.hospital}` } as const)
      : one.id === 'market-street-gp'
        ? ({ kinds, as: 'fhir', to: `http://127.0.0.1:${ports.practice}/fhir` } as const)
        : undefined
  return accepts ? { ...one, settings: { ...one.settings, accepts } } : one
}

function source(id: SourceId, kind: Source['kind'], formats: Source['formats'], settings: Source['settings']): Source {
  const { code, name, system } = organisations[id]
  const namespace = createHash('sha256').update(`throughline demo area: ${id}`).digest('hex').slice(0, 32)
  return { id, name: system, kind, organisation: { code, name }, formats, namespace, settings }
}
