import { makeSecrets, parseSecretKeys, withNewKey } from '../../src/secrets/index.ts'

const ring = parseSecretKeys(withNewKey('', new Date()))

/** Keys of this test file's own. */
export const testSecrets = makeSecrets(() => {
  if (!ring.ok) throw new Error('no keys')
  return ring.value
})
