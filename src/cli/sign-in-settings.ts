import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../base/index.ts'
import type { Config } from '../config.ts'
import { type ProviderConfig, readRoleRules, type SignInSettings } from '../sign-in/index.ts'
import { projectRoot } from './places.ts'

/** Sign-in as the settings say it. @throws Problem 'invalid' when a file that they name cannot be used */
export function signInSettings(config: Config): SignInSettings {
  const cis2 = providerOf(
    { issuer: config.CIS2_ISSUER, clientId: config.CIS2_CLIENT_ID, keyFile: config.CIS2_KEY_FILE },
    {
      keyId: config.CIS2_KEY_ID,
      keyAlgorithm: config.CIS2_KEY_ALGORITHM,
      idTokenAlgorithm: config.CIS2_ID_TOKEN_ALGORITHM,
    },
  )
  const nhsLogin = providerOf(
    { issuer: config.NHS_LOGIN_ISSUER, clientId: config.NHS_LOGIN_CLIENT_ID, keyFile: config.NHS_LOGIN_KEY_FILE },
    {
      keyId: config.NHS_LOGIN_KEY_ID,
      keyAlgorithm: config.NHS_LOGIN_KEY_ALGORITHM,
      idTokenAlgorithm: config.NHS_LOGIN_ID_TOKEN_ALGORITHM,
    },
  )
  return {
    staffRules: readRoleRules(config.STAFF_ROLES_FILE ?? join(projectRoot, 'deploy', 'staff-roles.json')),
    acrValues: config.CIS2_ACR_VALUES,
    acrs: config.CIS2_ACR_ADMITTED.split(' '),
    strongAcrs: config.CIS2_ACR_STRONG.split(' '),
    vectors: config.NHS_LOGIN_VECTORS.split(' '),
    ageMin: config.PATIENT_AGE_MIN,
    ...(cis2 ? { cis2 } : {}),
    ...(nhsLogin ? { nhsLogin } : {}),
  }
}

function providerOf(
  {
    issuer,
    clientId,
    keyFile,
  }: {
    readonly issuer: string | undefined
    readonly clientId: string | undefined
    readonly keyFile: string | undefined
  },
  rest: Pick<ProviderConfig, 'keyId' | 'keyAlgorithm' | 'idTokenAlgorithm'>,
): ProviderConfig | undefined {
  if (issuer === undefined || clientId === undefined || keyFile === undefined) return undefined
  try {
    return { issuer, clientId, keyPem: readFileSync(keyFile, 'utf8'), ...rest }
  } catch (cause) {
    throw new Problem(
      'invalid',
      `The key file of our client at ${issuer} cannot be read: ${keyFile}`,
      'Correct the path.',
      cause,
    )
  }
}
