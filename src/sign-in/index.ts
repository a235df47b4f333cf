/**
 * Sign-in: who somebody is, proven by NHS CIS2 (staff) and NHS login (patients), and which role that makes them here.
 * Owns the tables sign_in_attempt, login_link and used_assertion. Called by the pages. Never opens a record, and never believes a browser.
 */
export { attemptMinutesMax, forgetAttempts, useAssertionOnce } from './attempts.ts'
export { endByProvider } from './back-channel.ts'
export type { Choosing, Confirmed, Confirms, Door, Entered, Outcome, TurnedAway } from './door.ts'
export { type AppDoor, type Doors, makeDoors, type ProviderConfig, type SignInSettings } from './doors.ts'
export type { Refusal } from './refusals.ts'
export { type RoleRules, readRoleRules } from './role-rules.ts'
export type { RoleChoice } from './staff-claims.ts'
export { makeStandIn } from './stand-in.ts'
export { mountStandIn } from './stand-in-agent.ts'
