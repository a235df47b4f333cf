/** What goes with every page over the wire, and which form posts are believed. Pure. */

/** Nothing runs or loads but our own stylesheet, icon and forms; nobody may frame us. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Headers of every page. Pages hold a person's data: no store keeps them and no other site learns an address. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
}

type Sender = {
  readonly origin?: string | undefined
  readonly 'sec-fetch-site'?: unknown
  readonly host?: string | undefined
}

/**
 * Whether a form was sent by a page of this site. A browser always tells (`Sec-Fetch-Site`, or `Origin` with a POST); a program
 * that is no browser tells neither, holds no stolen cookie, and is believed.
 */
export function isOwnForm(headers: Sender): boolean {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') return false
  if (headers.origin === undefined) return true
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host
}
