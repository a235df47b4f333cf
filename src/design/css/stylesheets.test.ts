/** Budgets of ui.md §6: a stylesheet of more than 12 kB compressed fails. */
import { brotliCompressSync, constants } from 'node:zlib'
import { expect, test } from 'vitest'
import { stylesheet } from '../../../scripts/build-css.mjs'
import { classesUsed, keepUsedRules } from '../../../scripts/keep-used-rules.mjs'

test.each(['staff', 'patient'])(
  'the %s stylesheet is small, loads nothing, and knows no font of its own',
  async (app) => {
    const css: string = await stylesheet(app)
    expect(brotliCompressSync(css, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length).toBeLessThan(12_000)
    expect(css).not.toMatch(/@font-face|@import|https?:|url\(|Frutiger/)
    expect(css).toContain('font-family:arial,sans-serif')
  },
)

test('a rule stays when every class of one of its selectors is written somewhere', () => {
  const used = classesUsed(['<p class={`nhsuk-tag nhsuk-tag--${colour}`}>', "class={`nhsuk-button${look ? '' : ''}`}"])
  const css =
    '.nhsuk-tag,.nhsuk-gone{a:b}.nhsuk-tag--red{a:b}.nhsuk-button-group{a:b}.nhsuk-button:not(.nhsuk-x){a:b}@media print{.nhsuk-gone{a:b}}@media screen{h1{content:"}"}.nhsuk-tag .nhsuk-gone{a:b}}'
  expect(keepUsedRules(css, used)).toBe(
    '.nhsuk-tag{a:b}.nhsuk-tag--red{a:b}.nhsuk-button:not(.nhsuk-x){a:b}@media screen{h1{content:"}"}}',
  )
})
