import { expect, test } from 'vitest'
import type { Difference } from '../../identity/index.ts'
import { differenceWords } from './difference-words.ts'

test.each<[Difference, string]>([
  [{ kind: 'name', typed: 'smith', held: 'Smyth', by: 'sound' }, 'Smyth sounds like “smith”'],
  [{ kind: 'name', typed: 'bob', held: 'Robert', by: 'familiar' }, '“bob” may be short for Robert'],
  [{ kind: 'name', typed: 'jo', held: 'Joanne', by: 'begins' }, 'Joanne begins with “jo”'],
  [{ kind: 'name', typed: 'jhon', held: 'John', by: 'spelling' }, 'John is spelt otherwise than “jhon”'],
  [{ kind: 'name-absent', typed: 'jane' }, 'No name like “jane”'],
  [{ kind: 'birth-date-exchanged' }, 'Day and month of birth the other way round'],
  [{ kind: 'birth-date-unknown' }, 'Whole date of birth not recorded'],
  [{ kind: 'birth-date-other' }, 'Another date of birth'],
  [{ kind: 'postcode-other' }, 'Another postcode'],
])('H-59 %o reads "%s"', (difference, words) => expect(differenceWords(difference)).toBe(words))
