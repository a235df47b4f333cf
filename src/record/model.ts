/** What one person's record says: plain, read-only values that a page shows and nothing has to be looked up again. */
import type { Day, Instant, Int64 } from '../base/index.ts'
import type { News2Parameter, News2Risk } from '../nhs/index.ts'

/** Where a fact came from: enough for its source line and for the link to its lineage. */
export type Origin = {
  /** FHIR type and id of the fact. */
  readonly type: string
  readonly id: string
  /** Id of the source, and the name of its organisation as a reader knows it. */
  readonly source: string
  readonly organisation: string
  /** When this version of the fact was kept. */
  readonly savedAt: Instant
  readonly messageId: Int64
  /** From 1; more: its source has told us of it again, and otherwise. */
  readonly version?: number
  /** Organisations whose systems took this entry, which was written here, and told it back to us unchanged. */
  readonly confirmedBy?: readonly string[]
}

/** Why there is nothing to show. Empty is not one thing, and `not-recorded` is never `none` (hazard H-01). */
export type Absence =
  /** Nobody gave this field. */
  | { readonly kind: 'not-recorded' }
  /** A list is empty in all the organisations that answered. */
  | { readonly kind: 'none-recorded'; readonly organisations: number }
  | { readonly kind: 'not-shared'; readonly organisation: string }
  /** These sources failed or do not answer now. */
  | { readonly kind: 'not-available'; readonly organisations: readonly string[] }
  | { readonly kind: 'hidden-at-request' }
  /** A source marks the person as one whose whereabouts are protected (hazard H-21). */
  | { readonly kind: 'restricted' }

/** One thing that one or more sources say, in words. */
export type Saying = { readonly text: string; readonly origins: readonly Origin[] }

/** Sources say different things of the same attribute: shown side by side, never resolved for the reader (hazard H-03). */
export type Difference = {
  /** What they differ about, as a label: `Dose`, `Status`, `Started`, `Date of birth`. */
  readonly about: string
  /** Two or more. */
  readonly sayings: readonly Saying[]
}

/** A FHIR date or dateTime as its source sent it: `2026`, `2026-05`, `2026-05-14`, `2026-05-14T10:20:00+01:00`. */
export type PartialDate = string

/** A value chosen for display, and everyone who says it or otherwise. One saying: all who speak agree. */
export type Attribute<T> = { readonly value: T; readonly text: string; readonly sayings: readonly Saying[] }

export type PersonName = {
  readonly family: string
  readonly given: string
  readonly title: string
  readonly text: string
}

export type Identity = {
  readonly name: Attribute<PersonName> | Absence
  /** Other names any source gives: former, preferred, maiden. */
  readonly otherNames: readonly Saying[]
  readonly bornOn: Attribute<Day> | Absence
  /** `68y`, `4y 1m`; at death when died. Absent when the birth date is not known. */
  readonly age?: string
  /** In words: Female, Male, Other, Not known. */
  readonly sex: Attribute<string> | Absence
  /** Ten digits; `text` is in 3-3-4 groups. */
  readonly nhsNumber: Attribute<string> | Absence
  readonly address: Attribute<string> | Absence
  readonly phone: Attribute<string> | Absence
  readonly gpPractice: Attribute<string> | Absence
  /** Absent: no source says that the person died. `day` absent: the day is not known. */
  readonly died?: Attribute<boolean> & { readonly day?: Day }
  /** A source marks the record as sensitive: address, phone and GP practice are not told. */
  readonly restricted: boolean
  readonly languages: readonly Saying[]
  readonly contacts: readonly Contact[]
  readonly differences: readonly Difference[]
}

export type Contact = {
  readonly name: string
  /** Son, usual GP, social worker …; '' when nobody said. */
  readonly relation: string
  readonly phone: string
  readonly origins: readonly Origin[]
}

/** One recorded allergy or intolerance, which several sources may say. */
export type Allergy = {
  readonly key: string
  readonly substance: string
  /** Allergy and intolerance stay distinct; '' when the source did not say. */
  readonly kind: 'allergy' | 'intolerance' | ''
  readonly reactions: readonly string[]
  /** The gravest of recorded reactions. Severity is of the past, criticality of the future: never mixed. */
  readonly severity: 'severe' | 'moderate' | 'mild' | 'not-recorded'
  readonly criticality: 'high' | 'low' | 'unable-to-assess' | 'not-recorded'
  /** `refuted` and `entered-in-error` are listed apart, never dropped. */
  readonly standing: 'active' | 'inactive' | 'resolved' | 'refuted' | 'entered-in-error'
  /** Families of medicines that it names or belongs to, in words: `penicillins`. Empty: none, or the table does not know it. */
  readonly classes: readonly string[]
  /** What medicines are compared by (hazard H-29). `not-a-medicine`: its source says that it is of food or surroundings. */
  readonly compared: 'by-table' | 'by-name' | 'not-a-medicine'
  readonly certainty: string
  readonly recordedOn?: PartialDate
  readonly differences: readonly Difference[]
  readonly origins: readonly Origin[]
}

/** Exactly one of four, in the banner and everywhere (hazard H-01). */
export type AllergyState = 'known-allergies' | 'no-known-allergies' | 'not-recorded' | 'unavailable'

export type Allergies = {
  readonly state: AllergyState
  /** Standing `active` first, then inactive and resolved. */
  readonly allergies: readonly Allergy[]
  /** Refuted or entered in error: reachable, not in the banner. */
  readonly withdrawn: readonly Allergy[]
  /** Somebody recorded that there are none: of any kind, of medicines only, or of something else only (food, latex). */
  readonly negatives: readonly {
    readonly about: 'any' | 'medicines' | 'other'
    readonly text: string
    readonly recordedOn?: PartialDate
    readonly origins: readonly Origin[]
  }[]
  /** A "no known allergies" stands beside a recorded allergy: both are shown, and a review is asked for (hazard H-02). */
  readonly conflict: boolean
  /** Organisations whose allergies could not be had: failed, withheld. */
  readonly unavailableFrom: readonly string[]
}

export type Problem = {
  readonly key: string
  readonly title: string
  readonly code?: string
  /** `active` when any source says active. */
  readonly status: 'active' | 'inactive' | 'resolved' | 'refuted' | 'entered-in-error' | 'not-recorded'
  readonly certainty: string
  readonly since?: PartialDate
  readonly ended?: PartialDate
  /** Found at visits that are over, and on no source's list of problems: not a problem of today (hazard H-70). */
  readonly ofPastVisit?: true
  readonly notes: readonly string[]
  readonly differences: readonly Difference[]
  readonly origins: readonly Origin[]
}

export type MedicineStatus =
  | 'current'
  | 'stopped'
  | 'completed'
  | 'not-taking'
  | 'on-hold'
  | 'planned'
  | 'entered-in-error'
  | 'not-recorded'

/** What one source says of a medicine: a prescription with its issues and statements is one of these. */
export type MedicineSaying = {
  readonly name: string
  /** As it is shown, when it is not just the name of the row: a brand, or another name for the same code; else ''. */
  readonly called: string
  /** Prescribed, dispensed, given in hospital, reported by the patient or a relative, or only on a list of the organisation's. */
  readonly role: 'prescribed' | 'dispensed' | 'given' | 'reported' | 'recorded'
  readonly status: MedicineStatus
  readonly statusReason: string
  /** Words of the dosage as recorded; '' when not recorded. */
  readonly dose: string
  readonly started?: PartialDate
  readonly ended?: PartialDate
  readonly lastIssued?: PartialDate
  /** How many days the last box handed over lasts, as its source says. */
  readonly supplyDays?: number
  readonly origins: readonly Origin[]
}

/** Another row not known to have ended that speaks of the same medicine, or may. */
export type AlikeMedicine = {
  /** As it is shown. */
  readonly name: string
  readonly organisations: readonly string[]
  /** By the table of names: the same ingredients in another product; otherwise a name that begins alike. */
  readonly how: 'another-strength' | 'another-form' | 'another-brand' | 'same-medicine' | 'begins-alike'
}

/** Something about a medicine that somebody should look at: never a judgement, always with what it rests on (hazards H-28, H-29). */
export type MedicineConcern = {
  readonly kind:
    | 'allergy'
    | 'allergy-class'
    | 'allergy-cross'
    | 'allergy-name'
    | 'shared-ingredient'
    | 'same-class'
    | 'twice'
    | 'restarted'
  /** To act on before anything else; otherwise to know. */
  readonly grave: boolean
  /** A whole sentence. */
  readonly text: string
  /** Key of the allergy that it is about. */
  readonly allergy?: string
  /** The facts it rests on, other than the medicine's own. */
  readonly origins: readonly Origin[]
}

/** One medicine across sources by code or by the table of names; never merged on a name that the table does not know (hazards H-05, H-28). */
export type Medicine = {
  readonly key: string
  /** As a source sent it. */
  readonly name: string
  /** The same in the parts that a page shows: generic, brands, strength and form. */
  readonly words: { readonly generic: string; readonly brand: string; readonly rest: string }
  /** The table knows the name: only then can it be compared with allergies and classes. */
  readonly known: boolean
  readonly code?: string
  /** `current` when any source says current. */
  readonly status: MedicineStatus
  readonly sayings: readonly MedicineSaying[]
  readonly differences: readonly Difference[]
  readonly alike: readonly AlikeMedicine[]
  /** Gravest first. */
  readonly concerns: readonly MedicineConcern[]
  readonly origins: readonly Origin[]
}

/** A value as it was sent; numbers keep their text (`1.50`). */
export type ReadingValue =
  | {
      readonly kind: 'quantity'
      readonly text: string
      readonly number: number
      readonly comparator: '' | '<' | '<=' | '>=' | '>'
      readonly unit: string
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent'; readonly reason: string }

export type Reading = {
  /** Specimen or observation time, not report time. Absent: the source gave none. */
  readonly when?: PartialDate
  /** What its source calls it, when that is not the name of the row; else ''. */
  readonly called: string
  /** For panels such as blood pressure: one value a component; else one with name ''. */
  readonly values: readonly { readonly name: string; readonly value: ReadingValue }[]
  /** As text, with the laboratory's own words and unit; '' when none was sent. */
  readonly range: string
  readonly low?: number
  readonly high?: number
  /** The laboratory's flag in words (`High`, `Critically low`); '' when none. */
  readonly flag: string
  /** `preliminary`, `amended`, `corrected`, `cancelled`, `entered-in-error`; `final` needs no words. */
  readonly status: string
  readonly comment: string
  readonly origins: readonly Origin[]
}

/** Readings that may share one axis: same component, same unit. */
export type Trend = {
  readonly name: string
  readonly unit: string
  /** Oldest first; only plain numbers. */
  readonly points: readonly { readonly at: Instant; readonly value: number; readonly text: string }[]
  /** Readings left out of the line because they are limits (`<5`): they are in the table. */
  readonly leftOut: number
  readonly low?: number
  readonly high?: number
  /** `Fell from 52 in August 2025 to 44 in November 2026`. */
  readonly conclusion: string
}

export type Test = {
  /** Opaque and stable within this record: fit for an address. */
  readonly key: string
  readonly name: string
  readonly code?: string
  readonly group: 'laboratory' | 'vital-signs' | 'other'
  /** Name of the report that its newest reading came in: `Full blood count`. Absent: it came in none. */
  readonly report?: string
  /** The first of `readings`. */
  readonly latest?: Reading
  /** Newest first; entered in error last. */
  readonly readings: readonly Reading[]
  /** One for each unit and component: unlike units never share an axis (hazard H-06). */
  readonly trends: readonly Trend[]
  readonly origins: readonly Origin[]
}

export type News2Reading = {
  readonly parameter: News2Parameter
  /** As it was sent: `22 /min`, `New confusion`. */
  readonly text: string
  readonly when: PartialDate
  /** What it scores; absent when the set has no total. */
  readonly band?: 0 | 1 | 2 | 3
  readonly origin: Origin
}

/** A total that a source sent. */
export type News2Recorded = {
  readonly total: number
  readonly when: PartialDate
  readonly risk: News2Risk
  readonly response: string
  readonly origin: Origin
}

/** Readings of one source that were made together (hazard H-30). */
export type News2Set = {
  readonly from: Instant
  readonly until: Instant
  readonly organisation: string
  /** Of oxygen saturation. 2 only where the source says so. */
  readonly scale: 1 | 2
  readonly readings: readonly News2Reading[]
  /** By Throughline: never a total of what is not whole. */
  readonly computed:
    | { readonly kind: 'scored'; readonly total: number; readonly risk: News2Risk; readonly response: string }
    | { readonly kind: 'partial'; readonly missing: readonly News2Parameter[] }
    | { readonly kind: 'unusable'; readonly parameters: readonly News2Parameter[] }
    | { readonly kind: 'not-scored'; readonly why: string }
  /** What the source recorded with them. */
  readonly recorded?: News2Recorded
}

export type News2 = {
  /** Newest first. */
  readonly sets: readonly News2Set[]
  /** Every total that was sent, newest first, whether or not its readings were. */
  readonly recorded: readonly News2Recorded[]
}

export type Attachment =
  | { readonly kind: 'text'; readonly title: string; readonly text: string }
  /** Narrative read into safe blocks: no markup of the sender's ever reaches a page (hazard H-10). */
  | { readonly kind: 'narrative'; readonly title: string; readonly blocks: readonly Block[] }
  /** A picture or PDF by its own bytes may be shown, inert; all else is to be downloaded. `index` names it in the address. */
  | {
      readonly kind: 'file'
      readonly title: string
      readonly contentType: string
      readonly sizeBytes: number
      readonly index: number
      /** Absent: to be downloaded only. */
      readonly shows?: 'image' | 'pdf'
    }
  /** The content stays with its holder. */
  | { readonly kind: 'elsewhere'; readonly title: string }

export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }

/** A letter, report or other document. */
export type Letter = {
  readonly key: string
  readonly title: string
  readonly type: string
  readonly when?: PartialDate
  readonly author: string
  readonly status: string
  readonly attachments: readonly Attachment[]
  readonly origins: readonly Origin[]
}

/** Any other dated thing: an admission, a vaccination, a care package, an appointment, a flag. */
export type Entry = {
  readonly kind: EntryKind
  readonly title: string
  /** One line; '' when there is no more to say. */
  readonly detail: string
  readonly when?: PartialDate
  readonly until?: PartialDate
  /** In words, '' when ordinary. */
  readonly status: string
  readonly people: readonly string[]
  /** What it says, part by part, in its author's words and order: the answers of a form, the actions of a plan. Absent: no more than `detail`. */
  readonly particulars?: readonly Particular[]
  /** Key of the test, letter, problem ... that tells more. */
  readonly key?: string
  readonly origins: readonly Origin[]
}

export type Particular = { readonly label: string; readonly text: string }

/**
 * The headings of the record standard (PRSB Core Information Standard) that other parts of the record do not hold.
 * A fact stands under one of them at most; `encounters` holds all contacts, `admissions` of them those that go on now.
 */
export type Heading =
  | 'end-of-life'
  | 'contingency'
  | 'care-plans'
  | 'legal'
  | 'about-me'
  | 'needs'
  | 'safeguarding'
  | 'alerts'
  | 'social-context'
  | 'team'
  | 'social-care'
  | 'encounters'
  | 'procedures'
  | 'vaccinations'
  | 'equipment'
  | 'assessments'
  | 'family-history'
  | 'pregnancy'
  | 'referrals'
  | 'appointments'

export type EntryKind =
  | 'Problem'
  | 'Medicine'
  | 'Allergy'
  | 'Test'
  | 'Reading'
  | 'Report'
  | 'Letter'
  | 'Hospital'
  | 'Contact'
  | 'Vaccination'
  | 'Procedure'
  | 'Appointment'
  | 'Referral'
  | 'Care plan'
  | 'Care package'
  | 'Care team'
  | 'Alert'
  | 'Assessment'
  | 'Family history'
  | 'About me'
  | 'Legal'
  | 'Equipment'
  | 'Task'
  | 'List'
  | 'Patient details'
  | 'Other'

/** Where and when an entry stands on the timeline, and the entry. */
export type Happening = Pick<Entry, 'kind' | 'when' | 'origins'> & { readonly entry: () => Entry }

/** One source's part in this record. */
export type SourcePart = {
  readonly source: string
  readonly name: string
  readonly organisation: string
  readonly kind: string
  /** Facts by FHIR type, most first; empty: this source has said nothing of this person. */
  readonly counts: readonly { readonly type: string; readonly count: number }[]
  readonly facts: number
  /** The newest fact of this person from this source. */
  readonly lastAboutPerson?: Instant
  /** The newest message of any person: how fresh the feed is. Absent: never heard from. */
  readonly lastReceived?: Instant
  /** Messages of any person that wait to be put right. */
  readonly waiting: number
  /** Of those, the ones that say by their source's own number that they are about this person. Absent: 0. */
  readonly waitingHere?: number
  /** `failing`: none of its newest three messages could be read or applied. */
  readonly state: 'answering' | 'failing' | 'never-heard'
}

/** What the `source` and `message` tables say of one feed. */
export type SourceFreshness = Pick<
  SourcePart,
  'source' | 'name' | 'organisation' | 'kind' | 'lastReceived' | 'waiting' | 'waitingHere' | 'state'
>

/** One person's longitudinal record, from every source in the opened scope. Its parts are made when they are first read. */
export type PersonRecord = {
  readonly readAt: Instant
  readonly identity: Identity
  readonly allergies: Allergies
  /** Current first, then newest first. */
  readonly problems: readonly Problem[]
  readonly medicines: readonly Medicine[]
  /** Laboratory and others, most recently read first. */
  readonly tests: readonly Test[]
  readonly vitalSigns: readonly Test[]
  readonly news2: News2
  readonly letters: readonly Letter[]
  readonly encounters: readonly Entry[]
  /** How many those are. */
  readonly visits: number
  /** Those that are dated ahead, whatever their status. */
  readonly visitsAhead: readonly Entry[]
  readonly immunisations: readonly Entry[]
  readonly procedures: readonly Entry[]
  /** Soonest coming first, then past, newest first. */
  readonly appointments: readonly Entry[]
  readonly referrals: readonly Entry[]
  /** Care plans, social-care packages, care teams, goals. */
  readonly carePlans: readonly Entry[]
  readonly flags: readonly Entry[]
  /** The same and all others by the headings of the record standard, newest first. */
  readonly headings: Readonly<Record<Heading, readonly Entry[]>>
  /** Stays in hospital that have begun and not ended. */
  readonly admissions: readonly Entry[]
  /** Facts whose words this reader may not see: each stands above as "Hidden", or, for patients, not at all. */
  readonly hidden: readonly Origin[]
  /** Everything with a date, newest first. */
  readonly timeline: readonly Entry[]
  /** The same, each entry made only when it is asked for. */
  readonly events: readonly Happening[]
  /** How many facts stand only among `other`. */
  readonly elsewhere: number
  /** What fits no section: still shown and counted, never dropped (hazard H-08). */
  readonly other: readonly Entry[]
  /** Every source that is configured, those that spoke of this person first. */
  readonly sources: readonly SourcePart[]
  /** Facts in the scope: each is in at least one of the above. */
  readonly facts: number
  /** Facts whose text could not be read: counted, with their origins, never dropped. */
  readonly unreadable: readonly Origin[]
}

/** One element of a fact, the message that last gave it, the place there, and the rule that read it. */
export type LineageLine = {
  readonly to: string
  readonly from: string
  readonly rule: string
  readonly messageId: Int64
}

export type Lineage = {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly source: {
    readonly id: string
    readonly name: string
    readonly organisation: string
  }
  readonly message: {
    readonly id: Int64
    readonly format: string
    readonly kind: string
    readonly controlId: string
    readonly receivedAt: Instant
    readonly receipts: number
  }
  readonly savedAt: Instant
  readonly lines: readonly LineageLine[]
  /** Places of the same message that no rule used: kept only in the original. */
  readonly leftovers: readonly string[]
  /** Every version of this fact, newest first. */
  readonly versions: readonly {
    readonly version: number
    readonly savedAt: Instant
    readonly op: 'created' | 'updated' | 'deleted'
    readonly messageId: Int64
  }[]
  /** The fact itself, as kept. */
  readonly body: string
  /** The original message's bytes. */
  readonly original: Uint8Array
}
