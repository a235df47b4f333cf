/** What every page of somebody who is signed in carries about the end of their session. Pure. */
import type { LiveSession } from '../access/index.ts'
import { paths } from './paths.ts'

/** A page warns so long before the end. */
export const warnSeconds = 120

const postForms = /<form\b[^>]*\bmethod="post"[\s\S]*?<\/form>/g
const isWrittenIn = /<textarea|<input[^>]*\btype="(?:text|radio|checkbox|email|tel)"/

/** Somebody writes here: such a page is never taken away, since what was not sent would be gone. What only searches is soon typed again. */
function isForWriting(html: string): boolean {
  return (html.match(postForms) ?? []).some((form) => isWrittenIn.test(form))
}

/**
 * Tells our module when the session ends. Without JavaScript the page gives way to one that says so, two minutes before: the record leaves the
 * screen of a PC that nobody is at.
 */
export function withSessionEnd(
  html: string,
  { session, now }: { readonly session: LiveSession; readonly now: Date },
  { method, url }: { readonly method: string; readonly url: string },
): string {
  const left = Math.max(0, Math.floor((session.idleUntil.getTime() - now.getTime()) / 1_000))
  const goes =
    method !== 'GET' || isForWriting(html) || url.startsWith(paths.session)
      ? ''
      : `<noscript><meta http-equiv="refresh" content="${Math.max(1, left - warnSeconds)};url=${warning(url)}"></noscript>`
  return html.replace('</head>', () => `<meta name="app-session" content="${left}">${goes}</head>`)
}

/** The page that warns, and leads back to the one that it took the place of. */
const warning = (url: string): string => `${paths.session}?next=${encodeURIComponent(url)}`
