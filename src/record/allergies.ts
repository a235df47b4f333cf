/**
 * Allergies in exactly four states. Somebody must have recorded "none" for us to say none; an empty list from one source cancels
 * nothing of another; a negative beside a positive shows both (hazards H-01, H-02).
 * @see facts of the NHS CUI allergy guidance; UK Core 716186003 and 409137002; FHIR List.emptyReason
 */
import type { AllergyIntolerance, List } from 'fhir/r4.js'
import { classNames, readAllergen } from '../nhs/index.ts'
import { type Held, type HeldFact, list, type Standing, text } from './held.ts'
import type { Allergies, Allergy, Origin } from './model.ts'
import { earliestMs } from './partial-date.ts'
import { difference, firstKey, groupByCode, joiningCodes, sayings } from './same-code.ts'
import { conceptList, conceptWords, sentence, statusCode } from './words.ts'

const negativeCodes: Readonly<Record<string, 'any' | 'medicines' | 'other'>> = {
  '716186003': 'any', // no known allergy
  '160244002': 'any', // no known allergies (older)
  '409137002': 'medicines', // no known drug allergy
  '429625007': 'other', // no known food allergy
  '428607008': 'other', // no known environmental allergy
  '1003774007': 'other', // no known latex allergy
}
const negativeWords = /^(?:nka|nkda|(?:no|nil) known (?:(drug|medicine|medication|medicinal) )?allerg(?:y|ies))\.?$/i

type Negative = Allergies['negatives'][number]

export function readAllergies(held: Held, sources: readonly Standing[]): Allergies {
  const all = held.of('AllergyIntolerance')
  const negatives: Negative[] = []
  const positives: HeldFact<AllergyIntolerance>[] = []
  for (const fact of all) {
    const about = isWithdrawn(fact.resource) ? undefined : negativeAbout(fact.resource)
    if (about)
      negatives.push({
        about,
        text: conceptWords(fact.resource.code),
        ...recordedOn(fact.resource),
        origins: [fact.origin],
      })
    else positives.push(fact)
  }
  const lists = held.of('List').filter(({ resource }) => isAllergyList(resource))
  for (const { resource, origin } of lists) {
    if (statusCode(resource.emptyReason) === 'nilknown' && list(resource.entry).length === 0)
      negatives.push({
        about: 'any',
        text: 'No known allergies (empty list marked “nil known”)',
        ...(resource.date ? { recordedOn: resource.date } : {}),
        origins: [origin],
      })
  }
  const rows = joinAllergies(positives)
  const allergies = rows.filter(({ standing }) => standing !== 'refuted' && standing !== 'entered-in-error')
  const unavailableFrom = unavailable(held, lists, sources)
  const known = allergies.some(({ standing }) => standing !== 'resolved')
  const none = negatives.some(({ about }) => about === 'any')
  return {
    // A recorded allergy outweighs all; "none" is only said when somebody recorded it and nothing that may say otherwise is missing.
    state: known
      ? 'known-allergies'
      : unavailableFrom.length > 0
        ? 'unavailable'
        : none
          ? 'no-known-allergies'
          : 'not-recorded',
    allergies,
    withdrawn: rows.filter(({ standing }) => standing === 'refuted' || standing === 'entered-in-error'),
    negatives,
    conflict: negatives.some(({ about }) => allergies.some((allergy) => denies(about, allergy))),
    unavailableFrom,
  }
}

/** "No known drug allergies" does not deny an allergy to peanuts; what may be either is taken as denied. */
function denies(about: Negative['about'], { standing, compared }: Allergy): boolean {
  if (standing === 'resolved' || about === 'other') return false
  return about === 'any' || compared !== 'not-a-medicine'
}

function negativeAbout({ code }: AllergyIntolerance): Negative['about'] | undefined {
  for (const coding of list(code?.coding)) {
    const about = negativeCodes[text(coding.code)]
    if (about) return about
  }
  const words = negativeWords.exec(conceptWords(code))
  if (!words) return undefined
  return words[1] || /^nkda/i.test(words[0]) ? 'medicines' : 'any'
}

function isWithdrawn(allergy: AllergyIntolerance): boolean {
  const certainty = statusCode(allergy.verificationStatus)
  return certainty === 'refuted' || certainty === 'entered-in-error'
}

function isAllergyList({ code, title, status }: List): boolean {
  if (status === 'entered-in-error' || /ended|resolved/i.test(text(title))) return false
  return (
    list(code?.coding).some((coding) => text(coding.code) === '886921000000105' || text(coding.code) === '48765-2') ||
    /allerg/i.test(text(title))
  )
}

function unavailable(held: Held, lists: readonly HeldFact<List>[], sources: readonly Standing[]): readonly string[] {
  const names = new Set<string>()
  for (const { resource, origin } of lists) {
    const reason = statusCode(resource.emptyReason)
    const warned = list(resource.extension).some((extension) =>
      /ListWarningCode|List-WarningCode/i.test(text(extension.url)),
    )
    if (reason === 'unavailable' || reason === 'withheld' || warned) names.add(origin.organisation)
  }
  const spoke = new Set(held.facts.map(({ origin }) => origin.source))
  for (const { source, organisation, state } of sources)
    if (state === 'failing' && spoke.has(source)) names.add(organisation)
  for (const origin of held.unreadable) if (origin.type === 'AllergyIntolerance') names.add(origin.organisation)
  return [...names].sort()
}

function recordedOn(allergy: AllergyIntolerance): { recordedOn?: string } {
  const date = [allergy.recordedDate, allergy.onsetDateTime, allergy.lastOccurrence].map(text).find(Boolean)
  return date ? { recordedOn: date } : {}
}

function joinAllergies(facts: readonly HeldFact<AllergyIntolerance>[]): readonly Allergy[] {
  const errors = facts.filter(({ resource }) => statusCode(resource.verificationStatus) === 'entered-in-error')
  const rest = facts.filter((fact) => !errors.includes(fact))
  const item = (fact: HeldFact<AllergyIntolerance>) => ({
    fact,
    codes: [...joiningCodes(fact.resource.code, fact.origin), ...substanceCode(fact.resource)],
  })
  const rows = [...groupByCode(rest.map(item)), ...errors.map((fact) => [item(fact)])].map((group) =>
    allergyRow(
      group.map(({ fact }) => fact),
      group.flatMap(({ codes }) => codes.filter((code) => !code.startsWith(byName))),
    ),
  )
  return rows.sort(
    (a, b) =>
      standings.indexOf(a.standing) - standings.indexOf(b.standing) ||
      graveness(a) - graveness(b) ||
      a.substance.localeCompare(b.substance),
  )
}

const byName = 'allergen|'

/** A substance or class that the table of medicines knows, whatever its code: every word of the name must be understood (hazard H-28). */
function substanceCode(allergy: AllergyIntolerance): readonly string[] {
  const allergen = readAllergen(substanceOf([allergy]))
  return allergen?.exact ? [`${byName}${allergen.key}`] : []
}

// Severe before, or of high risk in future: both come first.
function graveness({ severity, criticality }: Allergy): number {
  return criticality === 'high' ? 0 : severities.indexOf(severity)
}

const standings: readonly Allergy['standing'][] = ['active', 'inactive', 'resolved', 'refuted', 'entered-in-error']
const severities: readonly Allergy['severity'][] = ['severe', 'moderate', 'mild', 'not-recorded']

function standingOf(allergy: AllergyIntolerance): Allergy['standing'] {
  const certainty = statusCode(allergy.verificationStatus)
  if (certainty === 'refuted' || certainty === 'entered-in-error') return certainty
  const clinical = statusCode(allergy.clinicalStatus)
  // A status that is missing or not understood counts as active: the safe side.
  return clinical === 'inactive' || clinical === 'resolved' ? clinical : 'active'
}

function allergyRow(facts: readonly HeldFact<AllergyIntolerance>[], codes: readonly string[]): Allergy {
  const resources = facts.map(({ resource }) => resource)
  const said = (words: (allergy: AllergyIntolerance) => string) =>
    sayings(facts.map(({ resource, origin }) => ({ text: words(resource), origin })))
  const standing = standings.find((one) => resources.some((resource) => standingOf(resource) === one)) ?? 'active'
  const severity =
    severities.find((one) => resources.some((resource) => severityOf(resource) === one)) ?? 'not-recorded'
  const dates = resources.map((resource) => recordedOn(resource).recordedOn).filter((date) => date !== undefined)
  const first = dates.sort((a, b) => (earliestMs(a) ?? 0) - (earliestMs(b) ?? 0))[0]
  const allergen = readAllergen(substanceOf(resources))
  return {
    key: firstKey(codes, facts[0]?.origin ?? nowhere),
    substance: substanceOf(resources) || 'Substance not recorded',
    classes: classNames(allergen?.classes ?? []),
    compared: allergen?.exact ? 'by-table' : resources.every(isNoMedicine) ? 'not-a-medicine' : 'by-name',
    kind: resources.some(({ type }) => type === 'allergy')
      ? 'allergy'
      : resources.some(({ type }) => type === 'intolerance')
        ? 'intolerance'
        : '',
    reactions: [...new Set(resources.flatMap((resource) => list(resource.reaction).flatMap(reactionWords)))],
    severity,
    criticality: resources.some((one) => one.criticality === 'high')
      ? 'high'
      : (resources.find((one) => one.criticality)?.criticality ?? 'not-recorded'),
    standing,
    certainty: resources.map((resource) => statusCode(resource.verificationStatus)).find(Boolean) ?? '',
    ...(first === undefined ? {} : { recordedOn: first }),
    differences: [
      ...difference(
        'Standing',
        said((one) => sentence(standingOf(one))),
      ),
      ...difference(
        'Severity',
        said((one) => (severityOf(one) === 'not-recorded' ? '' : sentence(severityOf(one)))),
      ),
      ...difference(
        'Future risk',
        said(({ criticality }) => (criticality === undefined ? '' : sentence(text(criticality)))),
      ),
      ...difference(
        'Reaction',
        said((one) => list(one.reaction).flatMap(reactionWords).join(', ')),
      ),
      ...difference(
        'Certainty',
        said((one) => sentence(statusCode(one.verificationStatus))),
      ),
      ...difference(
        'Kind',
        said((one) => sentence(text(one.type))),
      ),
    ],
    origins: facts.map(({ origin }) => origin),
  }
}

const nowhere: Origin = {
  type: 'AllergyIntolerance',
  id: '',
  source: '',
  organisation: '',
  savedAt: '',
  messageId: '0',
}

/** Its source says of what kind it is, and medicines are not among them. */
function isNoMedicine({ category }: AllergyIntolerance): boolean {
  return list(category).length > 0 && list(category).every((one) => one === 'food' || one === 'environment')
}

function substanceOf(resources: readonly AllergyIntolerance[]): string {
  const named = resources.map(({ code }) => conceptWords(code)).find(Boolean)
  return (
    named ??
    resources.flatMap(({ reaction }) => list(reaction).map(({ substance }) => conceptWords(substance))).find(Boolean) ??
    ''
  )
}

type Reaction = NonNullable<AllergyIntolerance['reaction']>[number]

function reactionWords(reaction: Reaction): readonly string[] {
  const words = conceptList(reaction.manifestation)
  return words.length > 0 ? words : [text(reaction.description)].filter(Boolean)
}

function severityOf(allergy: AllergyIntolerance): Allergy['severity'] {
  return (
    severities.find((severity) => list(allergy.reaction).some((reaction) => reaction.severity === severity)) ??
    'not-recorded'
  )
}
