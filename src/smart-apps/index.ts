/**
 * SMART apps: the authorization server through which somebody lets an app read one person's record.
 * Owns the tables app_artifact, app_grant and signing_key. Called by the FHIR door and the apps' consent pages. Never reads a record itself.
 */

export { readApps, type SmartApp } from './clients.ts'
export { type AppActor, type AppGrant, endGrant, grantsOf } from './grants.ts'
export { grantsAppScope, scopeWords } from './scopes.ts'
export { sealedInApps } from './sealed.ts'
export { type AppCaller, type AppServer, type Asked, makeAppServer } from './server.ts'
export { rotateSigningKey } from './signing-keys.ts'
export { forgetArtifacts } from './vault.ts'
