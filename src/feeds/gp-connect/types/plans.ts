/** Care plans, teams, goals, episodes and flags, STU3 to R4. */
import { copy, use } from '../reading.ts'
import { concept, kept, keptChoice, listed, recoded, renamed, type TypeRules, tell, within } from '../rules.ts'

const hl7 = 'http://terminology.hl7.org/CodeSystem'

const carePlan: TypeRules = {
  to: 'CarePlan',
  elements: {
    ...kept(
      'identifier',
      'basedOn',
      'replaces',
      'partOf',
      'intent',
      'category',
      'title',
      'description',
      'subject',
      'period',
    ),
    ...kept('careTeam', 'addresses', 'supportingInfo', 'goal', 'note'),
    status: recoded('status', { suspended: 'on-hold', cancelled: 'revoked' }),
    context: renamed('encounter'),
    // R4 has one author and many contributors.
    author: (from, to) => {
      const authors = copy(from.value, from.place, from.reading)
      if (!Array.isArray(authors)) return
      to.made.author = authors[0]
      if (authors.length > 1) to.made.contributor = authors.slice(1)
      tell(to, 'author', from)
    },
    activity: within('activity', {
      ...kept('outcomeCodeableConcept', 'outcomeReference', 'progress', 'reference'),
      detail: within('detail', {
        ...kept(
          'code',
          'reasonCode',
          'reasonReference',
          'goal',
          'location',
          'performer',
          'dailyAmount',
          'quantity',
          'description',
        ),
        ...kept('doNotPerform'),
        ...keptChoice('scheduled', 'Timing', 'Period', 'String'),
        ...keptChoice('product', 'CodeableConcept', 'Reference'),
        status: recoded('status', {}),
        statusReason: (from, to) => {
          if (typeof from.value !== 'string') return
          use(from.value, from.place, from.reading)
          to.made.statusReason = { text: from.value }
        },
      }),
    }),
  },
  complete: (to) => {
    to.made.status ??= 'unknown'
    to.made.intent ??= 'plan'
  },
}

const careTeam: TypeRules = {
  to: 'CareTeam',
  elements: {
    ...kept('identifier', 'status', 'category', 'name', 'subject', 'period', 'reasonCode', 'reasonReference'),
    ...kept('managingOrganization', 'note'),
    context: renamed('encounter'),
    participant: within('participant', { ...kept('member', 'onBehalfOf', 'period'), role: listed() }),
  },
}

const achievements: Readonly<Record<string, string>> = {
  'in-progress': 'in-progress',
  'on-target': 'in-progress',
  'ahead-of-target': 'in-progress',
  'behind-target': 'in-progress',
  sustaining: 'sustaining',
  achieved: 'achieved',
}

const lifecycles: Readonly<Record<string, string>> = {
  'in-progress': 'active',
  'on-target': 'active',
  'ahead-of-target': 'active',
  'behind-target': 'active',
  sustaining: 'active',
  achieved: 'completed',
}

const goal: TypeRules = {
  to: 'Goal',
  elements: {
    ...kept(
      'identifier',
      'category',
      'priority',
      'description',
      'subject',
      'statusDate',
      'statusReason',
      'expressedBy',
    ),
    ...kept('addresses', 'note', 'outcomeCode', 'outcomeReference'),
    ...keptChoice('start', 'Date', 'CodeableConcept'),
    // One status in STU3; in R4 the life of the goal, and how far it is reached.
    status: (from, to) => {
      if (typeof from.value !== 'string') return
      const status = from.value
      recoded('lifecycleStatus', lifecycles)(from, to)
      const achieved = Object.hasOwn(achievements, status) ? achievements[status] : undefined
      if (achieved !== undefined) concept('achievementStatus', `${hl7}/goal-achievement`, achievements)(from, to)
    },
    target: listed(),
  },
}

const episodeOfCare: TypeRules = {
  to: 'EpisodeOfCare',
  elements: kept(
    'identifier',
    'status',
    'statusHistory',
    'type',
    'diagnosis',
    'patient',
    'managingOrganization',
    'period',
    'referralRequest',
    'careManager',
    'team',
    'account',
  ),
}

const flag: TypeRules = {
  to: 'Flag',
  elements: { ...kept('identifier', 'status', 'code', 'subject', 'period', 'encounter', 'author'), category: listed() },
}

export const plans = {
  CarePlan: carePlan,
  CareTeam: careTeam,
  Goal: goal,
  EpisodeOfCare: episodeOfCare,
  Flag: flag,
} as const satisfies Readonly<Record<string, TypeRules>>
