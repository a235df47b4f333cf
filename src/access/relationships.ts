/** Who looks after a person, by the facts of the record itself: nobody is put on a list by hand, and nobody stays on it. Pure. */
import type {
  Appointment,
  CarePlan,
  CareTeam,
  DocumentReference,
  Encounter,
  EpisodeOfCare,
  FhirResource,
  Location,
  MedicationDispense,
  Organization,
  Patient,
  Practitioner,
  Reference,
  ServiceRequest,
} from 'fhir/r4.js'
import type { Staff } from './actor.ts'
import type { PolicyLimits } from './policy.ts'

export type RelationshipKind =
  | 'registered-practice'
  | 'admission'
  | 'recent-admission'
  | 'referral'
  | 'appointment'
  | 'caseload'
  | 'team-list'
  | 'care-team'
  | 'open-case'
  | 'letter'
  | 'dispensed'

/** One thing that shows that somebody looks after a person. */
export type Relationship = {
  readonly kind: RelationshipKind
  /** `Ward W7, since 20 November 2026`: follows "Why you can see this". */
  readonly words: string
  /** When it ends by itself; absent: when the facts say otherwise. */
  readonly until?: Date
  /** The fact that shows it; absent: a list. */
  readonly fact?: { readonly type: string; readonly id: string }
}

/** A fact of the record, and which organisation's system told it. */
export type ShownFact = {
  readonly resource: FhirResource
  readonly organisation: string
  readonly kind: string
}

/** A list that somebody keeps by hand, on which the person stands. */
export type ShownList = { readonly kind: 'caseload' | 'team'; readonly name: string; readonly since: string }

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code'
const dayMs = 86_400_000

export function relationshipsOf(
  staff: Pick<Staff, 'organisation' | 'codes'>,
  {
    facts,
    lists,
    follow,
    limits,
    now,
  }: {
    readonly facts: readonly ShownFact[]
    readonly lists: readonly ShownList[]
    /** What a reference leads to, by `Type/id`. */
    readonly follow: (reference: string) => FhirResource | undefined
    readonly limits: PolicyLimits
    readonly now: Date
  },
): readonly Relationship[] {
  const { code: here, name } = staff.organisation
  const organisationsOf = (reference: Reference | undefined): readonly string[] => {
    const held = reference?.reference === undefined ? undefined : follow(reference.reference)
    const all = [
      reference?.identifier,
      ...(held?.resourceType === 'Organization' ? list((held as Organization).identifier) : []),
    ]
    return all.flatMap((one) => (one?.system === ods && one.value ? [one.value] : []))
  }
  const isHere = (reference: Reference | undefined) =>
    reference !== undefined &&
    (organisationsOf(reference).includes(here) || reference.reference === `Organization/${here}`)
  const isMe = (reference: Reference | undefined) => {
    const held = reference?.reference === undefined ? undefined : follow(reference.reference)
    const all = [
      reference?.identifier,
      ...(held?.resourceType === 'Practitioner' ? list((held as Practitioner).identifier) : []),
    ]
    return all.some((one) => one?.system && one.value && (staff.codes ?? []).includes(`${one.system}|${one.value}`))
  }
  const found: Relationship[] = lists.map(({ kind, name: called, since }) => ({
    kind: kind === 'caseload' ? 'caseload' : 'team-list',
    words: `${kind === 'caseload' ? 'On your caseload' : `On your team’s list ${called}`}, since ${dayWords(since)}`,
  }))
  const say = (kind: RelationshipKind, words: string, resource: FhirResource, until?: Date) =>
    void found.push({
      kind,
      words,
      fact: { type: resource.resourceType, id: resource.id ?? '' },
      ...(until === undefined ? {} : { until }),
    })

  for (const { resource, organisation, kind } of facts) {
    const told = organisation === here
    switch (resource.resourceType) {
      case 'Patient': {
        const { active, generalPractitioner } = resource as Patient
        if (active === false) break
        const practices = list(generalPractitioner)
        const named = practices.some((one) => isHere(one) || isMe(one))
        const codes = practices.flatMap(organisationsOf)
        // A practice's own Patient is registered there, unless it names another practice.
        if (named || (told && kind === 'gp' && codes.length === 0))
          say('registered-practice', `Registered at ${name}`, resource)
        break
      }
      case 'Encounter': {
        const { status, period, location, class: how, participant, serviceProvider } = resource as Encounter
        if (!told && !isHere(serviceProvider) && !list(participant).some(({ individual }) => isMe(individual))) break
        if (status === 'cancelled' || status === 'entered-in-error' || !stays.has(how?.code ?? '')) {
          if (!['arrived', 'triaged', 'in-progress'].includes(status)) break
          const until = until_(period?.start, limits.appointmentDays, now)
          if (until) say('appointment', `Seen at ${name}${since(period?.start)}`, resource, until)
          break
        }
        const end = instant(period?.end)
        if (status === 'planned') break
        if (end === undefined && status !== 'finished') {
          const ward = wardOf([...list(location)].reverse().find((one) => one.status !== 'completed')?.location, follow)
          say(
            'admission',
            `${ward === '' ? `In ${name}` : ward}${period?.start ? `, admitted ${dayWords(period.start)}` : ''}`,
            resource,
          )
          break
        }
        const until = until_(period?.end, limits.dischargeDays, now)
        if (until) say('recent-admission', `Discharged from ${name} ${dayWords(period?.end ?? '')}`, resource, until)
        break
      }
      case 'Appointment': {
        const { status, start, participant } = resource as Appointment
        if (['cancelled', 'noshow', 'entered-in-error', 'proposed'].includes(status)) break
        if (!told && !list(participant).some(({ actor }) => isHere(actor) || isMe(actor))) break
        const at = instant(start)
        if (at === undefined || Math.abs(at.getTime() - now.getTime()) > limits.appointmentDays * dayMs) break
        say(
          'appointment',
          `Appointment at ${name} on ${dayWords(start ?? '')}`,
          resource,
          new Date(at.getTime() + limits.appointmentDays * dayMs),
        )
        break
      }
      case 'ServiceRequest': {
        const { status, authoredOn, performer } = resource as ServiceRequest
        if (!['active', 'on-hold', 'draft'].includes(status)) break
        if (!told && !list(performer).some((one) => isHere(one) || isMe(one))) break
        const until = until_(authoredOn, limits.referralDays, now)
        if (until) say('referral', `Open referral or request${since(authoredOn)}`, resource, until)
        break
      }
      case 'CareTeam': {
        const { status, participant, managingOrganization, name: called, period } = resource as CareTeam
        if (over.has(status ?? '') || ended(period?.end, now)) break
        const within =
          list(participant).some(
            ({ member, onBehalfOf, period: time }) =>
              !ended(time?.end, now) && (isMe(member) || isHere(member) || isHere(onBehalfOf)),
          ) ||
          list(managingOrganization).some(isHere) ||
          told
        if (within) say('care-team', `In the care team${called ? ` ${called}` : ''}${since(period?.start)}`, resource)
        break
      }
      case 'EpisodeOfCare': {
        const { status, managingOrganization, careManager, period } = resource as EpisodeOfCare
        if (over.has(status) || ended(period?.end, now)) break
        if (told || isHere(managingOrganization) || isMe(careManager))
          say('open-case', `Open case at ${name}${since(period?.start)}`, resource)
        break
      }
      case 'CarePlan': {
        const { status, period, author } = resource as CarePlan
        if (over.has(status) || ended(period?.end, now)) break
        if (told || isHere(author)) say('open-case', `Open case at ${name}${since(period?.start)}`, resource)
        break
      }
      case 'DocumentReference': {
        const { status, date } = resource as DocumentReference
        const until = until_(date, limits.dischargeDays, now)
        if (told && status !== 'entered-in-error' && until)
          say('letter', `${name} wrote about this person, ${dayWords(date ?? '')}`, resource, until)
        break
      }
      case 'MedicationDispense': {
        const { status, whenHandedOver, whenPrepared, performer } = resource as MedicationDispense
        if (status === 'entered-in-error' || status === 'cancelled') break
        if (!told && !list(performer).some(({ actor }) => isHere(actor))) break
        const until = until_(whenHandedOver ?? whenPrepared, limits.dispensedDays, now)
        if (until)
          say('dispensed', `Medicines dispensed by ${name}${since(whenHandedOver ?? whenPrepared)}`, resource, until)
        break
      }
      default:
    }
  }
  return found.toSorted((a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind))
}

const rank: readonly RelationshipKind[] = [
  'admission',
  'registered-practice',
  'caseload',
  'care-team',
  'team-list',
  'open-case',
  'appointment',
  'referral',
  'recent-admission',
  'letter',
  'dispensed',
]

/** A source marks the person as one whose details are restricted: R or V of HL7's confidentiality. */
export function isRestrictedPatient(resource: FhirResource): boolean {
  return (
    resource.resourceType === 'Patient' &&
    list(resource.meta?.security).some(
      ({ system, code }) => /Confidentiality/.test(system ?? '') && (code === 'R' || code === 'V'),
    )
  )
}

const stays = new Set(['IMP', 'ACUTE', 'NONAC', 'SS', 'EMER', 'OBSENC', 'PRENC'])
const over = new Set([
  'inactive',
  'finished',
  'cancelled',
  'entered-in-error',
  'proposed',
  'draft',
  'revoked',
  'completed',
])

function wardOf(reference: Reference | undefined, follow: (reference: string) => FhirResource | undefined): string {
  if (!reference) return ''
  const held = reference.reference === undefined ? undefined : (follow(reference.reference) as Location | undefined)
  const called = held?.name ?? reference.display ?? ''
  // `2, W7, RZ999` is bed 2 of ward W7 of the hospital RZ999.
  const parts = called.split(',').map((part) => part.trim())
  const ward = parts[parts.length > 2 ? 1 : 0] ?? ''
  return ward === '' ? '' : /ward/i.test(ward) ? ward : `Ward ${ward}`
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value.filter((one) => one !== null && one !== undefined) : []
}

function instant(text: string | undefined): Date | undefined {
  const at = text === undefined ? undefined : new Date(text)
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at
}

/** The end of so many days after a date; undefined when it is past, or there is no date. */
function until_(from: string | undefined, days: number, now: Date): Date | undefined {
  const at = instant(from)
  if (at === undefined) return undefined
  const until = new Date(at.getTime() + days * dayMs)
  return until > now ? until : undefined
}

function ended(end: string | undefined, now: Date): boolean {
  const at = instant(end)
  return at !== undefined && at < now
}

const since = (date: string | undefined) => (instant(date) === undefined ? '' : `, since ${dayWords(date ?? '')}`)

const days = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'Europe/London',
})

function dayWords(date: string): string {
  const at = instant(date)
  return at === undefined ? date.slice(0, 10) : days.format(at)
}
