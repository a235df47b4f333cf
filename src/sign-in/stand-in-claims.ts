/** What CIS2 and NHS login would say of the demo's invented people: same claims, same shapes. */
import type { StaffRole, StandInPeople } from '../access/index.ts'
import type { Claims } from './provider.ts'

export const trustmarkOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/trustmark`

/** National codes under which the shipped rules know each role (deploy/staff-roles.json). */
const codesOf: Readonly<Record<StaffRole, readonly [role: string, ...activities: readonly string[]]>> = {
  clinician: ['R8000', 'B0380', 'B0360'],
  nurse: ['R8001', 'B0380', 'B0360'],
  pharmacist: ['R8003', 'B0380'],
  'social-worker': ['R8003', 'B0360'],
  'integration-analyst': ['R8015', 'B0062'],
  'identity-officer': ['R8012', 'B0825'],
  'privacy-officer': ['R0001', 'B0011'],
  'booking-clerk': ['R8010', 'B0820'],
  'digital-leader': ['R8012', 'B0011'],
}

export function staffClaims({ id, name, role, organisation }: StandInPeople['staff'][number]): Claims {
  const [code, ...activities] = codesOf[role]
  const roleId = `role-of-${id}`
  return {
    name,
    nhsid_useruid: id,
    nhsid_nrbac_roles: [
      {
        person_orgid: `org-of-${id}`,
        person_roleid: roleId,
        org_code: organisation.code,
        role_code: `S8000:G8000:${code}`,
        activity_codes: activities,
      },
    ],
    nhsid_user_orgs: [{ org_code: organisation.code, org_name: organisation.name }],
    selected_roleid: roleId,
    authentication_assurance_level: '3',
    id_assurance_level: '3',
  }
}

export function patientClaims(
  { name, nhsNumber, birthDate }: StandInPeople['patients'][number],
  issuer: string,
): Claims {
  const words = name.split(' ')
  const family = words.pop() ?? name
  return {
    vot: 'P9.Cp.Cd',
    vtm: trustmarkOf(issuer),
    identity_proofing_level: 'P9',
    nhs_number: nhsNumber,
    birthdate: birthDate,
    given_name: words.join(' '),
    family_name: family,
  }
}
