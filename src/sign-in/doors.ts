/** Both doors, from their settings: in the demo each leads to its stand-in, in production to CIS2 and NHS login. */
import { importPKCS8 } from 'jose'
import type { Patient, Staff, StandIn } from '../access/index.ts'
import { type Clock, type Pool, Problem } from '../base/index.ts'
import type { Secrets } from '../secrets/index.ts'
import { type Confirms, type Door, judgedStaff, makeDoor, type Outcome } from './door.ts'
import { patientOf } from './patient-claims.ts'
import { makeProvider, type Provider } from './provider.ts'
import type { RoleRules } from './role-rules.ts'
import { staffOf } from './staff-claims.ts'
import { demoKey, makeStandIn, type StandInIdp } from './stand-in.ts'
import { makeAgent } from './stand-in-agent.ts'
import { patientClaims, staffClaims, trustmarkOf } from './stand-in-claims.ts'

/** A provider as an operator sets it. */
export type ProviderConfig = {
  readonly issuer: string
  readonly clientId: string
  /** PEM, PKCS #8. */
  readonly keyPem: string
  readonly keyId: string
  readonly keyAlgorithm: string
  readonly idTokenAlgorithm: string
}

export type SignInSettings = {
  readonly staffRules: RoleRules
  /** Asked of CIS2. */
  readonly acrValues: string
  /** Admitted from it. */
  readonly acrs: readonly string[]
  /** Those of them that are enough for what is risky. */
  readonly strongAcrs: readonly string[]
  /** NHS login: vectors, any of which opens the record. */
  readonly vectors: readonly string[]
  readonly ageMin: number
  readonly cis2?: ProviderConfig
  readonly nhsLogin?: ProviderConfig
}

export type SignInNeeds = {
  readonly sql: Pool
  readonly clock: Clock
  readonly settings: SignInSettings
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string
  readonly mode: 'demo' | 'production'
  readonly standIn: StandIn | undefined
  /** Seals what is kept of the provider's answers. */
  readonly secrets: Secrets
}

export type AppDoor<A extends Staff | Patient> = Door<A> & {
  /** The demo: goes to the stand-in and back as the person who was pressed. Absent: people prove themselves who they are. */
  readonly confirmByStandIn?: (
    person: string,
    next: string | undefined,
    of: Confirms,
    from: { readonly address: string; readonly requestId: string },
  ) => Promise<Outcome<A>>
  readonly byStandIn?: (
    person: string,
    next: string | undefined,
    from: { readonly address: string; readonly requestId: string },
  ) => Promise<Outcome<A>>
}

export type Doors = {
  /** Absent: not set up here. */
  readonly staff?: AppDoor<Staff>
  readonly patient?: AppDoor<Patient>
  /** The stand-ins to mount, by their path; none in production. */
  readonly standIns: readonly { readonly path: string; readonly idp: () => Promise<StandInIdp> }[]
}

export const staffCallbackPath = '/staff/sign-in/back'
export const patientCallbackPath = '/app/sign-in/back'

const kinds = {
  cis2: {
    path: '/demo/cis2',
    callback: staffCallbackPath,
    signedOut: '/staff/signed-out',
    backChannel: '/staff/sign-out/by-provider',
    scope: 'openid profile nationalrbacaccess associatedorgs selectedrole',
    algorithm: 'RS256',
  },
  'nhs-login': {
    path: '/demo/nhs-login',
    callback: patientCallbackPath,
    signedOut: '/app/signed-out',
    backChannel: '/app/sign-out/by-provider',
    scope: 'openid profile profile_extended',
    algorithm: 'RS512',
  },
} as const

/** @throws Problem 'invalid' when a stand-in is wanted in production, or a key cannot be read */
export async function makeDoors(needs: SignInNeeds): Promise<Doors> {
  const { settings, mode, standIn } = needs
  if (mode === 'production' && standIn !== undefined)
    throw new Problem('invalid', 'The stand-in sign-in is for the demo only', 'Set CIS2_ISSUER and NHS_LOGIN_ISSUER.')
  const cis2 = settings.cis2 ? await outsideProvider(needs, 'cis2', settings.cis2) : undefined
  const nhsLogin = settings.nhsLogin ? await outsideProvider(needs, 'nhs-login', settings.nhsLogin) : undefined
  const inside =
    standIn === undefined
      ? undefined
      : {
          cis2: await insideProvider(needs, standIn, 'cis2'),
          nhsLogin: await insideProvider(needs, standIn, 'nhs-login'),
        }
  const forStaff = cis2 ?? inside?.cis2.provider
  const forPatients = nhsLogin ?? inside?.nhsLogin.provider
  return {
    ...(forStaff === undefined
      ? {}
      : {
          staff: {
            ...staffDoor(needs, forStaff),
            ...(cis2 || !inside ? {} : short(staffDoor(needs, forStaff), inside.cis2)),
          },
        }),
    ...(forPatients === undefined
      ? {}
      : {
          patient: {
            ...patientDoor(needs, forPatients),
            ...(nhsLogin || !inside ? {} : short(patientDoor(needs, forPatients), inside.nhsLogin)),
          },
        }),
    standIns: inside === undefined ? [] : [inside.cis2, inside.nhsLogin].map(({ path, idp }) => ({ path, idp })),
  }
}

type ForDoor = Pick<SignInNeeds, 'sql' | 'clock' | 'settings' | 'secrets'>

export function staffDoor(
  { sql, clock, secrets, settings: { staffRules: rules, acrs, strongAcrs: strong } }: ForDoor,
  provider: Provider,
): Door<Staff> {
  return makeDoor<Staff>({ sql, clock, provider, secrets, strong }, 'staff', (proven) =>
    judgedStaff(staffOf(proven, { rules, acrs })),
  )
}

export function patientDoor(
  { sql, clock, secrets, settings: { vectors, ageMin } }: ForDoor,
  provider: Provider,
): Door<Patient> {
  return makeDoor<Patient>({ sql, clock, provider, secrets }, 'patient', (proven, now) => {
    const judged = patientOf(proven, { vectors, ageMin, trustmark: markOf(proven.issuer) }, now)
    return 'refused' in judged ? judged : { actor: judged.patient, assurance: judged.assurance }
  })
}

/** NHS login's mark stands at its own host. */
function markOf(issuer: string): string {
  const { hostname } = new URL(issuer)
  if (/\.(login\.nhs|signin\.nhs)\.uk$/.test(hostname))
    return `${new URL(issuer).origin}/trustmark/${hostname.replace(/^auth\./, '')}`
  return trustmarkOf(issuer)
}

async function outsideProvider(
  { settings, publicUrl }: SignInNeeds,
  kind: keyof typeof kinds,
  config: ProviderConfig,
): Promise<Provider> {
  const { callback, signedOut, scope } = kinds[kind]
  const { issuer, clientId, keyPem, keyId, keyAlgorithm, idTokenAlgorithm } = config
  const privateKey = await importPKCS8(keyPem, keyAlgorithm).catch((cause: unknown) => {
    throw new Problem(
      'invalid',
      `The key of our client at ${issuer} is no PKCS #8 key for ${keyAlgorithm}`,
      'See docs/configuration.md.',
      cause,
    )
  })
  return makeProvider({
    issuer,
    clientId,
    key: { privateKey, id: keyId },
    idTokenAlgorithm,
    scope,
    asked: askedBy(kind, settings),
    redirectUri: () => publicUrl() + callback,
    signedOutUri: () => publicUrl() + signedOut,
  })
}

function askedBy(kind: keyof typeof kinds, { acrValues, vectors }: SignInSettings): Readonly<Record<string, string>> {
  return kind === 'cis2' ? { acr_values: acrValues } : { vtr: JSON.stringify(vectors) }
}

type Inside = {
  readonly provider: Provider
  readonly path: string
  readonly idp: () => Promise<StandInIdp>
  readonly authorise: (url: string, person: string) => Promise<URL>
}

/** The stand-in's addresses are known only once the server listens: it is made when first asked. */
async function insideProvider(
  { mode, settings, publicUrl }: SignInNeeds,
  standIn: StandIn,
  kind: keyof typeof kinds,
): Promise<Inside> {
  const { path, callback, signedOut, backChannel, scope, algorithm } = kinds[kind]
  const { privateKey, publicKey } = await demoKey()
  const signing = await importPKCS8(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'RS512')
  const clientId = 'throughline-demo'
  let made: Promise<StandInIdp> | undefined
  const idp = () => {
    const issuer = publicUrl() + path
    made ??= makeStandIn({
      mode,
      issuer,
      like: kind,
      client: {
        clientId,
        publicKey: { ...publicKey.export({ format: 'jwk' }), kid: 'demo-client' },
        redirectUri: publicUrl() + callback,
        signedOutUri: publicUrl() + signedOut,
        backChannelUri: publicUrl() + backChannel,
      },
      claimsOf: (id) => {
        const { staff, patients } = standIn.people()
        if (kind === 'cis2') {
          const member = staff.find((one) => one.id === id)
          return member && staffClaims(member)
        }
        const patient = patients.find((one) => one.id === id)
        return patient && patientClaims(patient, issuer)
      },
    })
    return made
  }
  const agent = makeAgent(path, idp)
  let provider: Provider | undefined
  const real = (): Provider => {
    provider ??= makeProvider({
      issuer: publicUrl() + path,
      clientId,
      key: { privateKey: signing, id: 'demo-client' },
      idTokenAlgorithm: algorithm,
      scope,
      asked: askedBy(kind, settings),
      redirectUri: () => publicUrl() + callback,
      signedOutUri: () => publicUrl() + signedOut,
      fetch: agent.fetch,
    })
    return provider
  }
  return {
    path,
    idp,
    authorise: agent.authorise,
    provider: {
      get issuer() {
        return real().issuer
      },
      clientId,
      idTokenAlgorithm: algorithm,
      fetch: agent.fetch,
      metadata: () => real().metadata(),
      begin: (secret, asked) => real().begin(secret, asked),
      finish: (secret, answer) => real().finish(secret, answer),
      signOutUrl: async () => undefined,
    },
  }
}

function short<A extends Staff | Patient>(
  door: Door<A>,
  { authorise }: Inside,
): Pick<AppDoor<A>, 'byStandIn' | 'confirmByStandIn'> {
  return {
    async confirmByStandIn(person, next, of, from) {
      const { url, secret } = await door.beginConfirm(next, of)
      return await door.finish(secret, await authorise(url, person), from)
    },
    async byStandIn(person, next, from) {
      const { url, secret } = await door.begin(next)
      return await door.finish(secret, await authorise(url, person), from)
    },
  }
}
