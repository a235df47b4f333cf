/**
 * Outside: the one way to speak to another machine. Every address is looked at before it is used, and what its name leads to is looked at again.
 * Owns no table. Called by whoever sends: deliveries, witnesses, identity providers; test/attacks/ssrf.test.ts holds that nobody else opens a
 * connection. Never follows a redirect, waits for ever, or reads without end.
 */
export { ask, type HttpAnswer } from './ask.ts'
export { guardedFetch, type OutsideRequest } from './fetch.ts'
export { bareHost, checkUrl, type Guard, guardedLookup, whyNotAddress } from './guard.ts'
