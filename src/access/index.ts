/**
 * Access: who is at the door, what they may do, and the only maker of a Scope.
 * Owns the table session; reads identity's links to know whose record is whose. Called by every outer room before anything is read.
 * Never grants without a line in the trail, and never shows one patient another's record.
 */
export { type Actor, type Patient, type Staff, type System, toAuditActor } from './actor.ts'
export type { Ask } from './ask.ts'
export { formCookie, formKeyField, guardForms, withFormKeys } from './guard-forms.ts'
export {
  openEstate,
  openFeeds,
  openFind,
  openIdentity,
  openList,
  openProgress,
  openSystem,
  openSystemSearch,
  openTrail,
  openWork,
  recordDone,
} from './open-pages.ts'
export {
  type OpenDoubt,
  type OpenedRecord,
  openOwnRecord,
  openRecord,
  openRecordForSystem,
  openRecordsForPack,
  openWriting,
} from './open-record.ts'
export { type OpenedRecordAt, openRecordAt } from './open-record-at.ts'
export { patientPersons } from './patient-person.ts'
export { isStaffRole, mayStaff, type Permission, roleNames, type StaffRole, staffPermissions } from './permissions.ts'
export { readForSystem } from './read-for-systems.ts'
export {
  endSessionsOf,
  forgetSessions,
  formToken,
  idleMinutesMax,
  isFormToken,
  readSession,
  refuseSignIn,
  type SessionProof,
  sessionHoursMax,
  signIn,
  signOut,
} from './session.ts'
export { grantsScope, type Interaction } from './smart-scopes.ts'
export { type StandIn, type StandInPeople, standInProvider } from './stand-in.ts'
export { withTrail } from './trail.ts'
