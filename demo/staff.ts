import { organisations, type SourceId } from './sources.ts'

/** Somebody who may sign in to look after people. */
export type DemoStaff = {
  readonly id: string
  readonly name: string
  readonly role: StaffRole
  readonly organisation: { readonly code: string; readonly name: string }
}

export type StaffRole =
  | 'gp'
  | 'practice-nurse'
  | 'ward-doctor'
  | 'hospital-nurse'
  | 'pharmacist'
  | 'community-nurse'
  | 'social-worker'
  | 'mental-health-worker'
  | 'integration-analyst'
  | 'identity-officer'
  | 'privacy-officer'
  | 'booking-clerk'

/** One for each role that has work to do here, and a second GP so that both practices can be tried. */
export function demoStaff(): readonly DemoStaff[] {
  return [
    staff('gp-rao', 'Dr Helen Lindqvist-Rao', 'gp', 'riverside-gp'),
    staff('gp-okafor', 'Dr Amara Okafor', 'gp', 'market-street-gp'),
    staff('nurse-brandreth', 'Sister Jo Brandreth', 'practice-nurse', 'market-street-gp'),
    staff('doctor-fenwick', 'Dr Moira Fenwick', 'ward-doctor', 'riverton-pas'),
    staff('nurse-adewale', 'Charge Nurse Femi Adewale', 'hospital-nurse', 'riverton-pas'),
    staff('pharmacist-siddall', 'Ruth Siddall', 'pharmacist', 'bridge-pharmacy'),
    staff('nurse-whitehead', 'Nurse Colin Whitehead', 'community-nurse', 'dales-community'),
    staff('social-worker-mokoena', 'Thandi Mokoena', 'social-worker', 'riverton-council'),
    staff('mental-health-abernethy', 'Dr Sunil Abernethy', 'mental-health-worker', 'lowmoor-mental-health'),
    staff('analyst-pryce', 'Gwen Pryce', 'integration-analyst', 'riverton-pas'),
    staff('identity-haddow', 'Martin Haddow', 'identity-officer', 'riverton-pas'),
    staff('privacy-osman', 'Layla Osman', 'privacy-officer', 'riverton-pas'),
    staff('booking-tranter', 'Sheila Tranter', 'booking-clerk', 'riverton-pas'),
  ]
}

function staff(id: string, name: string, role: StaffRole, source: SourceId): DemoStaff {
  const { code, name: organisation } = organisations[source]
  return { id, name, role, organisation: { code, name: organisation } }
}
