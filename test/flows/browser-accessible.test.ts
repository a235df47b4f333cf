/** ui.md §8 on every page: axe finds nothing, wide and at 400% zoom; nothing scrolls sideways; the keyboard is enough, and its place is seen. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  axeFindings,
  beyondTheEdge,
  describeInBrowser,
  narrow,
  openBrowser,
  signInAs,
  type Viewer,
  wide,
} from '../support/browser.ts'
import { runningDemo } from '../support/demo-area.ts'
import { type DemoPage, demoPages, type Reader, readers } from '../support/demo-pages.ts'
import { focused, wrongAt } from '../support/keyboard.ts'

describeInBrowser('every page, for everyone', () => {
  let viewer: Viewer
  let url: string
  let record: string
  let pages: readonly DemoPage[]

  beforeAll(async () => {
    const [{ server }, opened] = await Promise.all([runningDemo(), openBrowser()])
    const demo = await demoPages(server)
    viewer = opened
    url = server.url
    record = demo.record
    pages = demo.pages
  })

  // Some readers side by side: axe is slow, and each page stands for itself.
  const lanes = 2
  const onEvery = async (look: (page: Page, at: string) => Promise<void>): Promise<void> => {
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const theirs = pages.filter((_page, place) => place % lanes === lane)
        for (const [reader, ofReader] of Map.groupBy(theirs, (page) => page.reader)) {
          const page = await signedIn(reader)
          for (const { path, typed } of ofReader) {
            await page.goto(url + path)
            if (typed !== undefined) {
              await page.getByRole('searchbox').first().fill(typed)
              await page.getByRole('searchbox').first().press('Enter')
              await page.waitForURL((address) => address.href !== url + path)
            }
            await look(page, `${reader} ${path.replace(record, '(record)')}${typed === undefined ? '' : ` ${typed}`}`)
          }
          await page.context().close()
        }
      }),
    )
  }
  const signedIn = async (reader: Reader): Promise<Page> => {
    const page = await viewer.visitWithScript(wide)
    if (reader !== 'nobody') await signInAs(page, { url, app: readers[reader].app, name: readers[reader].name })
    return page
  }

  test('axe finds nothing, nothing scrolls sideways, and what is pressed is large enough: wide, and at 400% zoom', {
    timeout: 900_000,
  }, async () => {
    const wrong: string[] = []
    await onEvery(async (page, at) => {
      wrong.push(...(await axeFindings(page)).map((finding) => `${at}: ${finding}`))
      for (const size of [wide, narrow]) {
        await page.setViewportSize(size)
        const told = `${at}, ${size.width} px`
        if (size === narrow)
          wrong.push(...(await axeFindings(page, rulesOfSize)).map((finding) => `${told}: ${finding}`))
        wrong.push(...(await beyondTheEdge(page)).map((part) => `${told}: beyond the edge: ${part}`))
        const small = await page.evaluate<string[]>(at.startsWith('patient') ? tooSmallForAll : tooSmall)
        wrong.push(...small.map((target) => `${told}: too small to press: ${target}`))
      }
      await page.setViewportSize(wide)
    })
    expect(wrong).toEqual([])
  })

  test('from the keyboard alone: skip link first, each stop seen, none under the banner', async () => {
    const page = await signedIn('GP')
    const wrong: string[] = []
    for (const path of [record, `${record}/medicines`, `${record}/timeline`]) {
      await page.goto(url + path)
      for (let stop = 1; stop <= 45; stop += 1) {
        await page.keyboard.press('Tab')
        const at = await focused(page)
        if (at === undefined) break
        if (stop === 1 && at.words !== 'Skip to main content') wrong.push(`${path}: first stop is ${at.words}`)
        wrong.push(...wrongAt(at).map((what) => `${path} stop ${stop}: ${what}`))
      }
    }
    expect(wrong).toEqual([])
  })

  test('the skip link leads to the content', async () => {
    const page = await signedIn('GP')
    await page.goto(url + record)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate<boolean>(`document.querySelector('main').contains(document.activeElement)`)).toBe(true)
  })
})

// What else axe looks at does not change with the size of the screen.
const rulesOfSize = [
  'color-contrast',
  'target-size',
  'scrollable-region-focusable',
  'label',
  'link-name',
  'button-name',
]

const smallerThan = (size: number, selector: string): string => `[...document.querySelectorAll('${selector}')]
  .map((element) => ({ box: element.getBoundingClientRect(), words: element.textContent.trim() }))
  .filter(({ box }) => box.width > 0 && (Math.round(box.height) < ${size} || Math.round(box.width) < ${size}))
  .map(({ words, box }) => words + ' ' + Math.round(box.width) + '×' + Math.round(box.height))`

// 24 px for everyone, 44 px in the patient app (ui.md §8.4); links inside sentences are exempt.
const tooSmall = smallerThan(24, 'button, select, input:not([type=hidden])')
const tooSmallForAll = smallerThan(44, 'main button, .app-bottom a')
