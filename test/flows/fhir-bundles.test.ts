/**
 * Issue 2, "Shown by" 2: whole-patient FHIR bundles posted over HTTP. For each person `$everything` gives back what went in, every
 * element and every digit, and the staff find that person and open the record.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Json, leavesOf, parseKeepingNumbers } from '../support/json-texts.ts'
import { type RunningTestServer, runningServer, type Staff } from '../support/server.ts'
import { sharedData } from '../support/shared-data.ts'

type Resource = { readonly [key: string]: Json } & { readonly resourceType: string; readonly id: string }
type Bundle = {
  readonly entry: readonly {
    readonly fullUrl: string
    readonly resource: Resource
    readonly response: { readonly status: string; readonly location: string }
  }[]
}
/** What was posted, and what each of its resources is called here. */
type Sent = { readonly name: string; readonly bundle: Bundle; readonly ids: readonly string[] }

const folder = sharedData('fhir-r4/bundles')
const names = folder === undefined ? [] : readdirSync(folder).sort()
const parse = (text: string): Bundle => parseKeepingNumbers(text) as unknown as Bundle

let server: RunningTestServer
let gp: Staff
const sent: Sent[] = []

beforeAll(async () => {
  server = await runningServer()
  gp = await server.staff('gp-rao')
})

async function fhir(path: string, body?: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${server.url}/fhir${path}`, {
    headers: { authorization: `Bearer ${await server.token()}`, 'content-type': 'application/fhir+json' },
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
  return { status: answer.status, text: await answer.text() }
}

const countByType = (resources: readonly Resource[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { resourceType } of resources) counts[resourceType] = (counts[resourceType] ?? 0) + 1
  return counts
}

/** All that a resource says, apart from what its keeper names it: its id, and when and in which version it is held. */
function said(resource: Resource, references: ReadonlyMap<string, string>): Readonly<Record<string, Json>> {
  const leaves = [...leavesOf(resource)].filter(
    ([path]) => path !== 'id' && !/^meta\.(versionId|lastUpdated|source)$/.test(path),
  )
  return Object.fromEntries(
    leaves.map(([path, leaf]) => [
      path,
      path.endsWith('.reference') && typeof leaf === 'string' ? (references.get(leaf) ?? leaf) : leaf,
    ]),
  )
}

const people = () =>
  sent.filter(({ bundle }) => bundle.entry.some(({ resource }) => resource.resourceType === 'Patient'))
const patientOf = ({ bundle, ids }: Sent) => {
  const at = bundle.entry.findIndex(({ resource }) => resource.resourceType === 'Patient')
  return { id: ids[at]?.split('/')[1] ?? '', patient: JSON.parse(JSON.stringify(bundle.entry[at]?.resource)) }
}

describe.skipIf(folder === undefined)('twenty people and their directories', () => {
  test('every bundle is taken whole, and each of its resources is named in the answer', {
    timeout: 60_000,
  }, async () => {
    expect(names).toHaveLength(22)
    for (const name of names) {
      // As laboratories write them, with a zero more: a program that computes with numbers would lose it.
      const text = readFileSync(join(folder ?? '', name), 'utf8').replaceAll(
        /"value":-?\d+\.\d+(?=[,}])/g,
        (digits) => `${digits}0`,
      )
      const answer = await fhir('', text)
      expect(answer.status, `${name}: ${answer.text.slice(0, 300)}`).toBe(200)
      const bundle = parse(text)
      const made = parse(answer.text).entry
      expect(made.map(({ response }) => response.status.slice(0, 3))).toEqual(bundle.entry.map(() => '201'))
      const ids = made.map(({ response }) => response.location.replace(/^.*?([A-Z]\w+\/[^/]+)\/_history.*$/, '$1'))
      expect(ids.map((id) => id.split('/')[0])).toEqual(bundle.entry.map(({ resource }) => resource.resourceType))
      sent.push({ name, bundle, ids })
    }
    expect(people()).toHaveLength(20)
    expect(await server.broken()).toEqual([])
  })

  test('$everything of each person gives back as many of each type, every element, and every digit', {
    timeout: 60_000,
  }, async () => {
    expect(people()).toHaveLength(20)
    let unrounded = 0
    for (const one of people()) {
      const answer = await fhir(`/Patient/${patientOf(one).id}/$everything`)
      expect(answer.status).toBe(200)
      const given = parse(answer.text).entry.map(({ resource }) => resource)
      const went = one.bundle.entry.map(({ resource }) => resource)
      expect(countByType(given), one.name).toEqual(countByType(went))
      const byId = new Map(given.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]))
      const references = new Map(one.bundle.entry.map(({ fullUrl }, n) => [fullUrl, one.ids[n] ?? '']))
      for (const [n, resource] of went.entries()) {
        const back = byId.get(one.ids[n] ?? '')
        expect(back && said(back, new Map()), `${one.name} entry ${n}`).toEqual(said(resource, references))
        for (const [, leaf] of leavesOf(resource))
          if (typeof leaf === 'string' && leaf.startsWith('number ')) {
            const text = leaf.slice('number '.length)
            if (String(Number(text)) !== text) unrounded += 1
          }
      }
    }
    expect(unrounded).toBeGreaterThan(1_000)
  })

  test('the staff find each person by name and date of birth, and the record opens with the state of allergies', {
    timeout: 60_000,
  }, async () => {
    for (const one of people()) {
      const { patient } = patientOf(one)
      const [{ family, given }] = patient.name
      const [year, month, day] = patient.birthDate.split('-')
      const found = await gp.find(`${given[0]} ${family} ${day}/${month}/${year}`)
      expect(found, one.name).toHaveLength(1)
      const page = await gp.get(found[0] ?? '')
      expect(page.status).toBe(200)
      expect(page.html).toContain(`${family.toUpperCase()}, `)
      expect(page.html).toContain(given[0])
      const allergies = one.bundle.entry.filter(({ resource }) => resource.resourceType === 'AllergyIntolerance')
      if (allergies.length === 0) {
        expect(page.html).toContain('Allergies not recorded')
        expect(page.html).not.toContain('No known allergies')
      } else {
        expect(page.html).toContain('Known allergies')
        const detail = await gp.get(`${found[0]}/allergies`)
        for (const { resource } of allergies) {
          const { text } = resource.code as { readonly text: string }
          expect(detail.html.toLowerCase()).toContain(text.toLowerCase())
        }
      }
    }
  })

  test('the person of whom most is held has every page, and each leads to where it came from', {
    timeout: 60_000,
  }, async () => {
    const most = people().toSorted((a, b) => b.ids.length - a.ids.length)[0] as Sent
    const { patient } = patientOf(most)
    const [record] = await gp.find(`${patient.name[0].given[0]} ${patient.name[0].family}`)
    for (const section of [
      'timeline',
      'problems',
      'medicines',
      'tests',
      'letters',
      'care-plans',
      'about',
      'contacts',
      'history',
      'social-care',
      'referrals',
      'sources',
    ]) {
      const page = await gp.get(`${record}/${section}`)
      expect(page.status, section).toBe(200)
    }
    const problems = await gp.get(`${record}/problems`)
    const facts = [...problems.html.matchAll(/href="([^"]+\/facts\/Condition\/[^"#]+)"/g)].flatMap(([, to]) => to ?? [])
    expect(facts.length).toBeGreaterThan(3)
    const fact = await gp.get(facts[0]?.replaceAll('&amp;', '&') ?? '')
    expect(fact.status).toBe(200)
    expect(fact.html).toContain('Demo system')
    expect(fact.html).toMatch(/<mark/)
  })
})
