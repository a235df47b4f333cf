/** What production never starts with: each refusal names the setting and how to mend it. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoSources } from '../../demo/index.ts'
import { type Issue, type Pool, Problem } from '../base/index.ts'
import { type Config, isLoopbackName } from '../config.ts'
import { readClients } from './clients.ts'
import { checkPrivateFile } from './private-file.ts'
import { secretKeysPath } from './secret-keys.ts'
import { signInSettings } from './sign-in-settings.ts'

type Check = (config: Config) => readonly (Issue | undefined)[]

/** Settings that hold a secret, or name a file that holds one. */
const secretFiles = [
  'SECRETS_KEY_FILE',
  'AUDIT_KEY_FILE',
  'CIS2_KEY_FILE',
  'NHS_LOGIN_KEY_FILE',
  'OUTBOUND_KEY',
  'MLLP_TLS_KEY',
  'DOWNTIME_PASSPHRASE_FILE',
] as const
const secrets = ['ESTATE_KEY', 'DOWNTIME_PASSPHRASE'] as const

const checks: readonly Check[] = [
  guessableSecrets,
  openFiles,
  weakKeys,
  clearDatabase,
  believesAnybody,
  testSignIn,
  anyOrganisation,
  demoClients,
  demoFolder,
]

/** Every weak setting of production; none in the demo. What stands in a setting or a file is never repeated. */
export function weakSettings(config: Config): readonly Issue[] {
  if (config.THROUGHLINE_MODE !== 'production') return []
  return checks.flatMap((check) => check(config)).filter((issue) => issue !== undefined)
}

/** @throws Problem 'invalid' with every refusal and its remedy, one a line */
export function refuseWeakSettings(config: Config): void {
  const issues = weakSettings(config)
  if (issues.length === 0) return
  throw new Problem(
    'invalid',
    ['Production does not start with weak settings:', ...issues.map(told)].join('\n'),
    'See docs/configuration.md.',
  )
}

/** @throws Problem 'invalid' when a production server is given the demo's database: invented people would stand among real ones */
export async function refuseDemoData(sql: Pool, config: Config): Promise<void> {
  if (config.THROUGHLINE_MODE !== 'production') return
  const demo = demoSources().map(({ id, organisation }) => `${id} ${organisation.code}`)
  const [found] = await sql<{ id: string }[]>`
    select id from source where id || ' ' || organisation_code = any(${[...demo]}) or id = 'demo-system' order by id limit 1`
  if (!found) return
  throw new Problem(
    'invalid',
    `This database holds the demo's invented people (source ${found.id})`,
    'Give production a database of its own: another DATABASE_URL, or another DATA_DIR.',
  )
}

const told = ({ place, message, remedy }: Issue) => `- ${place}: ${message}. ${remedy ?? ''}`
const issue = (place: string, message: string, remedy: string): Issue => ({ place, message, remedy })

/** Words that stand in examples, in manuals and in lists of those who try. */
const guessable =
  /change.?me|password|passw0rd|secret|example|default|demo|test|letmein|qwerty|12345|abcde|correct horse battery|throughline|hospital/i

function isGuessable(text: string): boolean {
  return guessable.test(text) || new Set(text).size < 8
}

function guessableSecrets(config: Config) {
  return secrets.map((name) =>
    config[name] !== undefined && isGuessable(config[name])
      ? issue(name, 'it can be guessed', 'Make one with: openssl rand -base64 24')
      : undefined,
  )
}

function openFiles(config: Config) {
  return secretFiles.map((name) => {
    const path = config[name]
    try {
      if (path !== undefined) checkPrivateFile(name, path)
      // Without it there is a remedy too, which is told in the same list.
      else if (name === 'SECRETS_KEY_FILE') secretKeysPath(config)
      return undefined
    } catch (thrown) {
      if (thrown instanceof Problem) return issue(name, thrown.message, thrown.remedy)
      throw thrown
    }
  })
}

function isWeak(key: KeyObject): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) < 2048
  if (type === 'ec') return !['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? '')
  return type !== 'ed25519'
}

/** A key that cannot be read is told by whoever reads it. */
function weakKeys(config: Config) {
  const own = (['CIS2_KEY_FILE', 'NHS_LOGIN_KEY_FILE', 'OUTBOUND_KEY', 'MLLP_TLS_KEY'] as const).map((name) => {
    const key = readable(() => createPrivateKey(readFileSync(config[name] ?? '')))
    return key !== undefined && isWeak(key)
      ? issue(
          name,
          'the key is too weak',
          'Make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072',
        )
      : undefined
  })
  const clients = (readable(() => readClients(config.CLIENTS_FILE)) ?? []).flatMap(({ id, keys }) =>
    (keys?.keys ?? []).map((jwk) => {
      const key = readable(() => createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }))
      return key === undefined || isWeak(key)
        ? issue(
            'CLIENTS_FILE',
            `a key of ${id} is too weak`,
            'Ask for one of RSA with 2048 bits or more, or of EC P-256 or more.',
          )
        : undefined
    }),
  )
  return [...own, ...clients]
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The database sees everything; the connection to another machine is sealed, and that machine proves its name. */
function clearDatabase({ DATABASE_URL: text }: Config) {
  if (text === undefined) return []
  const url = new URL(text)
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  if (host === '' || host.startsWith('/') || isLoopbackName(host.replace(/^\[|\]$/g, ''))) return []
  const mode = url.searchParams.get('sslmode') ?? ''
  return [
    ['require', 'verify-ca', 'verify-full'].includes(mode)
      ? undefined
      : issue(
          'DATABASE_URL',
          'the database is on another machine, and the way there is not sealed',
          'Add sslmode=verify-full to it, and sslrootcert=<file> where the certificate is of your own authority.',
        ),
    url.password !== '' && (isGuessable(decodeURIComponent(url.password)) || url.password === url.username)
      ? issue('DATABASE_URL', 'the password can be guessed', 'Give the account another: openssl rand -base64 24')
      : undefined,
  ]
}

function believesAnybody({ TRUSTED_PROXIES: proxies }: Config) {
  const wide = proxies?.split(',').some((one) => /\/0+$/.test(one.trim()))
  return [
    wide
      ? issue('TRUSTED_PROXIES', 'everybody would be believed about where they come from', 'Name your proxies alone.')
      : undefined,
  ]
}

/** Where anybody makes an account, or a password is enough. */
function testSignIn(config: Config) {
  const issuers = (['CIS2_ISSUER', 'NHS_LOGIN_ISSUER'] as const).map((name) => {
    const host = config[name] === undefined ? '' : new URL(config[name]).hostname
    return /(^|[.-])(sandpit|aos|(?:nhs)?(?:int|dev|dep|deptest)|ptl|ptlstaging|test|sandbox|mock)([.-]|$)/.test(host)
      ? issue(name, 'this provider is for testing: its people prove nothing', 'Name the live provider.')
      : undefined
  })
  const weak = config.CIS2_ACR_ADMITTED.split(' ').find((acr) => acr.startsWith('AAL1'))
  return [
    ...issuers,
    weak === undefined
      ? undefined
      : issue('CIS2_ACR_ADMITTED', `${weak} is a password alone`, 'Admit levels of AAL2 and AAL3 only.'),
  ]
}

function anyOrganisation(config: Config) {
  if (config.CIS2_ISSUER === undefined) return []
  const rules = readable(() => signInSettings(config).staffRules)
  return [
    rules?.organisations === 'any'
      ? issue(
          'STAFF_ROLES_FILE',
          'staff of every organisation in the country would be let in',
          'Copy deploy/staff-roles.json, and list the ODS codes of those that share this record under organisations.',
        )
      : undefined,
  ]
}

function demoClients({ CLIENTS_FILE: path }: Config) {
  const known = readable(() => readClients(path)) ?? []
  return known.map(({ id }) =>
    /^demo-/.test(id)
      ? issue('CLIENTS_FILE', `${id} is a name of the demo`, 'Give this system another id.')
      : undefined,
  )
}

function demoFolder({ DATA_DIR: folder }: Config) {
  return [
    existsSync(join(folder, 'demo.json'))
      ? issue('DATA_DIR', "it holds the demo's invented people", 'Give production a folder of its own.')
      : undefined,
  ]
}
