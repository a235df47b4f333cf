/** The keyboard alone, as somebody uses it who has no mouse: Tab until the place is reached, with every stop on the way looked at. */
import type { Page } from 'playwright-core'

export type Stop = {
  /** What a screen reader would call it: its label, or its text. */
  readonly words: string
  readonly inSight: boolean
  /** Something else lies over it: the banner. */
  readonly covered: boolean
  /** An outline or a shadow says that it has the focus. */
  readonly marked: boolean
}

// Run in the page. As text: the project's own code knows no browser, and needs no types of one.
const stop = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return undefined
  const box = element.getBoundingClientRect()
  const middle = document.elementFromPoint(box.left + Math.min(box.width, 20) / 2, box.top + box.height / 2)
  const label = element.labels?.[0]
  // A round or square button is drawn by its label.
  const drawn = /radio|checkbox/.test(element.type ?? '') && label ? getComputedStyle(label, '::before') : getComputedStyle(element)
  return {
    words: (element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? '').trim().slice(0, 80),
    inSight: box.top >= 0 && box.top + Math.min(16, box.height) <= innerHeight && box.width > 0 && box.height > 0,
    covered: !(middle && (element.contains(middle) || middle.contains(element) || label?.contains(middle))),
    marked: drawn.outlineStyle !== 'none' || drawn.boxShadow !== 'none' || drawn.borderWidth === '4px',
  }
})()`

/** Where the focus is; undefined: on nothing. */
export async function focused(page: Page): Promise<Stop | undefined> {
  return await page.evaluate<Stop | undefined>(stop)
}

/** What is wrong with a stop, in words; nothing when it is seen, free and marked. */
export function wrongAt(at: Stop): readonly string[] {
  return [
    ...(at.inSight ? [] : [`out of sight: ${at.words}`]),
    ...(at.covered ? [`covered: ${at.words}`] : []),
    ...(at.marked ? [] : [`not marked: ${at.words}`]),
  ]
}

const stopsMax = 150

/**
 * Presses Tab until the focus is on what has these words.
 * @throws Error when a stop on the way is out of sight, covered or not marked, or the words are not reached
 */
export async function tabTo(page: Page, words: RegExp): Promise<void> {
  const met: string[] = []
  for (let n = 0; n < stopsMax; n += 1) {
    await page.keyboard.press('Tab')
    const at = await focused(page)
    if (at === undefined) continue
    const [wrong] = wrongAt(at)
    if (wrong !== undefined) throw new Error(`on the way to ${words}: ${wrong}`)
    if (words.test(at.words)) return
    met.push(at.words)
  }
  throw new Error(`${words} cannot be reached with Tab; there are: ${[...new Set(met)].join(' | ')}`)
}
