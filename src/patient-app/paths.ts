/** Every address of the patient app, once. A signed-in person sees their own record only, so no id of theirs stands in any. */
export const base = '/app'

/** As the router knows them, within `base`. */
export const routes = {
  home: '/',
  signIn: '/sign-in',
  signInStart: '/sign-in/start',
  signInBack: '/sign-in/back',
  signOut: '/sign-out',
  signOutByProvider: '/sign-out/by-provider',
  signedOut: '/signed-out',
  health: '/health',
  letter: '/health/letters/:letter',
  letterFile: '/health/letters/:letter/:index',
  access: '/access',
  apps: '/apps',
  connect: '/connect/:uid',
  choices: '/choices',
  people: '/people',
  help: '/help',
} as const

/** As pages link to them. */
export const paths = {
  home: base,
  signIn: base + routes.signIn,
  signInStart: base + routes.signInStart,
  signOut: base + routes.signOut,
  signedOut: base + routes.signedOut,
  health: base + routes.health,
  letter: (key: string): string => `${base}/health/letters/${encodeURIComponent(key)}`,
  letterFile: (key: string, index: number): string => `${base}/health/letters/${encodeURIComponent(key)}/${index}`,
  access: base + routes.access,
  apps: base + routes.apps,
  connect: (uid: string): string => `${base}/connect/${encodeURIComponent(uid)}`,
  /** Sharing, and who may act for me. */
  choices: base + routes.choices,
  /** Whom I act for. */
  people: base + routes.people,
  help: base + routes.help,
} as const

/** The page where an app asks: the only one to which sign-in leads back, whoever signs in. */
export function isConnectPage(address: string): boolean {
  return /^\/app\/connect\/[A-Za-z0-9_-]{1,80}$/.test(address)
}
