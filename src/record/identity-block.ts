/**
 * Who the record is about, for the banner. Every source's word is kept; what is shown is chosen by rule:
 * name, birth date, sex and NHS number: a Patient whose NHS number is verified first, then the kind of source (GP, acute, ...), then the latest change;
 * address and phone: a source that told us of a change after its first word, latest first; else what most organisations say; else the latest.
 * A list that comes for the first time today may be the oldest of all. GP practice: as name.
 * A Patient that its source marks as restricted hides where the person lives, whoever else tells it (hazard H-21).
 * The choice settles nothing: other words are listed beside it (hazard H-04).
 */
import type { HumanName, Patient } from 'fhir/r4.js'
import type { Instant } from '../base/index.ts'
import { parseNhsNumber } from '../nhs/index.ts'
import { absent } from './absence.ts'
import { type Held, type HeldFact, list, text } from './held.ts'
import type { Absence, Attribute, Contact, Difference, Identity, PersonName, Saying, SourceFreshness } from './model.ts'
import { ageWords, dayWords, earliestMs } from './partial-date.ts'
import { difference, foldWords, sayings } from './same-code.ts'
import { addressWords, conceptWords, nameParts, phoneWords, referenceWords, spokenName } from './words.ts'

const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'
const kindOrder = ['gp', 'acute', 'mental-health', 'community', 'social-care', 'pharmacy', 'laboratory', 'other']

type Candidate<T> = { readonly value: T; readonly text: string; readonly fact: HeldFact<Patient> }

/** @param protectedNow the person's whereabouts are protected today, whatever these facts say (a past view) */
export function readIdentity(
  held: Held,
  sources: readonly SourceFreshness[],
  now: Instant,
  protectedNow = false,
): Identity {
  const kinds = new Map(sources.map((source) => [source.source, source.kind]))
  const latest = [...held.of('Patient')].filter(
    ({ resource }) => resource.active !== false || held.of('Patient').length === 1,
  )
  latest.sort((a, b) => b.origin.savedAt.localeCompare(a.origin.savedAt))
  const trusted = [...latest].sort(
    (a, b) =>
      Number(isVerified(b.resource)) - Number(isVerified(a.resource)) || kindRank(kinds, a) - kindRank(kinds, b),
  )
  const from = <T>(
    facts: readonly HeldFact<Patient>[],
    read: (patient: Patient) => { value: T; text: string } | undefined,
  ): Candidate<T>[] =>
    facts.flatMap((fact) => {
      const found = read(fact.resource)
      return found && found.text !== '' ? [{ ...found, fact }] : []
    })

  const name = attribute(from(trusted, currentName), foldName)
  const bornOn = attribute(
    from(trusted, ({ birthDate }) =>
      text(birthDate) ? { value: text(birthDate), text: dayWords(text(birthDate)) } : undefined,
    ),
  )
  const sex = attribute(
    from(trusted, ({ gender }) =>
      gender && gender !== 'unknown' ? { value: gender, text: sexWords[gender] ?? gender } : undefined,
    ),
  )
  const nhsNumber = attribute(from(trusted, nhsNumberOf))
  const restricted = protectedNow || latest.some(({ resource }) => isRestricted(resource))
  const shown = <T>(said: () => Attribute<T> | Absence) => (restricted ? ({ kind: 'restricted' } as const) : said())
  const address = shown(() => attribute(likeliest(from(latest, currentAddress))))
  const phone = shown(() => {
    const told = from(latest, ({ telecom }) => ({ value: phoneWords(telecom), text: phoneWords(telecom) }))
    return attribute(likeliest(told, foldPhone), foldPhone)
  })
  const gpPractice = shown(() => {
    const practices = attribute(from(trusted, (patient) => practiceOf(held, patient)))
    return 'value' in practices ? practices : attribute(from(trusted, (patient) => doctorOf(held, patient)))
  })
  const died = deathOf(latest)
  const lastDay = died?.day ?? now
  const age = 'value' in bornOn && !(died && !died.day) ? ageWords(bornOn.value, lastDay) : undefined
  const named: readonly [string, { readonly sayings: readonly Saying[] } | Absence | undefined][] = [
    ['Name', name],
    ['Date of birth', bornOn],
    ['Sex', sex],
    ['NHS number', nhsNumber],
    ['Died', died],
    ['Address', address],
    ['Phone', phone],
    ['GP practice', gpPractice],
  ]
  return {
    name,
    bornOn,
    sex,
    nhsNumber,
    address,
    phone,
    gpPractice,
    restricted,
    ...(age === undefined ? {} : { age }),
    ...(died === undefined ? {} : { died }),
    otherNames: otherNames(latest, name),
    languages: sayings(
      latest.flatMap(({ resource, origin }) =>
        list(resource.communication).map((one) => ({
          text: `${conceptWords(one.language)}${one.preferred ? ' (preferred)' : ''}`,
          origin,
        })),
      ),
    ),
    contacts: readContacts(held, latest).filter(({ relation }) => !restricted || relation !== 'GP'),
    differences: named.flatMap(([about, said]): readonly Difference[] =>
      said && 'sayings' in said ? difference(about, said.sayings) : [],
    ),
  }
}

function attribute<T>(
  candidates: readonly Candidate<T>[],
  fold: (words: string) => string = foldWords,
): Attribute<T> | Absence {
  const [chosen] = candidates
  if (!chosen) return absent('not-recorded')
  return {
    value: chosen.value,
    text: chosen.text,
    sayings: sayings(
      candidates.map(({ text: words, fact }) => ({ text: words, origin: fact.origin })),
      fold,
    ),
  }
}

/** Those who told of a change first, the latest change before others; then what most organisations say; then the latest. */
function likeliest<T>(
  candidates: readonly Candidate<T>[],
  fold: (words: string) => string = foldWords,
): readonly Candidate<T>[] {
  const organisations = new Map<string, Set<string>>()
  for (const { text: words, fact } of candidates) {
    const saying = organisations.get(fold(words)) ?? new Set<string>()
    organisations.set(fold(words), saying.add(fact.origin.organisation))
  }
  const hasChanged = ({ fact }: Candidate<T>) => Number((fact.origin.version ?? 1) > 1)
  const agreeing = ({ text: words }: Candidate<T>) => organisations.get(fold(words))?.size ?? 0
  return candidates.toSorted((a, b) => {
    const changed = hasChanged(b) - hasChanged(a)
    if (changed !== 0 || hasChanged(a) === 1) return changed
    return agreeing(b) - agreeing(a)
  })
}

function foldPhone(words: string): string {
  return words.replace(/\D+/g, '').replace(/^44/, '0')
}

/** R and V of HL7's confidentiality: PDS's sensitive flag, and PD1-12 of HL7 v2. */
export function isRestricted(patient: Patient): boolean {
  return list(patient.meta?.security).some(
    ({ system, code }) => /Confidentiality/.test(text(system)) && (code === 'R' || code === 'V'),
  )
}

function kindRank(kinds: ReadonlyMap<string, string>, { origin }: HeldFact<Patient>): number {
  const rank = kindOrder.indexOf(kinds.get(origin.source) ?? 'other')
  return rank < 0 ? kindOrder.length : rank
}

const sexWords: Readonly<Record<string, string>> = { female: 'Female', male: 'Male', other: 'Other' }

function isVerified(patient: Patient): boolean {
  return list(patient.identifier).some(
    (identifier) =>
      identifier.system === nhsNumberSystem &&
      list(identifier.extension).some(
        (extension) =>
          /NHSNumberVerificationStatus/.test(text(extension.url)) &&
          list(extension.valueCodeableConcept?.coding).some(
            ({ code }) => code === '01' || code === 'number-present-and-verified',
          ),
      ),
  )
}

// A number with a wrong check digit is nobody's: it is not shown as one, and stays among the details of its Patient.
function nhsNumberOf(patient: Patient): { value: string; text: string } | undefined {
  const sent = list(patient.identifier).find(({ system, use }) => system === nhsNumberSystem && use !== 'old')?.value
  const number = parseNhsNumber(text(sent), 'identifier')
  return number.ok
    ? { value: number.value, text: number.value.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3') }
    : undefined
}

const pastUses = new Set(['old', 'maiden', 'nickname', 'anonymous'])

function currentName(patient: Patient): { value: PersonName; text: string } | undefined {
  const names = list(patient.name)
  const chosen =
    names.find(({ use }) => use === 'official') ??
    names.find(({ use }) => use === 'usual') ??
    names.find(({ use }) => !pastUses.has(use ?? '')) ??
    names[0]
  if (!chosen) return undefined
  const value = nameParts(chosen)
  return { value, text: value.text }
}

// A title given or left out is no disagreement about who somebody is.
function foldName(words: string): string {
  return foldWords(words.replace(/\([^)]*\)\s*$/, ''))
}

function otherNames(facts: readonly HeldFact<Patient>[], shown: Attribute<PersonName> | Absence): readonly Saying[] {
  const spoken = new Set('sayings' in shown ? shown.sayings.map((saying) => foldName(saying.text)) : [])
  const all = facts.flatMap(({ resource, origin }) =>
    list<HumanName>(resource.name).map((name) => ({ text: nameParts(name).text, origin })),
  )
  return sayings(all, foldName).filter((saying) => !spoken.has(foldName(saying.text)))
}

function currentAddress(patient: Patient): { value: string; text: string } | undefined {
  const addresses = list(patient.address).filter(({ use }) => use !== 'old' && use !== 'billing')
  const chosen = addresses.find(({ use }) => use === 'home') ?? addresses[0]
  const words = chosen ? addressWords(chosen) : ''
  return words ? { value: words, text: words } : undefined
}

/** The practice, never the doctor: a doctor at a practice is no other word than the practice. */
function practiceOf(held: Held, patient: Patient): { value: string; text: string } | undefined {
  const named = list(patient.generalPractitioner).map((reference) => {
    const target = held.follow(reference.reference, patient)
    if (target?.resourceType === 'PractitionerRole') return referenceWords(held, target.organization, target)
    if (target?.resourceType === 'Practitioner' || /^Practitioner\//.test(text(reference.reference))) return ''
    return referenceWords(held, reference, patient)
  })
  const words = named.find(Boolean) ?? ''
  return words ? { value: words, text: words } : undefined
}

function doctorOf(held: Held, patient: Patient): { value: string; text: string } | undefined {
  const words = list(patient.generalPractitioner)
    .map((reference) => referenceWords(held, reference, patient))
    .find(Boolean)
  return words ? { value: words, text: words } : undefined
}

function deathOf(facts: readonly HeldFact<Patient>[]): Identity['died'] {
  const said = facts.flatMap(({ resource, origin }) => {
    const day = text(resource.deceasedDateTime)
    if (day) return [{ day, dead: true, text: `Died ${dayWords(day)}`, origin }]
    if (resource.deceasedBoolean === undefined) return []
    return [
      {
        day: '',
        dead: resource.deceasedBoolean,
        text: resource.deceasedBoolean ? 'Died, day not recorded' : 'Alive',
        origin,
      },
    ]
  })
  const dead = said.filter((one) => one.dead)
  if (dead.length === 0) return undefined
  const dated = dead.filter(({ day }) => earliestMs(day) !== undefined)[0]
  return {
    value: true,
    text: dated?.text ?? dead[0]?.text ?? 'Died',
    sayings: sayings(said),
    ...(dated ? { day: dated.day } : {}),
  }
}

function readContacts(held: Held, patients: readonly HeldFact<Patient>[]): readonly Contact[] {
  const found: Contact[] = []
  for (const { resource, origin } of patients) {
    for (const contact of list(resource.contact)) {
      const name = spokenName(contact.name) || referenceWords(held, contact.organization, resource)
      found.push({
        name: name || 'Name not recorded',
        relation: list(contact.relationship).map(conceptWords).filter(Boolean).join(', '),
        phone: phoneWords(contact.telecom),
        origins: [origin],
      })
    }
    for (const reference of list(resource.generalPractitioner)) {
      const name = referenceWords(held, reference, resource)
      if (name) found.push({ name, relation: 'GP', phone: '', origins: [origin] })
    }
  }
  for (const { resource, origin } of held.of('RelatedPerson')) {
    found.push({
      name: spokenName(resource.name) || 'Name not recorded',
      relation: list(resource.relationship).map(conceptWords).filter(Boolean).join(', '),
      phone: phoneWords(resource.telecom),
      origins: [origin],
    })
  }
  for (const { resource, origin } of held.of('CareTeam')) {
    for (const { member, role } of list(resource.participant)) {
      const name = referenceWords(held, member, resource)
      if (name && !text(member?.reference).startsWith('Patient/'))
        found.push({
          name,
          relation: list(role).map(conceptWords).filter(Boolean).join(', ') || 'Care team',
          phone: phoneWords(resource.telecom),
          origins: [origin],
        })
    }
  }
  return joinContacts(found)
}

function joinContacts(found: readonly Contact[]): readonly Contact[] {
  const byWords = new Map<string, Contact>()
  for (const contact of found) {
    const key = foldWords(`${contact.name} ${contact.relation} ${contact.phone}`)
    const held = byWords.get(key)
    byWords.set(key, held ? { ...held, origins: [...held.origins, ...contact.origins] } : contact)
  }
  return [...byWords.values()]
}
