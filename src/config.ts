import { z } from 'zod'
import { type DueKind, type Parsed, right, usualLimits } from './base/index.ts'

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
/** How tokens are signed: by key pairs only. A shared secret or `none` is no choice. */
const signing = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS512', 'ES256', 'ES384', 'ES512'])
const port = z.coerce.number().int().min(0).max(65_535)

/** A host that only this machine reaches. */
export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** What is open to whoever holds the file must not fall to a guess. */
export const passphraseMin = 14
export const passphraseTooShort = `A passphrase for downtime packs has at least ${passphraseMin} characters`

/** Every setting there is; docs/configuration.md says what each is for. */
const environment = z
  .object({
    THROUGHLINE_MODE: z.enum(['demo', 'production']).default('demo'),
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: port.default(8420),
    MLLP_HOST: z.string().min(1).optional(),
    MLLP_PORT: port.default(2575),
    MLLP_TLS_KEY: z.string().optional(),
    MLLP_TLS_CERT: z.string().optional(),
    MLLP_TLS_CA: z.string().optional(),
    MLLP_FRAME_MAX: z.coerce.number().int().min(1_000).max(256_000_000).default(16_000_000),
    BODY_MAX: z.coerce.number().int().min(1_000).max(256_000_000).default(32_000_000),
    ANSWER_MAX: z.coerce.number().int().min(10_000).max(500_000_000).default(64_000_000),
    /** Addresses and networks whose X-Forwarded-For is believed, with commas between them. */
    TRUSTED_PROXIES: z
      .string()
      .regex(/^[0-9a-fA-F.:/, ]+$/, 'addresses and networks (10.0.0.0/8), with commas between them')
      .optional(),
    RATE_ADDRESS_MAX: z.coerce.number().int().min(1).max(10_000_000).default(6_000),
    RATE_SESSION_MAX: z.coerce.number().int().min(1).max(10_000_000).default(600),
    RATE_SYSTEM_MAX: z.coerce.number().int().min(1).max(100_000_000).default(600_000),
    CONNECTIONS_MAX: z.coerce.number().int().min(10).max(100_000).default(2_000),
    SECURITY_CONTACT: z
      .string()
      .regex(/^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'mailto:… or https://…')
      .optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    /** Threads that work on messages beside the one that answers people. Absent: one, where there is a second processor. */
    INGEST_THREADS: z.coerce.number().int().min(0).max(8).optional(),
    DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(12),
    DATA_DIR: z.string().min(1).default('./data'),
    ESTATE_KEY: z.string().min(16).max(200).optional(),
    CIS2_ISSUER: z.url({ protocol: /^https$/ }).optional(),
    CIS2_CLIENT_ID: z.string().min(1).max(200).optional(),
    CIS2_KEY_FILE: z.string().min(1).optional(),
    CIS2_KEY_ID: z.string().min(1).max(200).default('1'),
    CIS2_KEY_ALGORITHM: signing.default('RS512'),
    CIS2_ID_TOKEN_ALGORITHM: signing.default('RS256'),
    CIS2_ACR_VALUES: z
      .string()
      .regex(/^[A-Z0-9_]+( [A-Z0-9_]+)*$/)
      .default('AAL2_OR_AAL3_ANY'),
    CIS2_ACR_ADMITTED: z
      .string()
      .regex(/^[A-Z0-9_]+( [A-Z0-9_]+)*$/)
      .default('AAL3_ANY AAL2_ANY AAL2_OR_AAL3_ANY'),
    CIS2_ACR_STRONG: z
      .string()
      .regex(/^[A-Z0-9_]+( [A-Z0-9_]+)*$/)
      .default('AAL3_ANY AAL3_FIDO2 AAL3_IOS AAL3_N3_SMARTCARD AAL3_CIS2_SMARTCARD AAL3_SMARTCARD'),
    CONFIRM_MINUTES: z.coerce.number().int().min(1).max(720).default(30),
    NHS_LOGIN_ISSUER: z.url({ protocol: /^https$/ }).optional(),
    NHS_LOGIN_CLIENT_ID: z.string().min(1).max(200).optional(),
    NHS_LOGIN_KEY_FILE: z.string().min(1).optional(),
    NHS_LOGIN_KEY_ID: z.string().min(1).max(200).default('1'),
    NHS_LOGIN_KEY_ALGORITHM: signing.default('RS512'),
    NHS_LOGIN_ID_TOKEN_ALGORITHM: signing.default('RS512'),
    NHS_LOGIN_VECTORS: z
      .string()
      .regex(/^P9(\.C[pdkm])+( P9(\.C[pdkm])+)*$/, 'expected vectors such as P9.Cp.Cd P9.Cm: the record is for P9 only')
      .default('P9.Cp.Cd P9.Cp.Ck P9.Cm'),
    PATIENT_AGE_MIN: z.coerce.number().int().min(13).max(120).default(13),
    STAFF_ROLES_FILE: z.string().min(1).optional(),
    APPS_FILE: z.string().min(1).optional(),
    SECRETS_KEY_FILE: z.string().min(1).optional(),
    CLIENTS_FILE: z.string().min(1).optional(),
    /** Hours until what waits is overdue: `critical=4,other=72`. Kinds that are not named keep their own. */
    WORK_DUE_HOURS: z
      .string()
      .regex(
        /^(?:critical|abnormal|other|task|identity)=\d{1,4}(?:,(?:critical|abnormal|other|task|identity)=\d{1,4})*$/,
        'kind=hours, with commas between them; the kinds are critical, abnormal, other, task, identity',
      )
      .transform((text) => ({
        ...usualLimits.dueHours,
        ...(Object.fromEntries(
          text.split(',').map((one) => [one.split('=')[0] ?? '', Number(one.split('=')[1])]),
        ) as Partial<Record<DueKind, number>>),
      }))
      .refine(
        ({ critical, abnormal, other }) => critical >= 1 && critical <= abnormal && abnormal <= other,
        'at least an hour, and a graver result is never due after a lesser one: critical, abnormal, other',
      )
      .default(usualLimits.dueHours),
    RESULT_HISTORY_DAYS: z.coerce.number().int().min(1).max(3_650).default(usualLimits.historyDays),
    MARKED_DAYS: z.coerce.number().int().min(1).max(3_650).default(usualLimits.markedDays),
    MEDICINES_FILE: z.string().min(1).optional(),
    AUDIT_KEY_FILE: z.string().min(1).optional(),
    AUDIT_ORIGIN: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.:/-]{0,99}$/)
      .optional(),
    /** Days that lines of the trail are kept, by kind: `sign-in=2555,*=3650`. A kind without a term is kept for ever. */
    AUDIT_RETENTION: z
      .string()
      .regex(/^(?:[a-z-]+|\*)=\d{2,5}(?:,(?:[a-z-]+|\*)=\d{2,5})*$/, 'kind=days, with commas between them')
      .transform((text) =>
        Object.fromEntries(text.split(',').map((one) => [one.split('=')[0] ?? '', Number(one.split('=')[1])])),
      )
      .optional(),
    AUDIT_WITNESS_FILE: z.string().min(1).optional(),
    AUDIT_WITNESS_URL: z.url({ protocol: /^https?$/ }).optional(),
    AUDIT_WITNESS_SECONDS: z.coerce.number().int().min(1).max(86_400).default(60),
    OUTBOUND_KEY: z.string().min(1).optional(),
    OUTBOUND_LOOPBACK: flag.optional(),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    DEMO_PEOPLE: z.coerce.number().int().min(0).max(100_000).default(500),
    DEMO_SEED: z.coerce.number().int().default(2026),
    DOWNTIME_PASSPHRASE: z.string().min(passphraseMin, passphraseTooShort).optional(),
    DOWNTIME_PASSPHRASE_FILE: z.string().min(1).optional(),
    DOWNTIME_HOUR: z.coerce.number().int().min(0).max(23).optional(),
    DOWNTIME_DIR: z.string().min(1).optional(),
    DOWNTIME_KEEP_HOURS: z.coerce.number().int().min(1).max(8_760).default(72),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    LOG_TO_TERMINAL: flag.optional(),
  })
  .refine(
    ({ CIS2_ISSUER: issuer, CIS2_CLIENT_ID: id, CIS2_KEY_FILE: key }) =>
      [issuer, id, key].every(Boolean) || ![issuer, id, key].some(Boolean),
    {
      path: ['CIS2_ISSUER'],
      message: 'sign-in by CIS2 needs all of CIS2_ISSUER, CIS2_CLIENT_ID and CIS2_KEY_FILE',
    },
  )
  .refine(
    ({ NHS_LOGIN_ISSUER: issuer, NHS_LOGIN_CLIENT_ID: id, NHS_LOGIN_KEY_FILE: key }) =>
      [issuer, id, key].every(Boolean) || ![issuer, id, key].some(Boolean),
    {
      path: ['NHS_LOGIN_ISSUER'],
      message: 'sign-in by NHS login needs all of NHS_LOGIN_ISSUER, NHS_LOGIN_CLIENT_ID and NHS_LOGIN_KEY_FILE',
    },
  )
  // Half a TLS setting must never mean no TLS.
  .refine(({ MLLP_TLS_KEY: key, MLLP_TLS_CERT: cert, MLLP_TLS_CA: ca }) => (key && cert) || !(key || cert || ca), {
    path: ['MLLP_TLS_KEY'],
    message: 'TLS needs both MLLP_TLS_KEY and MLLP_TLS_CERT; MLLP_TLS_CA works with these only',
  })
  // A checkpoint holds nothing of a patient; but who could change it on its way could also witness another trail than ours.
  .refine(
    ({ THROUGHLINE_MODE: mode, AUDIT_WITNESS_URL: url }) =>
      url === undefined || url.startsWith('https:') || (mode === 'demo' && isLoopbackName(new URL(url).hostname)),
    { path: ['AUDIT_WITNESS_URL'], message: 'a witness is reached by https only, or on this machine in the demo' },
  )
  .refine(
    ({ DOWNTIME_HOUR: hour, DOWNTIME_PASSPHRASE: phrase, DOWNTIME_PASSPHRASE_FILE: file }) =>
      hour === undefined || phrase !== undefined || file !== undefined,
    {
      path: ['DOWNTIME_HOUR'],
      message: 'downtime packs each night need DOWNTIME_PASSPHRASE or DOWNTIME_PASSPHRASE_FILE',
    },
  )
  // Cookies and records of real people never cross a network in the clear: others reach us through a proxy that speaks TLS.
  .refine(
    ({ THROUGHLINE_MODE: mode, HOST: host, PUBLIC_URL: url }) =>
      mode !== 'production' || (url === undefined ? isLoopbackName(host) : url.startsWith('https:')),
    {
      path: ['PUBLIC_URL'],
      message: 'production needs an address that begins with https:, served by a proxy before us',
    },
  )

export type Config = z.infer<typeof environment>

/**
 * Reads the settings from the environment, once.
 * @returns every setting that cannot be used, with what was expected
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Parsed<Config> {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''))
  const parsed = environment.safeParse(given)
  if (parsed.success) return right(parsed.data)
  return {
    ok: false,
    issues: parsed.error.issues.map((issue) => ({
      place: issue.path.join('.'),
      message: issue.message,
      remedy: 'See docs/configuration.md.',
    })),
  }
}
