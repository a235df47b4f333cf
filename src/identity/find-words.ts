/** What typed words may mean: forgiven here, once for each word that is held and not for each person. */
import type { Int64, Sql } from '../base/index.ts'
import { editDistance, foldName, phoneticKey } from '../nhs/index.ts'
import { nearKeys } from './keys.ts'
import { areFamiliar, familiarForms } from './nicknames.ts'

/** How a held word answers a typed one, from the surest to the least sure. */
export type Likeness = 'same' | 'begins' | 'familiar' | 'spelling' | 'sound'

/** A held word that a typed one may mean; `word` is the place of the typed one, `score` 0 to 1. */
export type Spelling = { readonly word: number; readonly n: string; readonly score: number }

export type Spellings = {
  readonly all: readonly Spelling[]
  /** More held words answer than were looked at: a longer word would tell more. */
  readonly cut: boolean
}

const variantsMax = 500

/**
 * The held words that each typed word may mean, best first. One statement; each of its looks goes through an index (`offset 0`: the order
 * asked for must not tempt the planner to read the words in that order instead).
 */
export async function spellings(sql: Sql, words: readonly string[]): Promise<Spellings> {
  const sounds = words.map(phoneticKey).filter((sound) => sound.length >= 2)
  const near: Int64[] = words.flatMap(nearKeys)
  const familiar = words.flatMap(familiarForms)
  const rows = await sql<{ n: string; sound: string; many: number }[]>`
    select p.n, p.sound, p.many::int from unnest(${words}::text[], ${words.map(after)}::text[]) u(w, upto)
      cross join lateral (
        select n, sound, count(*) over () as many
          from (select distinct n, sound from name_word where n >= u.w and n < u.upto order by n limit ${variantsMax}) b) p
    union select n, sound, 0 from name_word where n = any(${familiar}::text[])
    union (select n, sound, 0 from (select n, sound from name_word where sound = any(${sounds}::text[]) offset 0) s order by n limit ${variantsMax})
    ${near.length === 0 ? sql`` : sql`union (select n, sound, 0 from (select n, sound from name_word where near && ${near}::bigint[] offset 0) s order by n limit ${variantsMax})`}`
  const held = new Map(rows.map(({ n, sound }) => [n, sound]))
  const all = words.flatMap((typed, word) =>
    [...held].flatMap(([n, sound]) => {
      const like = likeness(typed, n, sound)
      return like ? [{ word, n, score: like.score }] : []
    }),
  )
  return { all: all.toSorted(bestFirst), cut: rows.some(({ many }) => many >= variantsMax) }
}

/** Of two words that answer as well, the shorter leaves less to guess. */
function bestFirst(a: Spelling, b: Spelling): number {
  return b.score - a.score || a.n.length - b.n.length || (a.n < b.n ? -1 : 1)
}

const scores = { same: 1, begins: 0.9, familiar: 0.85, spelling: 0.8, sound: 0.65 } as const

/** How well one folded word answers another; undefined: not at all. @param sound of the held word */
export function likeness(
  typed: string,
  held: string,
  sound: string = phoneticKey(held),
): { readonly by: Likeness; readonly score: number } | undefined {
  const by = (kind: Likeness, score: number = scores[kind]) => ({ by: kind, score })
  if (typed === held) return by('same')
  if (held.startsWith(typed)) return by('begins')
  if (areFamiliar(typed, held)) return by('familiar')
  if (typed.length >= 3) {
    const edits = editDistance(typed, held, 2)
    if (edits === 1) return by('spelling')
    if (edits === 2 && typed.length >= 6) return by('spelling', 0.7)
  }
  return sound.length >= 2 && phoneticKey(typed) === sound ? by('sound') : undefined
}

/** `O'Neill, Ada J` → oneill, ada: a lone letter is not searched for when there are whole words. */
export function wordsOf(name: string): readonly string[] {
  const words = name
    .split(/[\s,;]+/)
    .flatMap((word) => word.split('-'))
    .map(foldName)
    .filter((word) => word !== '')
    .slice(0, 6)
  const whole = words.filter((word) => word.length > 1)
  return [...new Set(whole.length > 0 ? whole : words)]
}

/** The first text that does not begin with this one, in the byte order of collation C. */
export function after(text: string): string {
  return `${text}\u{10ffff}`
}
