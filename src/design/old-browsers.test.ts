/** What we build is held to the last browsers of PCs from the time of Windows 7: Chrome 109 and Firefox 115 ESR. */
import { beforeAll, describe, expect, test } from 'vitest'

/** Newer than either of the two, or than one of them. What is here breaks a page; ornaments are below. */
const tooNewStyles: Readonly<Record<string, RegExp>> = {
  'native nesting': /\{[^{}]*&/,
  'color-mix': /color-mix\(/,
  'relative and wide colours': /\b(?:oklch|oklab|lab|lch)\(|\(from /,
  'light-dark': /light-dark\(/,
  '@scope': /@scope\b/,
  '@starting-style': /@starting-style\b/,
  subgrid: /\bsubgrid\b/,
  'anchor positioning': /\banchor\(|position-anchor|position-area|inset-area/,
  'field-sizing': /field-sizing:/,
  'interpolate-size': /interpolate-size:|calc-size\(/,
  'mathematical functions': /\b(?:round|mod|rem|sign|abs)\(/,
  'linear easing': /\blinear\(/,
  ':user-valid': /:user-(?:in)?valid/,
  popover: /:popover-open/,
  'media ranges with units newer than 104': /@media[^{]*\bwidth\s*[<>]=?\s*calc/,
}
const tooNewScript: Readonly<Record<string, RegExp>> = {
  grouping: /\b(?:Object|Map)\.groupBy\b/,
  'copying array methods': /\.(?:toSorted|toReversed|toSpliced|with)\(/,
  'Array.fromAsync': /Array\.fromAsync/,
  'Promise.withResolvers': /withResolvers|Promise\.try/,
  'URL.canParse': /URL\.(?:canParse|parse)\(/,
  'set methods': /\.(?:union|intersection|difference|isSubsetOf)\(/,
  'iterator helpers': /Iterator\.|\.values\(\)\.(?:map|filter)/,
  'import attributes': /\bwith\s*\{\s*type:/,
  using: /\b(?:await )?using [a-z]/,
  'view transitions, popover, invokers': /startViewTransition|showPopover|commandfor/,
  'regular expression flag v': /\/[a-z]*v[a-z]*[,;).]/,
}

let styles: Readonly<Record<'staff' | 'patient', string>>
let script: string

beforeAll(async () => {
  const build = (await import('../../scripts/build-css.mjs')) as {
    readonly stylesheet: (app: string) => Promise<string>
    readonly module: (app: string) => Promise<string>
  }
  styles = { staff: await build.stylesheet('staff'), patient: await build.stylesheet('patient') }
  script = await build.module('staff')
})

const newIn = (text: string, features: Readonly<Record<string, RegExp>>) =>
  Object.entries(features).flatMap(([name, pattern]) =>
    pattern.test(text) ? [`${name}: ${pattern.exec(text)?.[0]}`] : [],
  )

describe('the last browsers of old PCs', () => {
  test('H-62 the styles of both apps use nothing that they lack', () => {
    expect(newIn(styles.staff, tooNewStyles)).toEqual([])
    expect(newIn(styles.patient, tooNewStyles)).toEqual([])
  })

  test('H-62 a selector that Firefox 115 does not know stands with its like only, so that no other rule is lost with it', () => {
    for (const css of Object.values(styles)) {
      for (const [, selectors = ''] of css.matchAll(/([^{}]*:has\([^{}]*)\{/g))
        expect(selectors.split(/,(?![^(]*\))/).filter((selector) => !selector.includes(':has('))).toEqual([])
    }
  })

  test('H-62 what hides, covers or moves content is never left to a rule that they may drop', () => {
    for (const css of Object.values(styles)) {
      for (const [, body = ''] of css.matchAll(/[^{}]*:has\([^{}]*\{([^{}]*)\}/g))
        expect(body).not.toMatch(/display:none|position:|visibility:|overflow:|scroll-padding|z-index/)
    }
  })

  test('the module uses nothing that they lack, and is small', () => {
    expect(newIn(script, tooNewScript)).toEqual([])
    expect(script.split('\n').length).toBeLessThanOrEqual(300)
  })

  test('the module reads no words of the page, keeps nothing of anybody, and asks nobody but us', () => {
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|document\.cookie|document\.title|location\.href/,
    )
    expect(
      [...script.matchAll(/(?:localStorage|sessionStorage)\.(\w+)\((?:storageKey|'throughline-timed')/g)].map(
        ([, name]) => name,
      ),
    ).not.toContain('key')
    expect(script.match(/https?:|\/\/[a-z]/g)).toBeNull()
    // How long the page took, and how long the session lasts: both at our own addresses (connect-src 'self').
    expect(script.match(/fetch\(|XMLHttpRequest|EventSource|WebSocket|sendBeacon\(/g)).toEqual([
      'sendBeacon(',
      'fetch(',
    ])
  })

  test.each(
    Object.entries({
      'color-mix': 'a{color:color-mix(in srgb,red,blue)}',
      'native nesting': 'a{color:red;& b{color:red}}',
      subgrid: 'a{grid-template-rows:subgrid}',
    }),
  )('the check itself sees %s', (name, css) =>
    expect(newIn(css, tooNewStyles).some((found) => found.startsWith(name))).toBe(true),
  )
})
