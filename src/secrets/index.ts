/**
 * Secrets: what is kept sealed at rest, and the ring of keys that seals it.
 * Owns no table: each room seals what it keeps, and tells here how it is sealed anew when keys change. Never reads a file and never logs.
 */
export { parseSecretKeys, prunedKeys, type SecretKey, type SecretKeys, withNewKey } from './keys.ts'
export { keyOf, makeSecrets, type Secrets } from './seal.ts'
