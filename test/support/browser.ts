/** A real browser without JavaScript, as the oldest ward PC may be; and one with it, for axe alone. */
import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, describe } from 'vitest'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executable = process.env.CHROMIUM ?? places.find((path) => existsSync(path))

if (executable === undefined) {
  const words = 'CHROMIUM IS ABSENT: THE BROWSER JOURNEYS DO NOT RUN. Install it, or name it in CHROMIUM.'
  // In CI nobody reads a warning.
  if (process.env.CI) throw new Error(words)
  console.warn(words)
}

export const hasBrowser = executable !== undefined

/** `describe` where there is a browser; skipped, and said aloud, where there is none; a failure in CI. */
export const describeInBrowser = describe.skipIf(!hasBrowser)

export type Size = { readonly width: number; readonly height: number }
export const wide: Size = { width: 1366, height: 768 }
/** 400% zoom of a 1280 px wide screen. */
export const narrow: Size = { width: 320, height: 640 }

export type Viewer = {
  /** A page in a session of its own, with no other's cookies. JavaScript is off. */
  visit(size?: Size): Promise<Page>
  /** The same with JavaScript on, for axe: our pages bring none of their own. */
  visitWithScript(size?: Size): Promise<Page>
}

/** Starts Chromium; it is closed after the file's tests. Call it in `beforeAll`. */
export async function openBrowser(): Promise<Viewer> {
  const browser: Browser = await chromium.launch({
    ...(executable === undefined ? {} : { executablePath: executable }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  afterAll(() => browser.close())
  const open = async (javaScriptEnabled: boolean, viewport: Size): Promise<Page> => {
    const context = await browser.newContext({ javaScriptEnabled, viewport })
    // Long, since machines are slow at times: nothing here tells how fast anything is.
    context.setDefaultTimeout(60_000)
    return await context.newPage()
  }
  return {
    visit: (size = wide) => open(false, size),
    visitWithScript: (size = wide) => open(true, size),
  }
}

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong with the page that is open, as `rule: element`. Nothing, if all is well. @param rules only these; all unless told */
export async function axeFindings(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true)
  const { violations } = await (rules ? axe.withRules([...rules]) : axe.withTags(axeTags)).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}

// As text: the project's own code knows no browser. What scrolls by itself inside the page may be wider.
const wideParts = `document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map((part) => part.outerHTML.slice(0, 100))`

/** What makes the page scroll sideways: nothing, if all is well. */
export async function beyondTheEdge(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(wideParts)
}

/** Presses somebody's name on the demo's sign-in page. */
export async function signInAs(page: Page, { url, app = 'staff', name }: SignIn): Promise<void> {
  await page.goto(`${url}/${app}/sign-in`)
  await page.getByRole('button', { name, exact: true }).click()
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>
const sessions = new Map<string, Cookies>()

/** Goes on with the session that this person has by an earlier test of the file; signs in where there is none, or it has ended. */
export async function goOnAs(page: Page, who: SignIn): Promise<void> {
  const { url, app = 'staff', name } = who
  const key = `${url} ${app} ${name}`
  const known = sessions.get(key)
  if (known) {
    await page.context().addCookies(known)
    await page.goto(`${url}/${app}`)
    if (!new URL(page.url()).pathname.includes('sign')) return
    await page.context().clearCookies()
  }
  await signInAs(page, who)
  await page.waitForURL((at) => at.pathname.startsWith(`/${app}`) && !at.pathname.includes('sign'))
  sessions.set(key, await page.context().cookies())
}

export type SignIn = { readonly url: string; readonly app?: 'staff' | 'app'; readonly name: string }

/** What eyes see of a part of the page: hidden text is not in it. */
export async function seen(part: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: the text of the tree would hold what no eye sees.
  return await part.innerText()
}

/** Presses, and counts it. Typing is free (ui.md §6). */
export function counted(page: Page) {
  let clicks = 0
  return {
    async press(role: 'link' | 'button', name: string | RegExp): Promise<void> {
      clicks += 1
      await page
        .getByRole(role, { name, exact: typeof name === 'string' })
        .first()
        .click()
    },
    clicks: () => clicks,
  }
}
