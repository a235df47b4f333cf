/**
 * Access: who is at the door, what they may do, and the only maker of a Scope.
 * Owns the tables session, draft, policy_version, emergency_access, staff_person, staff_family, proxy_access, patient_choice and data_opt_out; reads identity's links
 * to know whose record is whose. Called by every outer room before anything is read.
 * Never grants without a line in the trail, and never shows one patient another's record.
 */
export { type Actor, type Patient, type Staff, type System, toAuditActor } from './actor.ts'
export type { Ask } from './ask.ts'
export { type Choice, choicesOf, chooseSharing } from './choices.ts'
export {
  type Draft,
  draftHoursMax,
  draftsOf,
  dropDraft,
  forgetDrafts,
  type KeptDraft,
  keepDraft,
  sealedInAccess,
  showDraft,
} from './drafts.ts'
export {
  countEmergencies,
  type Emergency,
  type EmergencyReason,
  type EmergencyUse,
  emergenciesOf,
  emergenciesWaiting,
  emergencyReasons,
  openInEmergency,
  openReview,
  openReviews,
  reasonWords,
  settleReview,
} from './emergency.ts'
export { formCookie, formKeyField, guardForms, withFormKeys } from './guard-forms.ts'
export { type Limited, limitedBy } from './limited.ts'
export { type ListKind, type ListRow, listColumns, listKinds, parseList, takeInList } from './lists.ts'
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
  narrowedForApp,
  type OpenDoubt,
  type OpenedRecord,
  openOwnRecord,
  openRecord,
  openRecordForSystem,
  openRecordsForPack,
  openWriting,
  type WhyOpen,
} from './open-record.ts'
export { type OpenedRecordAt, openRecordAt } from './open-record-at.ts'
export { optOutsOf, takeInOptOuts, withoutOptedOut } from './opt-outs.ts'
export { answerOtherQuestion, type OtherAnswer } from './other-questions.ts'
export { patientPersons } from './patient-person.ts'
export { isStaffRole, mayStaff, type Permission, roleNames, type StaffRole, staffPermissions } from './permissions.ts'
export {
  type Answer,
  answers,
  answerWords,
  type Category,
  categories,
  categoryWords,
  type Decision,
  decide,
  defaultPolicy,
  hiddenFrom,
  limitWords,
  type Policy,
  type PolicyLimits,
  parsePolicy,
  readingRoles,
  ruleWords,
  type Situation,
  type SystemRule,
  situations,
  situationWords,
  systemRules,
  systemRuleWords,
} from './policy.ts'
export { type PolicyVersion, policyInForce } from './policy-in-force.ts'
export {
  answerPolicyQuestion,
  changePolicy,
  changesBetween,
  openPolicy,
  type PolicyAnswer,
} from './policy-versions.ts'
export { type ActsFor, beginActing, endProxy, mayEnd, openActsFor, proxiesOf, stopActing } from './proxies.ts'
export {
  basisWords,
  type ProxyAccess,
  type ProxyBasis,
  type ProxyPart,
  partWords,
  proxyBases,
  proxyParts,
  whyNoProxy,
} from './proxy-rules.ts'
export { readForSystem } from './read-for-systems.ts'
export { type Relationship, relationshipsOf } from './relationships.ts'
export {
  type EndedSession,
  endedSession,
  endSessionsOf,
  forgetSessions,
  formToken,
  idleMinutesMax,
  isFormToken,
  isSame,
  type LiveSession,
  lookAtSession,
  proveAgain,
  readSession,
  recordOwnAct,
  refuseSignIn,
  type SessionProof,
  sessionHoursMax,
  sessionName,
  signIn,
  signOut,
} from './session.ts'
export { grantsScope, type Interaction, namedOnly } from './smart-scopes.ts'
export { type StandIn, type StandInPeople, standInProvider } from './stand-in.ts'
export { tellBrokenOff, withTrail } from './trail.ts'
