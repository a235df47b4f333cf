/** On which lists a fact puts the person whom it is about: a ward's, a practice's, a member of staff's. Pure. */
import { createHash } from 'node:crypto'
import type {
  CareTeam,
  Encounter,
  EpisodeOfCare,
  Location,
  Organization,
  Patient,
  Practitioner,
  Reference,
} from 'fhir/r4.js'
import { foldName } from '../nhs/index.ts'
import { list } from './result-rules.ts'

/** One person's place on one list, as one fact tells it. */
export type ListPlace = {
  /** `ward|RZ999|W7`, `practice|Y99901`, `staff|<system>|<code>`. */
  readonly list: string
  /** The order within the list. */
  readonly sort: string
  readonly since?: string
  /** Bed and room, as the source names them; '' when it does not. */
  readonly place: string
}

/** What a fact refers to, by `Type/id`; undefined when it is not held. */
export type Follow = (reference: string | undefined) => unknown

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code'
const over = new Set([
  'inactive',
  'finished',
  'cancelled',
  'entered-in-error',
  'proposed',
  'suspended',
  'planned',
  'waitlist',
])

export function placesOf(
  resource: { readonly resourceType: string },
  {
    follow,
    organisation,
    sort,
    now,
  }: { readonly follow: Follow; readonly organisation: string; readonly sort: string; readonly now: Date },
): readonly ListPlace[] {
  switch (resource.resourceType) {
    case 'Patient':
      return practicesOf(resource as Patient, follow)
    case 'Encounter':
      return visitPlaces(resource as Encounter, { follow, organisation, sort })
    case 'CareTeam': {
      const { status, participant, period } = resource as CareTeam
      if (over.has(status ?? '') || hasEnded(period?.end, now)) return []
      const members = list(participant).filter((one) => !hasEnded(one.period?.end, now))
      return staffPlaces(
        members.map(({ member }) => member),
        { follow, sort, since: period?.start },
      )
    }
    case 'EpisodeOfCare': {
      const { status, careManager, period } = resource as EpisodeOfCare
      if (over.has(status) || hasEnded(period?.end, now)) return []
      return staffPlaces([careManager], { follow, sort, since: period?.start })
    }
    default:
      return []
  }
}

/** The name by which people are ordered in a list: family name first, folded. */
export function sortName({ name }: Pick<Patient, 'name'>): string {
  const [chosen] = [...list(name)].sort((a, b) => Number(a.use === 'old') - Number(b.use === 'old'))
  return `${foldName(chosen?.family ?? '')} ${foldName(list(chosen?.given).join(' '))}`.trim()
}

function practicesOf(patient: Patient, follow: Follow): readonly ListPlace[] {
  if (patient.active === false) return []
  const codes = list(patient.generalPractitioner).flatMap((reference) => {
    const held = follow(reference.reference) as Organization | undefined
    const identifiers = [...list(held?.resourceType === 'Organization' ? held.identifier : []), reference.identifier]
    return identifiers.flatMap((one) => (one?.system === ods && one.value ? [one.value] : []))
  })
  return [...new Set(codes)].map((code) => ({ list: `practice|${bounded(code)}`, sort: sortName(patient), place: '' }))
}

const inBed = new Set(['IMP', 'ACUTE', 'NONAC', 'SS', 'EMER', 'OBSENC', 'PRENC'])

/** A stay that goes on: the ward, and everyone who answers for it. */
function visitPlaces(
  { status, class: kind, location, participant, period }: Encounter,
  { follow, organisation, sort }: { readonly follow: Follow; readonly organisation: string; readonly sort: string },
): readonly ListPlace[] {
  if (!['in-progress', 'arrived', 'triaged', 'onleave'].includes(status)) return []
  const staff = staffPlaces(
    list(participant).map(({ individual }) => individual),
    { follow, sort, since: period?.start },
  )
  if (!inBed.has(kind?.code ?? '')) return staff
  const now = [...list(location)].reverse().find((one) => one.status !== 'completed' && one.status !== 'planned')
  const ward = now && wardOf(now.location, follow)
  if (!ward) return staff
  const since = now.period?.start ?? period?.start
  return [
    {
      list: `ward|${organisation}|${bounded(ward.name)}`,
      sort: `${bedOrder(ward.place)} ${sort}`,
      place: ward.place,
      ...(since ? { since } : {}),
    },
    ...staff,
  ]
}

/** Beds by number: 2 before 12. */
function bedOrder(place: string): string {
  return place.replaceAll(/\d+/g, (digits) => digits.padStart(4, '0')).toLowerCase()
}

function wardOf(reference: Reference, follow: Follow): { readonly name: string; readonly place: string } | undefined {
  const here = follow(reference.reference) as Location | undefined
  const name = here?.name ?? reference.display
  if (!name) return undefined
  const within = here?.partOf
  const part = list(here?.physicalType?.coding)[0]?.code
  if (within && (part === 'bd' || part === 'ro')) {
    const ward = follow(within.reference) as Location | undefined
    const wardName = ward?.name ?? within.display ?? within.identifier?.value
    if (wardName) return { name: wardName, place: shortened(name, wardName) }
  }
  return { name, place: '' }
}

/** `12, W7, RZ999` in `W7, RZ999` is `12`. */
function shortened(name: string, ward: string): string {
  return name.endsWith(`, ${ward}`) ? name.slice(0, -ward.length - 2) : name
}

function staffPlaces(
  references: readonly (Reference | undefined)[],
  { follow, sort, since }: { readonly follow: Follow; readonly sort: string; readonly since?: string | undefined },
): readonly ListPlace[] {
  const codes = references.flatMap((reference) => {
    const held = follow(reference?.reference) as Practitioner | undefined
    const identifiers = [...list(held?.resourceType === 'Practitioner' ? held.identifier : []), reference?.identifier]
    return identifiers.flatMap((one) => (one?.system && one.value ? [`${one.system}|${one.value}`] : []))
  })
  return [...new Set(codes)].map((code) => ({
    list: `staff|${bounded(code)}`,
    sort,
    place: '',
    ...(since ? { since } : {}),
  }))
}

const nameMax = 150

/** What names a list, fit for its address and its index. Longer names, which no ward and no code has, end in a digest: two never become one. */
function bounded(name: string): string {
  if (name.length <= nameMax) return name
  return `${name.slice(0, nameMax - 14).toWellFormed()}… ${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
}

function hasEnded(end: string | undefined, now: Date): boolean {
  return end !== undefined && new Date(end).getTime() < now.getTime()
}
