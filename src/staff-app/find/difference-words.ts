import type { Difference } from '../../identity/index.ts'

const hows = {
  begins: (typed: string, held: string) => `${held} begins with “${typed}”`,
  familiar: (typed: string, held: string) => `“${typed}” may be short for ${held}`,
  spelling: (typed: string, held: string) => `${held} is spelt otherwise than “${typed}”`,
  sound: (typed: string, held: string) => `${held} sounds like “${typed}”`,
} as const

/** What was forgiven, in words, beside the person: “smyth” is not “smith”. */
export function differenceWords(difference: Difference): string {
  switch (difference.kind) {
    case 'name':
      return hows[difference.by](difference.typed, difference.held)
    case 'name-absent':
      return `No name like “${difference.typed}”`
    case 'birth-date-exchanged':
      return 'Day and month of birth the other way round'
    case 'birth-date-unknown':
      return 'Whole date of birth not recorded'
    case 'birth-date-other':
      return 'Another date of birth'
    case 'postcode-other':
      return 'Another postcode'
  }
}
