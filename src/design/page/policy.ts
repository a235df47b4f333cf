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

/**
 * Headers of a file that somebody else wrote: inert. Its type is ours, never guessed; nothing in it runs, loads, submits or frames.
 * Pictures lie in a sandbox too; browsers refuse to show a PDF in one, and show it in a viewer of its own without our origin.
 * @param shows absent: only to be saved, under a type that no browser runs
 */
export function fileHeaders({
  contentType,
  name,
  shows,
}: {
  readonly contentType: string
  /** Of letters, digits, points and hyphens only. */
  readonly name: string
  readonly shows?: 'image' | 'pdf' | undefined
}): Readonly<Record<string, string>> {
  const closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  return {
    'content-type': shows === undefined ? 'application/octet-stream' : contentType,
    'content-disposition': `${shows === undefined ? 'attachment' : 'inline'}; filename="${name}"`,
    'content-security-policy': shows === 'pdf' ? closed : `${closed}; sandbox`,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  }
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
