/** What a found person's record says otherwise than was typed, so that a forgiven letter or date is never taken for the one that was meant. */
import { foldPostcode } from '../nhs/index.ts'
import { mayBeBorn, stretchesOf } from './find-dates.ts'
import { type Likeness, likeness, wordsOf } from './find-words.ts'
import type { Member } from './knowledge.ts'
import type { PeopleQuery } from './people-query.ts'
import type { Traits } from './subject.ts'

export type Difference =
  /** A typed name is held in another form, as `held` is written. */
  | { readonly kind: 'name'; readonly typed: string; readonly held: string; readonly by: Exclude<Likeness, 'same'> }
  /** A typed name is not among the names held. */
  | { readonly kind: 'name-absent'; readonly typed: string }
  /** Day and month stand the other way round. */
  | { readonly kind: 'birth-date-exchanged' }
  /** No source holds a whole birth date, or none of the typed one. */
  | { readonly kind: 'birth-date-unknown' }
  /** The birth date held is another; only an NHS number can still have led here. */
  | { readonly kind: 'birth-date-other' }
  /** The postcode held is another, or none. */
  | { readonly kind: 'postcode-other' }

/** @param members what each source says of one person. @returns in the order: names as typed, birth date, postcode */
export function differences(query: PeopleQuery, members: readonly Member[]): readonly Difference[] {
  const traits = members.map((member) => member.traits)
  return [...nameDifferences(query, traits), ...birthDifferences(query, traits), ...homeDifferences(query, traits)]
}

function nameDifferences({ name = '' }: PeopleQuery, traits: readonly Traits[]): readonly Difference[] {
  const held = traits.flatMap(wordsAsWritten)
  return wordsOf(name).flatMap((typed): Difference[] => {
    let best: { readonly by: Likeness; readonly score: number; readonly written: string } | undefined
    for (const written of held) {
      for (const word of wordsOf(written)) {
        const like = likeness(typed, word)
        if (like && like.score > (best?.score ?? 0)) best = { ...like, written }
      }
    }
    if (!best) return [{ kind: 'name-absent', typed }]
    return best.by === 'same' ? [] : [{ kind: 'name', typed, held: best.written, by: best.by }]
  })
}

function wordsAsWritten({ family, given, otherNames }: Traits): readonly string[] {
  const names = [{ family, given }, ...(otherNames ?? [])]
  const whole = names.flatMap((name) => [...(name.family ? [name.family] : []), ...(name.given ?? [])])
  // The words of a double-barrelled name first; the whole where a word was typed that runs it together.
  return [
    ...whole.flatMap((name) => name.split(/[\s-]+/)),
    ...whole.flatMap((name) => name.split(/['’]/)),
    ...whole,
  ].filter((word) => word !== '')
}

function birthDifferences(query: PeopleQuery, traits: readonly Traits[]): readonly Difference[] {
  const stretches = stretchesOf(query)
  if (!stretches) return []
  const dates = traits.flatMap(({ birthDate }) => (birthDate ? [birthDate] : []))
  const whole = dates.filter((date) => date.length === 10)
  if (
    whole.some((date) =>
      mayBeBorn(
        date,
        stretches.filter(({ bonus }) => bonus >= 0),
      ),
    )
  )
    return []
  if (whole.some((date) => mayBeBorn(date, stretches))) return [{ kind: 'birth-date-exchanged' }]
  return dates.length === 0 || dates.some((date) => date.length < 10 && mayBeBorn(date, stretches))
    ? [{ kind: 'birth-date-unknown' }]
    : [{ kind: 'birth-date-other' }]
}

function homeDifferences(query: PeopleQuery, traits: readonly Traits[]): readonly Difference[] {
  const typed = foldPostcode(query.postcode ?? '')
  if (typed === '') return []
  return traits.some(({ postcode }) => foldPostcode(postcode ?? '').startsWith(typed))
    ? []
    : [{ kind: 'postcode-other' }]
}
