/** The demo's awkward truths: for each, the right person, and the right page. What a clinician must see, and must not. */
import { beforeAll, describe, expect, test } from 'vitest'
import { awkwardTruths, type CaseName } from '../../demo/index.ts'
import { type RunningDemo, runningDemo } from '../support/demo-area.ts'
import { type ReadPage, readPage } from '../support/page.ts'
import type { Staff } from '../support/server.ts'

let demo: RunningDemo
let clinician: Staff
let identity: Staff
let analyst: Staff

beforeAll(async () => {
  demo = await runningDemo()
  clinician = await demo.server.staff('gp-rao')
  identity = await demo.server.staff('identity-haddow')
  analyst = await demo.server.staff('analyst-pryce')
}, 180_000)

type Someone = {
  readonly given: string
  readonly family: string
  readonly birthDate: string
  readonly nhsNumber: string
}

/** The people to whom it happens, as they truly are, in the order of the cast. */
function people(name: CaseName): readonly Someone[] {
  return Array.from({ length: demo.area.castSize }, (_, place) => demo.area.life(place).person)
    .filter(({ cases }) => cases.includes(name))
    .map(({ truth: { given, family, birthDate, nhsNumber = '' } }) => ({
      given: given.join(' '),
      family,
      birthDate,
      nhsNumber,
    }))
}

function only(name: CaseName): Someone {
  const [first, ...others] = people(name)
  if (first === undefined || others.length > 0) throw new Error(`${name}: not one person`)
  return first
}

/** What is typed into the search box: `derek holroyd 9/10/1954`. */
function typed({ given, family, birthDate }: Someone): string {
  return `${given} ${family} ${birthDate.split('-').reverse().join('/')}`
}

/** The records that are found, best first. */
async function recordsOf(someone: Someone): Promise<readonly string[]> {
  return await clinician.find(typed(someone))
}

async function recordOf(someone: Someone): Promise<string> {
  const [path, ...others] = await recordsOf(someone)
  expect(others, typed(someone)).toEqual([])
  return path ?? ''
}

async function open(path: string, section = '', reader = clinician): Promise<ReadPage> {
  const page = await reader.get(section === '' ? path : `${path}/${section}`)
  expect(page.status, `${section} of a record`).toBe(200)
  return readPage(page.html)
}

const row = ({ rows }: ReadPage, ...words: readonly string[]): string | undefined =>
  rows.find((text) => words.every((word) => text.includes(word)))

const gpMarket = 'Market Street Practice'
const hospital = 'Riverton General Hospital'
const pharmacy = 'Bridge Pharmacy'

test('every awkward truth has its people, and all that was sent keeps its promises', async () => {
  expect(awkwardTruths.filter(({ name }) => people(name).length === 0)).toEqual([])
  expect(demo.sent).toMatchObject({ refused: 0, peopleDone: demo.area.people })
  expect(await demo.server.broken()).toEqual([])
})

describe('who is who', () => {
  test('with and without an NHS number: two records that name each other, and one when somebody has said so', async () => {
    const derek = only('no-nhs-number')
    const found = await recordsOf(derek)
    expect(found).toHaveLength(2)
    for (const path of found) {
      for (const section of ['', 'medicines', 'allergies', 'letters']) {
        const { main, links } = await open(path, section)
        expect(main).toContain('This may not be the whole record.')
        expect(links.map(({ href }) => href)).toContain(found.find((other) => other !== path))
      }
    }
    const reviews = readPage((await identity.get('/staff/identity')).html)
    const papers = await Promise.all(
      reviews.links.filter(({ words }) => words.includes('may have two records')).map(async ({ href }) => href),
    )
    for (const href of papers) {
      const review = readPage((await identity.get(href)).html)
      if (!review.main.includes(derek.family)) continue
      expect(row(review, 'NHS number')).toContain('Not recorded')
      expect(row(review, 'NHS number')).toContain('One side does not say')
      expect((await identity.post(href, { decision: 'same' })).status).toBe(303)
    }
    const one = await recordOf(derek)
    const summary = await open(one)
    expect(summary.main).not.toContain('This may not be the whole record.')
    expect(summary.banner).toContain('NHS number 999 200 0023')
    const sources = await open(one, 'sources')
    expect(row(sources, gpMarket, '1 set of patient details')).toBeDefined()
    expect(row(sources, hospital, 'patient administration', '1 set of patient details')).toBeDefined()
    // The address of the record that is no more leads to the one that is.
    for (const path of found.filter((other) => other !== one)) {
      const led = await clinician.get(path)
      expect(led).toMatchObject({ status: 303, location: one })
    }
  })

  test('a name typed wrongly: one person, the GP’s spelling, and the hospital’s beside it', async () => {
    const katherine = only('typing-error-name')
    const path = await recordOf(katherine)
    expect((await open(path)).banner).toContain('McDonnell, Katherine (Ms)')
    expect((await open(path)).main).toContain('Sources differ about who this is: name')
    const { main } = await open(path, 'sources')
    expect(main).toMatch(/Sources disagree Name .*Kathrine Macdonnel .*Riverton General Hospital/)
    expect(await clinician.find('kathrine macdonnel 23/7/1979')).toEqual([path])
  })

  test('a birth date typed wrongly under the right NHS number: held apart, and each says that the other may be it', async () => {
    const alan = only('typing-error-birth-date')
    const found = await recordsOf(alan)
    expect(found).toHaveLength(2)
    const pages = await Promise.all(found.map((path) => open(path)))
    expect(pages.map(({ banner }) => /Born (.*?) \(/.exec(banner)?.[1]).toSorted()).toEqual([
      '11 March 1956',
      '3 November 1956',
    ])
    for (const page of pages) expect(page.main).toContain('This may not be the whole record.')
    const reviews = readPage((await identity.get('/staff/identity')).html)
    const review = reviews.links.find(({ words }) => words === 'Same NHS number, different dates of birth')
    const paper = readPage((await identity.get(review?.href ?? '')).html)
    expect(row(paper, 'Date of birth', '3 November 1956', '11 March 1956')).toContain('day and month change places')
  })

  test('twins: two people, and nothing of one on any page of the other', async () => {
    const [amelia, isla] = people('twins')
    if (amelia === undefined || isla === undefined) throw new Error('twins are two')
    const one = await recordOf(amelia)
    const other = await recordOf(isla)
    expect(one).not.toBe(other)
    const [first, second] = await Promise.all([open(one), open(other)])
    expect(first.banner).toContain('Kershaw, Amelia')
    expect(second.banner).toContain('Kershaw, Isla')
    expect(second.banner).toContain('Known allergies Allergy to peanut')
    expect(first.banner).not.toContain('peanut')
    for (const section of [
      '',
      'timeline',
      'problems',
      'medicines',
      'allergies',
      'tests',
      'letters',
      'contacts',
      'sources',
    ]) {
      expect((await open(one, section)).words, section).not.toContain('Isla')
      expect((await open(other, section)).words, section).not.toContain('Amelia')
    }
    expect((await open(one, 'problems')).main).toContain('Asthma')
    expect((await open(other, 'problems')).main).not.toContain('Asthma')
    expect((await open(other, 'problems')).main).toContain('Injury of head')
    expect((await open(one, 'problems')).main).not.toContain('Injury of head')
  })

  test('same name and birth date: both are found, told apart by number and postcode, and nothing is mixed', async () => {
    const [first, second] = people('same-name-same-birth-date')
    if (first === undefined || second === undefined) throw new Error('two are expected')
    const found = await recordsOf(first)
    expect(found).toHaveLength(2)
    const pages = await Promise.all(found.map(async (path) => ({ path, page: await open(path) })))
    const numbers = pages.map(({ page }) =>
      /NHS number (\d{3} \d{3} \d{4})/.exec(page.banner)?.[1]?.replaceAll(' ', ''),
    )
    expect(numbers.toSorted()).toEqual([first.nhsNumber, second.nhsNumber].toSorted())
    const ill = pages.find(({ page }) => page.main.includes('Schizophrenia'))
    const well = pages.find(({ page }) => page !== ill?.page)
    expect(ill?.page.banner).toContain('60 Heron Close')
    expect(well?.page.banner).toContain('13 Mill Bank')
    expect(well?.page.words).not.toMatch(/schizophrenia|olanzapine|Heron Close/i)
    expect(row(await open(well?.path ?? '', 'sources'), 'Lowmoor Mental Health Trust')).toContain(
      'Nothing about this person',
    )
  })

  test('an NHS number that fails its check digit is nobody’s: never shown, never matched on', async () => {
    const meena = only('wrong-check-digit')
    const found = await recordsOf(meena)
    expect(found).toHaveLength(2)
    const wrong = `${meena.nhsNumber.slice(0, 9)}${(Number(meena.nhsNumber[9]) + 1) % 10}`
    const banners = (await Promise.all(found.map((path) => open(path)))).map(({ banner }) => banner)
    expect(banners.filter((banner) => banner.includes('NHS number Not known'))).toHaveLength(1)
    const shown = wrong.replace(/^(\d{3})(\d{3})/, '$1 $2 ')
    expect(banners.join()).not.toContain(shown)
    expect(banners.join()).not.toContain(wrong)
    for (const path of found) expect((await open(path)).main).toContain('This may not be the whole record.')
    const asked = await clinician.post('/staff/find', { q: wrong })
    expect(asked.status).toBe(422)
  })
})

describe('what the systems say at other times, and of each other', () => {
  test('moved house: the address of today in the banner, the former kept beside it with who says so', async () => {
    const path = await recordOf(only('moved-house'))
    const { banner, main } = await open(path)
    expect(banner).toContain('Address 40 Larkfield Avenue, Nether Holme, RV5 7DG')
    expect(banner).not.toContain('Fuller Street')
    expect(main).toContain('Sources differ about who this is: address')
    const sources = await open(path, 'sources')
    expect(sources.main).toMatch(/Address .*5 Fuller Street, Riverton, RV2 1PS Riverton Council/)
    const [patient] = await demo.server.sql<{ id: string }[]>`
      select r.id from resource r join resource_version v on v.rid = r.rid and v.pk = r.pk
       where v.source = 'riverton-pas' and v.body like '%"Patient"%' and v.body like '%Mahmood%' and not r.deleted`
    const fact = await clinician.get(`${path}/facts/Patient/${patient?.id ?? ''}?version=1`)
    expect(readPage(fact.html).words).toContain('5 Fuller Street')
  })

  test('merge: one record of both hospital numbers; undone on the identity page, it is exactly the two of before', async () => {
    const brian = only('merge')
    const path = await recordOf(brian)
    const person = path.split('/').at(-1) ?? ''
    expect(row(await open(path, 'sources'), 'patient administration')).toContain('2 sets of patient details')
    const linksOf = async (of: string) =>
      (
        await demo.server.sql<{ pk: string }[]>`
          select pk::text from person_link where person = ${of} and until is null order by pk`
      ).map(({ pk }) => pk)
    const together = await linksOf(person)
    const [merge] = await demo.server.sql<{ id: string; retired: string; pks: readonly string[] }[]>`
      select id, retired, pks::text[] from person_merge where survivor = ${person}`
    expect(merge?.pks).toHaveLength(1)

    const paper = await identity.get(`/staff/identity/people/${person}`)
    expect(readPage(paper.html).main).toContain('A source merged these two Patients')
    expect(paper.html).toContain(`/staff/identity/merges/${merge?.id}/undo`)
    expect((await identity.post(`/staff/identity/merges/${merge?.id}/undo`, {})).status).toBe(303)

    expect(await linksOf(merge?.retired ?? '')).toEqual(merge?.pks)
    expect(await linksOf(person)).toEqual(together.filter((pk) => !merge?.pks.includes(pk)))
    const found = await recordsOf(brian)
    expect(found).toHaveLength(2)
    expect(found).toContain(path)
    const second = found.find((other) => other !== path) ?? ''
    expect(row(await open(second, 'sources'), 'patient administration')).toContain('1 set of patient details')
    expect((await open(second)).banner).toContain('NHS number Not known')
    expect((await open(path, 'problems')).main).toContain('Heart failure')
    expect((await open(second, 'problems')).main).not.toContain('Heart failure')
  })

  test('a merge that must not happen: two records still, each says so, and a person is asked', async () => {
    const [david, daniel] = people('wrong-merge')
    if (david === undefined || daniel === undefined) throw new Error('two are expected')
    const one = await recordOf(david)
    const other = await recordOf(daniel)
    expect(one).not.toBe(other)
    for (const path of [one, other])
      expect((await open(path)).main).toContain('A source joined this person with somebody who does not fit.')
    expect((await open(one)).banner).toContain('999 200 0104')
    expect((await open(other)).banner).toContain('999 200 0112')
    expect((await open(other, 'problems')).main).not.toContain('Pneumonia')
    const reviews = readPage((await identity.get('/staff/identity')).html)
    expect(reviews.links.map(({ words }) => words)).toContain('A source joined two people who do not fit')
  })

  test('a late message: the newer telephone number stays, the late one is nowhere on the page', async () => {
    const path = await recordOf(only('late-message'))
    const { banner, words } = await open(path)
    expect(banner).toContain('Phone 07700 900777')
    expect(words).not.toContain('900111')
    expect((await open(path, 'sources')).words).not.toContain('900111')
  })

  test('the same message twice: one admission, and its page says that it came twice', async () => {
    const path = await recordOf(only('duplicate-message'))
    const contacts = await open(path, 'contacts')
    const stays = contacts.rows.filter((text) => text.startsWith('What Hospital'))
    expect(stays).toHaveLength(1)
    const [twice] = await demo.server.sql<{ id: string; receipts: number }[]>`
      select id::text, receipts from message where receipts > 1`
    expect(twice?.receipts).toBe(2)
    const message = readPage((await analyst.get(`/staff/messages/${twice?.id}`)).html)
    expect(message.main).toContain('and the very same 1 time more')
    expect(message.main).toContain('State Applied')
  })

  test('died: the banner of every page says so and when, and no age goes on', async () => {
    const path = await recordOf(only('died'))
    for (const section of ['', 'medicines', 'timeline']) {
      const { banner } = await open(path, section)
      expect(banner).toMatch(/Born 7 July 1936 Died \d{1,2} \w+ \d{4} \(aged \d+\)/)
    }
    const found = await clinician.post('/staff/find', { q: 'ronald birtwistle' })
    expect(row(readPage((await clinician.get(found.location)).html), 'BIRTWISTLE, Ronald')).toContain('(died)')
  })

  test('restricted: no page of the record tells where she lives', async () => {
    const nicola = only('restricted')
    const path = await recordOf(nicola)
    for (const section of ['', 'timeline', 'problems', 'medicines', 'letters', 'contacts', 'care-plans', 'sources']) {
      const { words, banner } = await open(path, section)
      expect(banner).toContain('Restricted record')
      expect(banner).toContain('Address Restricted: not shown')
      expect(words, section).not.toMatch(/Dye House|RV1 7QX|0?7700 ?900029/)
    }
    const [patient] = (await open(path, 'sources')).links.filter(({ href }) => href.includes('/facts/Patient/'))
    expect(readPage((await clinician.get(patient?.href ?? '')).html).words).not.toMatch(/Dye House|RV1 7QX/)
  })
})

describe('what is known, and what is not', () => {
  test('conflicting allergies: known allergies first, both said, and a review asked for', async () => {
    const path = await recordOf(only('conflicting-allergies'))
    for (const section of ['', 'medicines', 'allergies']) {
      const { banner } = await open(path, section)
      expect(banner).toContain('Known allergies Allergy to penicillin: Anaphylaxis (severe)')
      expect(banner).not.toContain('No known allergies')
    }
    const { main } = await open(path, 'allergies')
    expect(main).toContain('Known allergies Sources disagree about allergies. Riverton General Hospital')
    expect(main).toMatch(/Market Street Practice \(synthetic\) recorded that there are none/)
    expect(main.indexOf('Allergy to penicillin')).toBeLessThan(main.indexOf('Recorded as having none'))
    expect((await open(path)).main).toContain('Treat the allergy as real until someone has asked the patient')
  })

  test('an empty list of allergies is "not recorded" on every page, never "none"', async () => {
    const path = await recordOf(only('allergies-not-recorded'))
    for (const section of ['', 'allergies', 'medicines', 'problems']) {
      const { banner, words } = await open(path, section)
      expect(banner).toContain('Allergies not recorded')
      expect(words).not.toMatch(/no known (drug |medicine )?allerg/i)
    }
  })

  test('a medicine stopped for the kidneys: in the past, with the reason, though the pharmacy gave it out before', async () => {
    const path = await recordOf(only('stopped-medicine'))
    expect((await open(path)).main).not.toContain('naproxen — 500 mg tablets Status')
    const { main } = await open(path, 'medicines')
    const [current = '', past = ''] = main.split(/Past: \d+ medicine/)
    expect(current).toContain('paracetamol — 500 mg tablets')
    expect(current).not.toMatch(/naproxen/i)
    expect(past).toContain('naproxen — 500 mg tablets Stopped')
    expect(past).toMatch(/stopped on \d{1,2} \w+ \d{4} \(Kidney function falling\)/)
    expect(past).toMatch(/Bridge Pharmacy \(synthetic\): dispensed/)
  })

  test('a dose that differs: both strengths, each naming the other and who says it', async () => {
    const path = await recordOf(only('dose-differs'))
    for (const section of ['', 'medicines']) {
      const page = await open(path, section)
      expect(row(page, 'Medicine bisoprolol — 2.5 mg tablets')).toContain(
        'Also on this list: bisoprolol — 5 mg tablets (Bridge Pharmacy',
      )
      const stronger = row(page, 'Medicine bisoprolol — 5 mg tablets')
      expect(stronger).toContain('Also on this list: bisoprolol — 2.5 mg tablets (Riverside Surgery')
      expect(stronger).toContain(pharmacy)
    }
  })

  test('a medicine of the GP and of the pharmacy with one code is one row that names both', async () => {
    const path = await recordOf({ given: 'Margaret', family: 'Ashworth', birthDate: '1947-03-18', nhsNumber: '' })
    const { rows } = await open(path, 'medicines')
    const metformin = rows.filter((text) => text.startsWith('Medicine metformin'))
    expect(metformin).toHaveLength(1)
    expect(metformin[0]).toMatch(
      /Riverside Surgery \(synthetic\): prescribed.*Bridge Pharmacy \(synthetic\): dispensed/,
    )
  })

  test('a corrected result: the right value with the word, and the wrong one reachable behind it', async () => {
    const path = await recordOf(only('result-corrected'))
    const page = await open(path, 'tests')
    const potassium = row(page, 'Test Potassium') ?? ''
    expect(potassium).toContain('Corrected')
    expect(page.words).not.toContain('6.9 mmol')
    const link = page.links.find(({ words, href }) => words.includes('Potassium') && href.includes('/tests/'))
    const readings = readPage((await clinician.get(link?.href ?? '')).html)
    const fact = readings.links.find(({ href }) => href.includes('/facts/Observation/'))
    const lineage = readPage((await clinician.get(fact?.href ?? '')).html)
    expect(lineage.main).toContain('All 2 versions')
    const before = readPage((await clinician.get(`${fact?.href}?version=1`)).html)
    expect(before.main).toContain('6.9')
  })

  test('what is to come stands apart: the next appointment with its day, a care package with who gives it', async () => {
    const path = await recordOf({ given: 'Margaret', family: 'Ashworth', birthDate: '1947-03-18', nhsNumber: '' })
    const { main } = await open(path)
    const dayAfter = (heading: string): Date =>
      new Date(`${new RegExp(`${heading} (\\d{1,2} \\w+ \\d{4})`).exec(main)?.[1] ?? ''} UTC`)
    const today = new Date(new Date().toISOString().slice(0, 10))
    expect(dayAfter('Coming up All that is planned').getTime()).toBeGreaterThanOrEqual(today.getTime())
    expect(dayAfter('Latest events Full timeline').getTime()).toBeLessThanOrEqual(today.getTime())
    const care = await open(path, 'social-care')
    expect(care.main).toContain('Physical support: personal care support')
    expect(care.main).toContain('Riverton Council')
    expect((await open(path, 'referrals')).main).toContain('Coming up: ')
  })
})

describe('messages that wait', () => {
  const waiting = async (source: string, status: 'failed' | 'held'): Promise<readonly ReadPage[]> => {
    const list = readPage((await analyst.get(`/staff/feeds/${source}?status=${status}`)).html)
    const papers = list.links.filter(({ href }) => href.startsWith('/staff/messages/'))
    return await Promise.all(papers.map(async ({ href }) => readPage((await analyst.get(href)).html)))
  }

  test('each broken message waits with its place, its reason and what to do; nothing else does', async () => {
    const feeds = readPage((await analyst.get('/staff/feeds')).html)
    expect(feeds.main).toContain('3 messages wait for somebody. They are kept, and the ones behind go on.')
    const [nobody, ...moreOfLab] = await waiting('riverton-lab', 'failed')
    expect(moreOfLab).toEqual([])
    expect(nobody?.main).toContain('PID[1]: ORU^R01 without a PID segment')
    expect(nobody?.main).toContain('Send PID')
    const [two, ...moreOfPas] = await waiting('riverton-pas', 'failed')
    expect(moreOfPas).toEqual([])
    expect(two?.main).toContain('PID[1]-3: Found 2 different NHS numbers for one person')
    expect(two?.main).toContain('correct it at the source and send the message again')
    const [reused, ...moreHeld] = await waiting('riverton-lab', 'held')
    expect(moreHeld).toEqual([])
    expect(reused?.main).toContain('The control id of this message came before with other content')
  })

  test('a person whose message waits: the page says whose, and shows nothing of it', async () => {
    const carol = await recordOf(only('broken-two-nhs-numbers'))
    const page = await open(carol)
    expect(page.banner).toContain('NHS number 999 200 0198')
    expect(page.words).not.toContain('999 000 0018')
    expect(page.main).toContain('did not answer. Records from Riverton General Hospital')
    expect((await open(carol, 'sources')).main).toContain(
      '1 message about this person waits to be put right and is not',
    )
    const peter = await recordOf(only('control-id-reused'))
    expect((await open(peter)).main).toContain('Records from Riverton General Hospital')
    // The report under the used number says haemoglobin on 1 February 2024 a second time; it is not applied.
    const [row] = await demo.server.sql<{ reports: number }[]>`
      select count(*)::int as reports from resource_version where body like '%0021002R%'`
    expect(row?.reports).toBe(0)
  })

  test('others go on: nobody else is said to have kept silent, and the ones behind the broken were applied', async () => {
    const emeka = await recordOf(only('broken-missing-pid'))
    const page = await open(emeka)
    expect(page.words).not.toContain('did not answer')
    expect((await open(emeka, 'tests')).main).toContain('HbA1c')
    const [row] = await demo.server.sql<{ applied: number; later: number }[]>`
      select count(*) filter (where status = 'applied')::int as applied,
             count(*) filter (where status = 'applied' and id > (select max(id) from message where status = 'failed'))::int as later
        from message`
    expect(row?.later).toBeGreaterThan(0)
  })

  test('a date that cannot be: the rest is read, the former date stays, and the note says where', async () => {
    const susan = await recordOf(only('broken-bad-date'))
    const { banner, main } = await open(susan)
    expect(banner).toContain('Born 28 February 1966')
    expect(main).not.toMatch(/Sources differ about who this is: [^.]*birth/)
    const [message] = await demo.server.sql<{ id: string }[]>`
      select id::text from message where source = 'riverton-pas' and convert_from(body, 'UTF8') like '%|19660231|%'`
    const paper = readPage((await analyst.get(`/staff/messages/${message?.id}`)).html)
    expect(paper.main).toContain('State Applied')
    expect(paper.main).toMatch(/PID\[1\]-7.*date/)
  })
})

test('the richest record names every source: what each sent, and those that sent nothing', async () => {
  const path = await recordOf({ given: 'Margaret', family: 'Ashworth', birthDate: '1947-03-18', nhsNumber: '' })
  const sources = await open(path, 'sources')
  for (const spoke of [
    'laboratory',
    'patient administration',
    'GP record',
    'dispensing',
    'community care',
    'social care',
  ])
    expect(
      sources.rows.filter((text) => text.includes(spoke) && !text.includes('Nothing about this person')),
      spoke,
    ).toHaveLength(1)
  for (const silent of ['Lowmoor Mental Health Trust', gpMarket])
    expect(row(sources, silent)).toContain('Nothing about this person')
  expect((await open(path)).main).toMatch(/Nothing about this person has come from .*Lowmoor Mental Health Trust/)
})
