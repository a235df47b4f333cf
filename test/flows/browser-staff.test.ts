/**
 * What staff do all day, in a real browser with JavaScript off, on the invented area as its systems sent it.
 * The clicks of ui.md §6 are counted for the tasks that exist (test/support/staff-tasks.ts). Typing is free, Enter at its end too. Of that
 * table asking for advice and referring come with a later issue, as do a patient's repeat prescription, message, referral, carer and sharing
 * choice. Emergency access is counted in browser-states.
 *
 * Which test shows which journey, each with JavaScript off:
 * - find, record, result's trend, source message: here, `sees a test’s trend …`; from the keyboard alone: browser-states
 * - acknowledge a result: here, `Answer the top worklist item …` and `works through the worklist from the keyboard alone`
 * - add an allergy and see its delivery: written-here, `a nurse adds an allergy …`; from the keyboard alone: browser-states
 * - as known at, and compare: browser-past
 * - International Patient Summary and PDF, and the downtime pack opened from disk: downtime-pack
 */
import type { Locator, Page } from 'playwright-core'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { counted, describeInBrowser, goOnAs, hasBrowser, openBrowser, seen, type Viewer } from '../support/browser.ts'
import { runningDemo } from '../support/demo-area.ts'
import { tabTo } from '../support/keyboard.ts'
import { clicksOf } from '../support/staff-tasks.ts'

let viewer: Viewer
let url: string
/** How far the server's clock is ahead. */
let aheadMs = 0

// Outside the describes, so that both have the same area and the same browser.
beforeAll(async () => {
  if (!hasBrowser) return
  const [demo, opened] = await Promise.all([
    runningDemo({ clock: () => new Date(Date.now() + aheadMs) }),
    openBrowser(),
  ])
  viewer = opened
  url = demo.server.url
})

describeInBrowser('with JavaScript off, a GP', () => {
  let page: Page

  beforeEach(async () => {
    page = await viewer.visit()
    await goOnAs(page, { url, name: 'Dr Helen Lindqvist-Rao' })
    expect(await seen(page.getByRole('heading', { level: 1 }))).toBe('My day')
    return () => page.context().close()
  })

  const search = async (typed: string): Promise<void> => {
    await page.getByRole('searchbox').fill(typed)
    await page.getByRole('searchbox').press('Enter')
  }
  const main = () => page.getByRole('main')
  const heading = () => seen(page.getByRole('heading', { level: 1 }))
  const openMargaret = async (): Promise<string> => {
    await search('999 200 0015')
    await page.getByRole('link', { name: /ashworth/i }).click()
    return new URL(page.url()).pathname
  }
  const section = (name: string) =>
    page
      .getByRole('navigation', { name: 'Record' })
      // The name, and how many entries the section has.
      .getByRole('link', { name: new RegExp(`^${name}(?: \\(\\d+\\))?$`) })

  test('finds a person however they are typed, and nothing typed reaches the address', async () => {
    for (const [by, typed] of [
      ['a name with two typing errors', 'margret ashwort'],
      ['a short first name', 'maggie ashworth'],
      ['an NHS number with spaces', '999 200 0015'],
      ['a date of birth', '18/3/1947'],
      ['a postcode typed together', 'rv13ln'],
      ['a name and a date of birth', 'ashworth 18 mar 1947'],
    ] as const) {
      await search(typed)
      const first = page.getByRole('row').nth(1)
      expect(await seen(first), by).toMatch(/ASHWORTH, Margaret.*18 March 1947.*999\s200\s0015.*RV1 3LN/is)
      expect(decodeURIComponent(page.url()), by).not.toMatch(/ashwor|1947|9992000015|rv1/i)
    }
  })

  test('searches for nobody we know, or for nothing, and is told what to do', async () => {
    await search('zzyzx quibberton')
    expect(await heading()).toBe('Nobody found')
    expect(await seen(main())).toContain('leave out the first name')
    await search('')
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.getByRole('searchbox').getAttribute('aria-describedby')).toContain('q-error')
  })

  test('reads a record from its summary to who has looked', async () => {
    const path = await openMargaret()
    const banner = page.getByRole('region', { name: 'Patient' })
    expect(await seen(banner)).toMatch(/ASHWORTH.*18 March 1947.*Known allergies.*penicillin.*rash/is)

    await section('Problems').click()
    for (const problem of ['Type 2 diabetes mellitus', 'Chronic kidney disease stage 3', 'Atrial fibrillation'])
      expect(await seen(main())).toContain(problem)
    await section('Medicines').click()
    const apixaban = page.getByRole('row', { name: /^apixaban — 5 mg tablets/ })
    expect(await seen(apixaban)).toMatch(/Riverside Surgery.*prescribed.*Bridge Pharmacy.*dispensed/s)
    await section('Allergies').click()
    expect(
      await seen(
        main()
          .getByRole('row', { name: /penicillin/i })
          .first(),
      ),
    ).toMatch(/rash/i)
    await section('Letters').click()
    await main().getByRole('link', { name: 'Discharge summary' }).first().click()
    expect(await seen(main())).toContain('Admitted with pneumonia')
    await section('Social care').click()
    expect(await seen(main().getByRole('region', { name: /Services and care packages/ }))).toMatch(
      /Home support.*Riverton Council/s,
    )
    await section('People and visits').click()
    expect(await seen(main().getByRole('row', { name: /Alex Ashworth/ }))).toContain('01632 960100')
    await section('Sources').click()
    for (const source of [
      'GP record',
      'laboratory',
      'patient administration',
      'community care',
      'adult social care',
      'dispensing',
    ])
      expect(
        await seen(
          main()
            .getByRole('row', { name: new RegExp(source) })
            .first(),
        ),
      ).toMatch(/[1-9]/)

    await section('Who has looked').click()
    expect(new URL(page.url()).pathname).toBe(`${path}/access`)
    const newest = page.getByRole('row').nth(1)
    expect(await seen(newest)).toMatch(/Dr Helen Lindqvist-Rao.*Riverside Surgery.*Record: access.*Care/s)
    expect(await page.getByRole('row').allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/Record: letters, one of them/),
        expect.stringMatching(/Record: sources/),
      ]),
    )
  })

  test('sees a test’s trend in a drawing, in words and in a table, and is one click from the very field of the message', async () => {
    await openMargaret()
    await section('Tests and readings').click()
    await main().getByRole('link', { name: 'Neutrophils', exact: true }).click()
    const chart = page.locator('figure').first()
    const said = await chart.locator('svg').getAttribute('aria-label')
    expect(said).toMatch(
      /^Neutrophils, 10\^9\/L\. (Rose|Fell) from [\d.]+ in \w+ \d{4} to [\d.]+ in \w+ \d{4}.*\d+ readings\.$/,
    )
    expect(await seen(chart.locator('figcaption'))).toContain(said?.split('. ').slice(1).join('. '))
    // details opens without script
    await chart.locator('summary').click()
    const drawn = await chart.locator('svg circle').count()
    expect(await chart.locator('tbody tr').count()).toBe(drawn)

    const newest = main().locator('> table, table').last().getByRole('row').nth(1)
    const shown = (await seen(newest.getByRole('cell').first())).split(' ')[0]
    await newest.getByRole('link', { name: 'Riverton General Hospital' }).click()
    expect(await heading()).toBe('Where this came from')
    const marked = await seen(page.locator('mark'))
    expect(marked).toBe(shown)
    expect(
      await main()
        .getByText(/^OBX\[\d+\]-5/)
        .first()
        .isVisible(),
    ).toBe(true)
    expect(await seen(main())).toMatch(/From\s+Riverton General Hospital.*Received\s+\d+ \w+ \d{4}.*Rule that read it/s)
  })

  test('narrows the timeline to a kind and an organisation, and takes the filter off again', async () => {
    await openMargaret()
    await section('Timeline').click()
    const all = Number(/(\d+) entries/.exec(await heading())?.[1])
    await page.getByLabel('Kind').selectOption('Letter')
    await page.getByRole('button', { name: 'Apply' }).click()
    const letters = Number(/(\d+) entr/.exec(await heading())?.[1])
    expect(letters).toBeGreaterThan(0)
    expect(letters).toBeLessThan(all)
    expect(
      new Set(await page.locator('.app-timeline__when .app-kind, .app-timeline__when strong').allInnerTexts()),
    ).toEqual(new Set(['Letter']))
    // One hospital has several systems: each is a choice of its own, named after the organisation.
    const hospital = page
      .getByLabel('Organisation')
      .locator('option', { hasText: 'Riverton General Hospital (synthetic)' })
      .first()
    await page.getByLabel('Organisation').selectOption((await hospital.getAttribute('value')) ?? '')
    await page.getByRole('button', { name: 'Apply' }).click()
    expect(page.url()).toContain('kind=Letter')
    await page.getByRole('link', { name: 'Remove “Letter”' }).click()
    expect(page.url()).not.toContain('kind=')
  })

  test('never finds what is still to come among what happened', async () => {
    await openMargaret()
    const card = (name: string) =>
      page.locator('.nhsuk-card', { has: page.getByRole('heading', { name, exact: true }) })
    const now = Date.now()
    const times = async (name: string) =>
      await Promise.all(
        (await card(name).locator('time').all()).map(async (time) =>
          Date.parse((await time.getAttribute('datetime')) ?? ''),
        ),
      )
    expect(Math.max(...(await times('Latest events')))).toBeLessThanOrEqual(now)
    expect(Math.min(...(await times('Coming up')))).toBeGreaterThan(now - 86_400_000)
  })

  test('signs out, and the back button shows no record', async () => {
    const path = await openMargaret()
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect(await heading()).toBe('You are signed out')
    await page.goBack()
    expect(await page.content()).not.toContain('Margaret')
    await page.goto(url + path)
    expect(await heading()).toBe('Sign in')
    expect(await page.content()).not.toContain('Margaret')
  })

  test('comes back after sign-in to the page that was asked for', async () => {
    const path = await openMargaret()
    const other = await viewer.visit()
    await other.goto(`${url}${path}/medicines`)
    expect(await seen(other.getByRole('heading', { level: 1 }))).toBe('Sign in')
    await other.getByRole('button', { name: 'Dr Amara Okafor' }).click()
    expect(new URL(other.url()).pathname).toBe(`${path}/medicines`)
    await other.context().close()
  })

  type Counter = ReturnType<typeof counted>
  const open = async ({ press }: Counter): Promise<void> => {
    await search('9992000015')
    await press('link', /ashworth/i)
  }
  const tasks: readonly (readonly [Parameters<typeof clicksOf>[0], (counter: Counter) => Promise<void>, RegExp])[] = [
    ['Open a patient by NHS number', open, /Summary/],
    ['See allergies', open, /Known allergies.*penicillin/is],
    ['See current medicines', open, /Current medicines.*Apixaban 5mg/s],
    [
      'See the latest result and its trend',
      async (counter) => {
        await open(counter)
        await counter.press('link', 'Potassium')
      },
      /Potassium, mmol\/L\s+(Rose|Fell|\d)/,
    ],
    [
      'Read the last discharge letter',
      async (counter) => {
        await open(counter)
        await counter.press('link', 'Discharge summary')
      },
      /Admitted with pneumonia/,
    ],
  ]

  test.each(tasks)('%s: in no more presses than the UI guide allows', async (task, doTask, result) => {
    const counter = counted(page)
    await doTask(counter)
    expect(await seen(page.locator('body'))).toMatch(result)
    expect(counter.clicks()).toBe(clicksOf(task))
  })
})

describeInBrowser('with JavaScript off, a patient', () => {
  let page: Page

  beforeAll(async () => {
    const gp = await viewer.visit()
    await goOnAs(gp, { url, name: 'Dr Helen Lindqvist-Rao' })
    await gp.getByRole('searchbox').fill('9992000015')
    await gp.getByRole('searchbox').press('Enter')
    await gp.getByRole('link', { name: /ashworth/i }).click()
    await gp.context().close()
  })

  beforeEach(async () => {
    page = await viewer.visit({ width: 390, height: 844 })
    await goOnAs(page, { url, app: 'app', name: 'Margaret Ashworth' })
    return () => page.context().close()
  })

  test('sees what is next without a press, in the time that clocks at home show', async () => {
    const next = page.getByRole('region', { name: 'Your next appointment' })
    expect(await seen(next)).toMatch(/(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ \w+ \d{4}, \d+:\d\d(am|pm)/)
    expect(await seen(next)).toMatch(/From: Riverton/)
  })

  test('reads the record in plain words, from the same facts', async () => {
    const { press, clicks } = counted(page)
    await press('link', 'Your health record')
    expect(clicks()).toBe(1)
    const words = await seen(page.getByRole('main'))
    expect(words).toMatch(/penicillin.*What happened: Rash/s)
    expect(words).toMatch(/Apixaban 5mg tablets.*How to take it: One tablet twice a day/s)
    expect(words).toMatch(/Type 2 diabetes/)
  })

  test('reads a new test result with one press, and a hospital letter with two', async () => {
    const result = counted(page)
    await result.press('link', 'Test results')
    expect(await seen(page.locator('#tests'))).toMatch(/C-reactive protein\s+What’s CRP\?\s+\d+ mg\/L/)
    expect(result.clicks()).toBe(1)
    await page.goto(`${url}/app`)
    const letter = counted(page)
    await letter.press('link', 'Letters')
    await letter.press('link', 'Discharge summary')
    expect(await seen(page.getByRole('main'))).toContain('Admitted with pneumonia')
    expect(letter.clicks()).toBe(2)
  })

  test('sees with one press who has looked and why, the GP a moment ago too', async () => {
    const { press, clicks } = counted(page)
    await press('link', 'Who has looked')
    expect(clicks()).toBe(1)
    const words = await seen(page.getByRole('main'))
    expect(words).toMatch(
      /Dr Helen Lindqvist-Rao, clinician, Riverside Surgery[^\n]*\s+Opened your record\. To care for you\./,
    )
    expect(words).toMatch(/You\s+Opened your record in this app/)
  })

  test('signs out with one press, and the back button shows nothing', async () => {
    const { press, clicks } = counted(page)
    await press('button', 'Sign out')
    expect(clicks()).toBe(1)
    expect(await seen(page.getByRole('heading', { level: 1 }))).toBe('You are signed out')
    await page.goBack()
    expect(await page.content()).not.toContain('appointment')
    await page.goto(`${url}/app/health`)
    expect(await seen(page.getByRole('heading', { level: 1 }))).toBe('Sign in')
  })
})

const isFocused = async (part: Locator): Promise<boolean> =>
  (await part.evaluate('(link) => link === document.activeElement')) === true

describeInBrowser('with JavaScript off, a hospital doctor', () => {
  test('Answer the top worklist item: two presses; sees it on the result and in the trail, and takes it back', async () => {
    const page = await viewer.visit()
    await goOnAs(page, { url, name: 'Dr Moira Fenwick' })
    const main = page.getByRole('main')
    // What came lately is read in step by step; the list says so until it is complete.
    do await page.goto(`${url}/staff/worklist`)
    while (await main.getByText('This list is not complete yet').isVisible())
    await page.goto(`${url}/staff`)
    const { press, clicks } = counted(page)
    const waiting = page.getByRole('region', { name: 'Waiting for you' })
    const top = waiting.getByRole('link').first()
    const title = await seen(top)
    await press('link', title)
    expect(await seen(page.getByRole('heading', { level: 1 }))).toContain(title)
    const item = page.url()
    const test = await main.getByRole('table').first().getByRole('link').first().getAttribute('href')
    await press('button', 'No action needed')
    expect(clicks()).toBe(clicksOf('Answer the top worklist item'))
    expect(await seen(main)).toContain('The result is acknowledged.')

    await page.goto(url + (test ?? ''))
    expect(await seen(main)).toMatch(/Acknowledged by Dr Moira Fenwick, Riverton General Hospital .*: No action needed/)
    await page.getByRole('link', { name: 'Who has looked' }).click()
    expect(await seen(main)).toMatch(/Dr Moira Fenwick[^\n]*Acknowledged a result/)

    await page.goto(item)
    await page.getByText('Take this acknowledgement back').click()
    await page.getByLabel('Why must it be looked at again?').fill('Pressed for the wrong result')
    await page.getByRole('button', { name: 'Take it back' }).click()
    expect(await seen(main)).toMatch(/Taken back by Dr Moira Fenwick.*Pressed for the wrong result/)
    expect(await main.getByRole('button', { name: 'No action needed' }).first().isVisible()).toBe(true)
    await page.context().close()
  })

  test('works through the worklist from the keyboard alone', async () => {
    const page = await viewer.visit()
    await goOnAs(page, { url, name: 'Dr Moira Fenwick' })
    await page.goto(`${url}/staff/worklist?kind=result`)
    const first = page.getByRole('main').getByRole('table').getByRole('link').first()
    for (let stop = 0; stop < 40 && !(await isFocused(first)); stop += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'No action needed' }).first().waitFor()
    await tabTo(page, /^What you did, or why nothing is needed/)
    await page.keyboard.type('Discussed on the round')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    // A key, unlike a click, does not wait for the page that it leads to.
    await page.getByText('The result is acknowledged.').waitFor()
    await page.context().close()
  })
})

// Last: the clock goes on by two hours, and ends every session.
describeInBrowser('with JavaScript off, a GP who comes back later', () => {
  test('See what happened since I last looked: two presses', async () => {
    const visit = async (): Promise<Page> => {
      const page = await viewer.visit()
      await goOnAs(page, { url, name: 'Dr Helen Lindqvist-Rao' })
      await page.getByRole('searchbox').fill('9992000015')
      await page.getByRole('searchbox').press('Enter')
      return page
    }
    const before = await visit()
    await before.getByRole('link', { name: /ashworth/i }).click()
    await before.context().close()
    aheadMs = 2 * 3_600_000
    const page = await visit()
    const { press, clicks } = counted(page)
    await press('link', /ashworth/i)
    await press('link', 'What changed since you last looked')
    expect(clicks()).toBe(clicksOf('See what happened since I last looked'))
    expect(await seen(page.getByRole('main'))).toMatch(
      /since you last looked: (?:nothing that is known here has changed|\d+ new, \d+ changed, \d+ gone)/,
    )
    await page.context().close()
  })
})
