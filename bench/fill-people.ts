/** Fills identity's tables with invented people by COPY, as filing them would leave them. What is there already is not made again. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client, type ClientConfig } from 'pg'
import { from } from 'pg-copy-streams'
import { hash64 } from '../src/base/index.ts'
import { blockKeys, identifiersOf, namePairs, nameWords, nearKeys } from '../src/identity/keys.ts'
import { foldPostcode, phoneticKey } from '../src/nhs/index.ts'
import { inventedPerson } from './invented-people.ts'

const chunk = 20_000
const at = '2026-11-22T00:00:00Z'

/** @returns how many people were added. Each 20,000 are one transaction, so that an interrupted filling goes on where it was. */
export async function fillPeople(options: ClientConfig, people: number, tell: (done: number) => void): Promise<number> {
  const client = new Client(options)
  await client.connect()
  try {
    await client.query('set synchronous_commit = off')
    const { rows } = await client.query<{ many: number }>('select count(*)::int as many from person')
    const held = await client.query<{ n: string }>('select n from name_word')
    const words = new Set(held.rows.map(({ n }) => n))
    const before = rows[0]?.many ?? 0
    for (let n = before; n < people; n += chunk) {
      await fillChunk(client, n, Math.min(people, n + chunk), words)
      tell(Math.min(people, n + chunk))
    }
    await client.query(
      'vacuum (analyze) person, person_link, person_traits, person_identifier, person_name, person_pair, name_word',
    )
    return Math.max(0, people - before)
  } finally {
    await client.end()
  }
}

async function fillChunk(client: Client, first: number, upto: number, words: Set<string>): Promise<void> {
  const rows: Record<string, string[]> = Object.fromEntries(Object.keys(columns).map((table) => [table, []]))
  const add = (table: keyof typeof columns, ...values: readonly (string | number | null)[]) =>
    rows[table]?.push(values.map((value) => (value === null ? '\\N' : escaped(String(value)))).join('\t'))
  for (let n = first; n < upto; n += 1) {
    const traits = inventedPerson(n)
    const [pk, id, person] = [hash64(`bench|${n}`), `bench-${n}`, `person-${n}`]
    const d = traits.birthDate ?? null
    add('person', person, at)
    add('person_link', pk, 1, person, 'bench', id, at, 'new', '{}')
    add('person_traits', pk, id, 'bench', d, foldPostcode(traits.postcode ?? ''), JSON.stringify(traits), at)
    for (const { k, system, value } of identifiersOf(traits)) add('person_identifier', k, pk, system, value, 'true', at)
    for (const k of new Set(blockKeys(traits))) add('person_block', k, pk)
    for (const k of new Set(namePairs(traits))) add('person_pair', k, pk, d)
    for (const word of nameWords(traits)) {
      add('person_name', word, pk, d)
      if (words.has(word)) continue
      words.add(word)
      add('name_word', word, phoneticKey(word), `{${nearKeys(word).join(',')}}`)
    }
  }
  await client.query('begin')
  for (const [table, names] of Object.entries(columns)) {
    const text = `${(rows[table] ?? []).join('\n')}\n`
    if (text.length > 1)
      await pipeline(Readable.from([Buffer.from(text)]), client.query(from(`copy ${table} (${names}) from stdin`)))
  }
  await client.query('commit')
}

const columns = {
  person: 'id, created_at',
  person_link: 'pk, seq, person, source, patient_id, since, reason, explanation',
  person_traits: 'pk, patient_id, source, birth_date, postcode, traits, updated_at',
  person_identifier: 'k, pk, system, value, verified, first_seen_at',
  person_block: 'k, pk',
  person_pair: 'k, pk, d',
  person_name: 'n, pk, d',
  name_word: 'n, sound, near',
} as const

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\t', ' ').replaceAll('\n', ' ')
}
