/** Which way a recorded decision about resuscitation goes, by its own words; where they do not say it plainly, nobody guesses (hazard H-71). */
import { inForce } from './in-force.ts'
import type { Entry, Heading } from './model.ts'

/** `lifted`: a decision against it was cancelled, or is said not to be there. `unclear`: about it, and no more can be told. */
export type Resuscitation = 'against' | 'in-favour' | 'lifted' | 'unclear'

const short = String.raw`(?:dnacpr|dnar|dnr|nfr|nfcpr|do not (?:attempt|resuscitat\w*))`
const doing = String.raw`(?:resuscitat\w*|cpr)`
const about = new RegExp(String.raw`\b${short}\b|\b${doing}\b|\ballow(?:ing)? (?:a )?natural death\b`)
const liftedWords =
  /\b(?:cancel+ed|cancel+ation|revoked|revocation|withdrawn|rescinded|lifted|removed|suspended|discontinued|expired|ended|superseded|invalid|no longer|not (?:in place|in force|valid|signed|made|agreed|active|applicable|current)|none)\b/
const lifted = [
  new RegExp(String.raw`\b(?:no|not|without|never)\b(?: \w+){0,3} ${short}\b`),
  // `DNACPR: no`, `DNACPR decision: none`.
  new RegExp(String.raw`\b${short}\b(?: (?:decision|status|order|form|in place))*\s*[:=?-]+\s*(?:no|none|false)\b`),
]
const notDone = String.raw`(?:not|no|never|against|declin\w+|refus\w+|unsuitable|inappropriate|futile|without)`
const against = [
  new RegExp(String.raw`\b${short}\b|\ballow(?:ing)? (?:a )?natural death\b`),
  new RegExp(String.raw`\b${notDone}\b(?: [\w-]+){0,5} ${doing}\b`),
  new RegExp(String.raw`\b${doing}\b(?:[ :=-]+[\w-]+){0,4}[ :=-]+${notDone}\b`),
]
const inFavour = [
  new RegExp(
    String.raw`\bfor (?:full |active |attempted |attempts? (?:at |of )?|cardio-?pulmonary )*${doing}\b|\b${doing} (?:attempts? )?(?:is |are |to be )?(?:recommended|attempted|appropriate|wanted)\b|\b${doing}(?: status)?\s*[:=-]+\s*(?:yes|full)\b|\battempt (?:full |cardio-?pulmonary )*${doing}\b|\bfull ${doing}\b`,
  ),
]
const talk =
  /\b(?:discuss\w*|discussion|consider\w*|review(?:ed)? (?:of|due)|leaflet|information|policy|training|to be decided|not (?:yet )?(?:decided|discussed|known|recorded))\b/

/** Undefined: not about resuscitation. */
export function resuscitationOf(words: string): Resuscitation | undefined {
  const plain = words.toLowerCase().replaceAll(/[’']/g, "'").replaceAll(/don't/g, 'do not').replaceAll(/\s+/g, ' ')
  if (!about.test(plain)) return undefined
  const said = (patterns: readonly RegExp[]) => patterns.some((pattern) => pattern.test(plain))
  if (said(lifted) || (said(against) && liftedWords.test(plain))) return 'lifted'
  if (talk.test(plain)) return 'unclear'
  if (said(against)) return 'against'
  return said(inFavour) ? 'in-favour' : 'unclear'
}

const ways: readonly Resuscitation[] = ['against', 'lifted', 'unclear', 'in-favour']

/** The title decides; what stands beneath it only where the title does not say. */
function wayOf({ title, detail, particulars = [] }: Entry): Resuscitation | undefined {
  const own = resuscitationOf(title)
  if (own !== undefined && own !== 'unclear') return own
  const parts = [detail, ...particulars.map(({ label, text }) => `${label}: ${text}`)]
    .flatMap((words) => words.split(/(?<=[.;!?])\s|\n/))
    .map(resuscitationOf)
    .filter((way) => way !== undefined && way !== 'unclear')
  const [one, ...others] = [...new Set(parts)]
  if (one === undefined) return own ?? (parts.length > 0 ? 'unclear' : undefined)
  return others.length === 0 ? one : 'unclear'
}

/** What is decided about resuscitation, as far as it stands; and whether entries say opposite things (hazards H-35, H-71). */
export function resuscitation(
  { legal }: Readonly<Record<Heading, readonly Entry[]>> | { readonly legal: readonly Entry[] },
  today: string,
): { readonly entries: readonly Entry[]; readonly conflict: boolean } {
  const found = legal
    .filter((entry) => inForce(entry, today))
    .flatMap((entry) => {
      const way = wayOf(entry)
      return way === undefined ? [] : [{ entry, way }]
    })
  const has = (way: Resuscitation) => found.some((one) => one.way === way)
  return {
    entries: ways.flatMap((way) => found.filter((one) => one.way === way).map(({ entry }) => entry)),
    conflict: has('against') && (has('in-favour') || has('lifted')),
  }
}
