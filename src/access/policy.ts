/**
 * The policy: who may open whose record, as one table that a privacy officer reads and edits. These are the defaults; edits are kept as
 * versions in the database (`policy-versions.ts`), and the newest is in force for whatever is asked next. Pure.
 */
import { type Issue, type Parsed, right } from '../base/index.ts'
import { safeguardingLabels, safeguardingTerms } from '../nhs/index.ts'
import type { Hidden } from '../store/index.ts'
import { isStaffRole, mayStaff, roleNames, type StaffRole, staffPermissions } from './permissions.ts'

/** What there is between a member of staff and a person. Several may hold: the strictest answer counts. */
export type Situation =
  | 'relationship'
  | 'none'
  | 'restricted'
  | 'restricted-none'
  | 'objection'
  | 'own'
  | 'family'
  | 'colleague'

/** From the mildest to the strictest. `reason`: opens when one is given, and is reviewed; `break-glass`: the same, as an emergency. */
export const answers = ['open', 'reason', 'break-glass', 'refused'] as const
export type Answer = (typeof answers)[number]

export const situations: readonly Situation[] = [
  'relationship',
  'none',
  'restricted',
  'restricted-none',
  'objection',
  'family',
  'colleague',
  'own',
]

/** As a privacy officer reads it. */
export const situationWords: Readonly<Record<Situation, string>> = {
  relationship: 'Somebody looks after the person',
  none: 'Nothing shows that somebody looks after the person',
  restricted: 'Somebody looks after a person whose details are restricted',
  'restricted-none': 'The person’s details are restricted, and nothing shows that somebody looks after them',
  objection: 'The person has objected to sharing their record',
  family: 'The person is family of the member of staff: the same surname and address, or declared',
  colleague: 'The person works for the same organisation as the member of staff',
  own: 'It is the member of staff’s own record',
}

export const answerWords: Readonly<Record<Answer, string>> = {
  open: 'Opens',
  reason: 'Opens with a reason, which is reviewed',
  'break-glass': 'Opens in an emergency, which is reviewed',
  refused: 'Does not open',
}

/** Kinds of facts that not everybody sees who may open the record. */
export type Category = 'sealed' | 'assisted-conception' | 'sexual-health' | 'gender' | 'termination'

export type CategoryRule = {
  /** Roles that see them, if they look after the person. All others see "Hidden". */
  readonly roles: readonly StaffRole[]
  /** Codes of conditions, tests, procedures, medicines and letters, in any system. */
  readonly codes: readonly string[]
  /** Codes of confidentiality that a source put on the fact. */
  readonly labels: readonly string[]
  /** Emergency access shows them too. */
  readonly inEmergency: boolean
}

export type Policy = {
  readonly people: Readonly<Record<Situation, Readonly<Partial<Record<StaffRole, Answer>>>>>
  readonly hidden: Readonly<Record<Category, CategoryRule>>
  /** Which registered systems see what others do not: ids of clients, `*` for all. */
  readonly systems: Readonly<Record<SystemRule, readonly string[]>>
  readonly limits: PolicyLimits
  /** Codes by which GP records say that a person's data must not leave for other uses than care (Type 1), and that this was taken back. */
  readonly type1: { readonly optedOut: readonly string[]; readonly withdrawn: readonly string[] }
}

export type PolicyLimits = {
  readonly emergencyMinutes: number
  readonly reviewDays: number
  readonly dischargeDays: number
  readonly appointmentDays: number
  readonly referralDays: number
  readonly dispensedDays: number
  /** Somebody else's access to a child's record ends on this birthday. */
  readonly proxyEndsAtAge: number
  /** From this birthday on, no parent's access stands, whoever agreed. Absent: a policy from before there was this age. */
  readonly parentNeverFromAge?: number
  /** From this birthday on, a young person may have an account of their own. */
  readonly ownAccountFromAge: number
}

/** Each of them is set in a policy that is saved now. */
export type LimitName = keyof Required<PolicyLimits>

export const limitWords: Readonly<Record<LimitName, string>> = {
  emergencyMinutes: 'Minutes that emergency access lasts',
  reviewDays: 'Days within which it must be reviewed',
  dischargeDays: 'Days after discharge for which a hospital still looks after a person',
  appointmentDays: 'Days before and after an appointment for which its organisation looks after a person',
  referralDays: 'Days for which an open referral counts',
  dispensedDays: 'Days for which a pharmacy that dispensed looks after a person',
  proxyEndsAtAge: 'Age at which a parent’s access ends, unless a clinician agreed that it goes on',
  parentNeverFromAge: 'Age from which a parent’s access never stands',
  ownAccountFromAge: 'Age from which a young person may sign in',
}

const limitsMost: Readonly<Record<LimitName, readonly [least: number, most: number]>> = {
  emergencyMinutes: [5, 720],
  reviewDays: [1, 30],
  dischargeDays: [0, 365],
  appointmentDays: [0, 90],
  referralDays: [1, 730],
  dispensedDays: [0, 730],
  proxyEndsAtAge: [0, 16],
  parentNeverFromAge: [11, 18],
  ownAccountFromAge: [11, 18],
}

export const categoryWords: Readonly<Record<Category, string>> = {
  sealed: 'Marked as restricted by its source',
  'assisted-conception': 'Assisted conception',
  'sexual-health': 'HIV and sexually transmitted infection',
  gender: 'Gender reassignment',
  termination: 'Termination of pregnancy',
}

export const categories: readonly Category[] = [
  'sealed',
  'assisted-conception',
  'sexual-health',
  'gender',
  'termination',
]

/** What a system sees only when it is named: kinds of facts, and people. */
export type SystemRule = Category | 'safeguarding' | 'restricted' | 'objection'

export const systemRules: readonly SystemRule[] = [...categories, 'safeguarding', 'restricted', 'objection']

export const systemRuleWords: Readonly<Record<SystemRule, string>> = {
  ...categoryWords,
  safeguarding: 'Safeguarding',
  restricted: 'People whose details are restricted',
  objection: 'People who object to sharing their record',
}

/** Roles that open records at all: the columns of the table. */
export const readingRoles: readonly StaffRole[] = (Object.keys(staffPermissions) as StaffRole[]).filter((role) =>
  mayStaff(role, 'open-record'),
)

const everyone = (answer: Answer) =>
  Object.fromEntries(readingRoles.map((role) => [role, answer])) as Readonly<Partial<Record<StaffRole, Answer>>>

export const defaultPolicy: Policy = {
  people: {
    relationship: everyone('open'),
    none: everyone('break-glass'),
    restricted: everyone('open'),
    'restricted-none': { ...everyone('refused'), clinician: 'break-glass', nurse: 'break-glass' },
    objection: { ...everyone('refused'), clinician: 'break-glass', nurse: 'break-glass' },
    family: everyone('reason'),
    colleague: everyone('reason'),
    own: everyone('refused'),
  },
  hidden: {
    sealed: { roles: ['clinician'], codes: [], labels: ['R', 'V'], inEmergency: true },
    // Exclusion lists of GP systems: the first codes of each; an operator adds those of its own sources.
    'assisted-conception': {
      roles: ['clinician'],
      codes: ['63487001', '52637005', '225244002', '10231000132102'],
      labels: [],
      inEmergency: false,
    },
    'sexual-health': {
      roles: ['clinician', 'nurse'],
      codes: ['86406008', '62479008', '165816005', '15628003', '76272004', '240589008'],
      labels: ['HIV', 'STD'],
      inEmergency: true,
    },
    gender: { roles: [], codes: ['407379008', '407378000', '93461009', '87991007'], labels: [], inEmergency: false },
    termination: {
      roles: ['clinician'],
      codes: ['386639001', '285409006', '70317007', '57797005'],
      labels: [],
      inEmergency: false,
    },
  },
  systems: Object.fromEntries(systemRules.map((rule) => [rule, []])) as unknown as Policy['systems'],
  limits: {
    emergencyMinutes: 60,
    reviewDays: 1,
    dischargeDays: 30,
    appointmentDays: 14,
    referralDays: 540,
    dispensedDays: 180,
    proxyEndsAtAge: 11,
    parentNeverFromAge: 16,
    ownAccountFromAge: 13,
  },
  type1: { optedOut: ['9Nu0.', '9Nu0'], withdrawn: ['9Nu1.', '9Nu1'] },
}

export type Decision = { readonly answer: Answer; readonly situation: Situation }

/** The strictest answer of the situations that hold; the situation that gave it. A role without an answer is refused. */
export function decide(policy: Policy, role: StaffRole, holds: readonly Situation[]): Decision {
  let strictest: Decision = { answer: 'open', situation: 'relationship' }
  if (!mayStaff(role, 'open-record') || holds.length === 0) return { answer: 'refused', situation: holds[0] ?? 'none' }
  for (const situation of holds) {
    const answer = policy.people[situation]?.[role] ?? 'refused'
    if (answers.indexOf(answer) > answers.indexOf(strictest.answer)) strictest = { answer, situation }
  }
  return strictest.answer === 'open' ? { answer: 'open', situation: holds[0] ?? 'relationship' } : strictest
}

/** The rule as a sentence: `Nurse: the person has objected to sharing their record. Opens in an emergency, which is reviewed.` */
export function ruleWords(role: StaffRole, { answer, situation }: Decision): string {
  const words = situationWords[situation]
  return `${roleNames[role]}: ${words.slice(0, 1).toLowerCase()}${words.slice(1)}. ${answerWords[answer]}.`
}

/** The categories of which this reader sees no words. @param emergency opened by emergency access */
export function hiddenFrom(
  policy: Policy,
  role: StaffRole,
  { emergency }: { readonly emergency: boolean },
): readonly Category[] {
  return categories.filter((category) => {
    const { roles, inEmergency } = policy.hidden[category]
    return emergency ? !(inEmergency && roles.includes(role)) : !roles.includes(role)
  })
}

/** Facts that a pattern may keep back: kinds of facts, safeguarding by its words, and whatever a source labelled. */
export type Hideable = Category | 'safeguarding' | 'labelled'

/** What the store keeps back of a fact's text for these; undefined: nothing. For Scopes. */
export function hiddenPattern(policy: Policy, hidden: readonly Hideable[]): Hidden | undefined {
  const ofCategory = categories.filter((category) => hidden.includes(category))
  const safeguarding = hidden.includes('safeguarding')
  const codes = ofCategory.flatMap((category) => policy.hidden[category].codes)
  const labels = [
    ...ofCategory.flatMap((category) => policy.hidden[category].labels),
    ...(safeguarding ? safeguardingLabels : []),
  ]
  const anyOf = (words: readonly string[]) =>
    words.map((word) => word.replace(/[^A-Za-z0-9]/g, (sign) => `\\${sign}`)).join('|')
  const parts = [
    ...(codes.length === 0 ? [] : [`"code"\\s*:\\s*"(${anyOf(codes)})"`]),
    ...(labels.length === 0 ? [] : [`"security"\\s*:\\s*\\[[^\\]]*"code"\\s*:\\s*"(${anyOf(labels)})"`]),
    ...(hidden.includes('labelled') ? ['"security"\\s*:\\s*\\[\\s*\\{'] : []),
    ...(safeguarding ? ['"code"\\s*:\\s*"safeguarding"', safeguardingPattern] : []),
  ]
  if (parts.length === 0) return undefined
  return {
    // Words of people come in any case; codes in one.
    pattern: `${safeguarding ? '(?i)' : ''}${parts.join('|')}`,
    // No text is quicker to look for than words in any case.
    texts: safeguarding
      ? ['"']
      : [...codes, ...labels].map((word) => `"${word}"`).concat(hidden.includes('labelled') ? ['"security"'] : []),
  }
}

/** What an entry is called, or what is written in it: more than the record masks for staff, since a system cannot ask. */
const safeguardingPattern = `"(text|display|title|description|questionnaire)"\\s*:\\s*"(?:[^"\\\\]|\\\\.)*(${safeguardingTerms.replaceAll('\\b', '\\y')})`

/** The kinds of facts that a system sees no words of. */
export function hiddenFromSystem(policy: Policy, client: string): readonly (Category | 'safeguarding')[] {
  return ([...categories, 'safeguarding'] as const).filter((rule) => !seesAsSystem(policy, client, rule))
}

/** Whether a rule names this system. A policy that was kept before there were rules for systems names none. */
export function seesAsSystem({ systems }: Policy, client: string, rule: SystemRule): boolean {
  const named = (systems as Policy['systems'] | undefined)?.[rule] ?? []
  return named.includes('*') || named.includes(client)
}

type Loose = { readonly [name: string]: unknown }
const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
const words = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) &&
  value.length <= 2_000 &&
  value.every((one) => typeof one === 'string' && /^\S{1,40}$/.test(one))
    ? value
    : undefined

/** Reads a policy that somebody edited: whole and well-formed, or the issues by the place in it. */
export function parsePolicy(value: unknown): Parsed<Policy> {
  const issues: Issue[] = []
  const fail = (place: string, message: string) =>
    void issues.push({ place, severity: 'error', message, remedy: 'Correct it and try again.' })
  const given = isLoose(value) ? value : {}
  const people = isLoose(given.people) ? given.people : {}
  const hidden = isLoose(given.hidden) ? given.hidden : {}
  const limits = isLoose(given.limits) ? given.limits : {}
  const type1 = isLoose(given.type1) ? given.type1 : {}
  const systems = isLoose(given.systems) ? given.systems : {}
  const readPeople = Object.fromEntries(
    situations.map((situation) => {
      const row = isLoose(people[situation]) ? people[situation] : {}
      const read = readingRoles.map((role) => {
        const answer = answers.find((one) => one === row[role])
        if (!answer) fail(`people.${situation}.${role}`, 'Choose what happens')
        return [role, answer ?? 'refused'] as const
      })
      return [situation, Object.fromEntries(read)]
    }),
  ) as Policy['people']
  const readHidden = Object.fromEntries(
    categories.map((category) => {
      const row = isLoose(hidden[category]) ? hidden[category] : {}
      const [roles, codes, labels] = [words(row.roles), words(row.codes), words(row.labels)]
      if (!roles?.every((role) => isStaffRole(role) && readingRoles.includes(role)))
        fail(`hidden.${category}.roles`, 'Choose roles that open records')
      if (!codes) fail(`hidden.${category}.codes`, 'Write codes without spaces, one a line')
      if (!labels) fail(`hidden.${category}.labels`, 'Write codes without spaces, one a line')
      return [
        category,
        { roles: roles ?? [], codes: codes ?? [], labels: labels ?? [], inEmergency: row.inEmergency === true },
      ]
    }),
  ) as Policy['hidden']
  const readLimits = Object.fromEntries(
    (Object.keys(limitsMost) as (keyof PolicyLimits)[]).map((name) => {
      const number = limits[name] ?? (name === 'parentNeverFromAge' ? 16 : undefined)
      const [least, most] = limitsMost[name]
      if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most)
        fail(`limits.${name}`, `Write a whole number from ${least} to ${most}`)
      return [name, Number(number)]
    }),
  ) as PolicyLimits
  const readSystems = Object.fromEntries(
    systemRules.map((rule) => {
      // None named: a policy from before there were these rules.
      const named = words(systems[rule] ?? [])
      if (!named) fail(`systems.${rule}`, 'Write ids of systems without spaces, one a line')
      return [rule, named ?? []]
    }),
  ) as unknown as Policy['systems']
  const [optedOut, withdrawn] = [words(type1.optedOut), words(type1.withdrawn)]
  if (!optedOut || !withdrawn) fail('type1', 'Write codes without spaces, one a line')
  if (issues.length > 0) return { ok: false, issues }
  return right({
    people: readPeople,
    hidden: readHidden,
    systems: readSystems,
    limits: readLimits,
    type1: { optedOut: optedOut ?? [], withdrawn: withdrawn ?? [] },
  })
}
