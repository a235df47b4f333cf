/** ui.md §8 on every page: axe finds nothing, wide and at 400% zoom; nothing scrolls sideways; the keyboard is enough, and its place is seen. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  axeFindings,
  describeInBrowser,
  narrow,
  openBrowser,
  type Size,
  signInAs,
  type Viewer,
  wide,
} from '../support/browser.ts'
import { runningDemo } from '../support/demo-area.ts'
import { type DemoPage, demoPages, type Reader, readers } from '../support/demo-pages.ts'

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
  const lanes = 3
  const onEvery = async (size: Size, look: (page: Page, at: string) => Promise<void>): Promise<void> => {
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const theirs = pages.filter((_page, place) => place % lanes === lane)
        for (const [reader, ofReader] of Map.groupBy(theirs, (page) => page.reader)) {
          const page = await signedIn(reader, size)
          for (const { path, typed } of ofReader) {
            await page.goto(url + path)
            if (typed !== undefined) {
              await page.getByRole('searchbox').fill(typed)
              await page.getByRole('searchbox').press('Enter')
              await page.getByRole('table').waitFor()
            }
            await look(page, `${reader} ${path.replace(record, '(record)')}`)
          }
          await page.context().close()
        }
      }),
    )
  }
  const signedIn = async (reader: Reader, size: Size): Promise<Page> => {
    const page = await viewer.visitWithScript(size)
    if (reader !== 'nobody') await signInAs(page, { url, app: readers[reader].app, name: readers[reader].name })
    return page
  }

  test.each([
    ['wide', wide],
    ['at 400% zoom', narrow],
  ])(
    '%s: axe finds nothing, nothing scrolls sideways, and what is pressed is large enough',
    { timeout: 180_000 },
    async (_name, size) => {
      const wrong: string[] = []
      await onEvery(size, async (page, at) => {
        wrong.push(...(await axeFindings(page)).map((finding) => `${at}: ${finding}`))
        const over = await page.evaluate<number>(beyondTheEdge)
        if (over > 0) wrong.push(`${at}: ${over} px beyond the edge`)
        const small = await page.evaluate<string[]>(at.startsWith('patient') ? tooSmallForAll : tooSmall)
        wrong.push(...small.map((target) => `${at}: too small to press: ${target}`))
      })
      expect(wrong).toEqual([])
    },
  )

  test('from the keyboard alone: skip link first, each stop seen, none under the banner', {
    timeout: 60_000,
  }, async () => {
    const page = await signedIn('GP', wide)
    const wrong: string[] = []
    for (const path of [record, `${record}/medicines`, `${record}/timeline`]) {
      await page.goto(url + path)
      for (let stop = 1; stop <= 45; stop += 1) {
        await page.keyboard.press('Tab')
        const at = await page.evaluate<Focus | undefined>(focus)
        if (at === undefined) break
        if (stop === 1 && at.words !== 'Skip to main content') wrong.push(`${path}: first stop is ${at.words}`)
        if (!at.inSight || at.covered || !at.marked) wrong.push(`${path} stop ${stop}: ${JSON.stringify(at)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('the skip link leads to the content', async () => {
    const page = await signedIn('GP', wide)
    await page.goto(url + record)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate<boolean>(`document.querySelector('main').contains(document.activeElement)`)).toBe(true)
  })
})

type Focus = { readonly words: string; readonly inSight: boolean; readonly covered: boolean; readonly marked: boolean }

// Run in the page. As text: the project's own code knows no browser, and needs no types of one.
const beyondTheEdge = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

const focus = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return undefined
  const box = element.getBoundingClientRect()
  const middle = document.elementFromPoint(box.left + Math.min(box.width, 20) / 2, box.top + box.height / 2)
  const style = getComputedStyle(element)
  return {
    words: (element.textContent ?? '').trim().slice(0, 40),
    inSight: box.top >= 0 && box.top + 16 <= innerHeight && box.width > 0 && box.height > 0,
    covered: !(middle && (element.contains(middle) || middle.contains(element))),
    marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
  }
})()`

const smallerThan = (size: number, selector: string): string => `[...document.querySelectorAll('${selector}')]
  .map((element) => ({ box: element.getBoundingClientRect(), words: element.textContent.trim() }))
  .filter(({ box }) => box.width > 0 && (Math.round(box.height) < ${size} || Math.round(box.width) < ${size}))
  .map(({ words, box }) => words + ' ' + Math.round(box.width) + '×' + Math.round(box.height))`

// 24 px for everyone, 44 px in the patient app (ui.md §8.4); links inside sentences are exempt.
const tooSmall = smallerThan(24, 'button, select, input:not([type=hidden])')
const tooSmallForAll = smallerThan(44, 'main button, .app-bottom a')
