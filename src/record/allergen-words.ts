/** The bare name of what an allergy is to: `zoledronic acid` of `Allergy to zoledronic acid (disorder)`. */
import { foldWords } from './same-code.ts'

export function bareAllergen(substance: string): string {
  return foldWords(
    substance
      .replace(/\s*\([a-z ]+\)$/i, '')
      .replace(
        /^(?:allergic (?:reaction|disorder)|allergy|adverse (?:drug )?reaction|hypersensitivity|intolerance)(?: caused by| due to| to|:) /i,
        '',
      )
      .replace(/ (?:allergy|intolerance|adverse reaction|hypersensitivity)$/i, ''),
  )
}
