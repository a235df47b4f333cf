/** Emergency access: given at once to whoever may have it and says why, for a while, told to the privacy officer and the patient, and reviewed every time. */
import { recordAudit } from '../audit/index.ts'
import { opaqueId, type Sql, type Tx } from '../base/index.ts'
import type { Actor, Staff } from './actor.ts'
import { type Ask, lineFor } from './ask.ts'
import { rowsOf } from './open-record.ts'
import { mayStaff } from './permissions.ts'
import { answerWords, type Situation, situationWords } from './policy.ts'
import { standingOf } from './standing.ts'
import { refusal } from './trail.ts'

/** Why somebody needs a record that does not open by itself. */
export const emergencyReasons = [
  ['life', 'The person’s life or health is in danger now'],
  ['care-now', 'I am caring for the person now, and the record does not show it yet'],
  ['asked', 'The person asked me to, or agreed'],
  ['interests', 'It is in the best interests of a person who cannot agree'],
  ['other', 'Another reason'],
] as const
export type EmergencyReason = (typeof emergencyReasons)[number][0]

/** How long somebody's word opens a record, for the page that asks for it. */
export type Emergency = { readonly id: string; readonly person: string; readonly until: Date }

/**
 * Opens a record for a while to somebody who says why; what is open already is given again. Never asks anybody else first.
 * @throws Problem 'forbidden' when the policy refuses it to this role; 'not-found'
 */
export async function openInEmergency(
  tx: Tx,
  actor: Staff,
  { person, reason, note }: { readonly person: string; readonly reason: EmergencyReason; readonly note: string },
  ask: Ask,
): Promise<Emergency> {
  const asked: Ask = { ...ask, what: 'emergency-access', action: 'E', purpose: 'ETREAT' }
  if (!mayStaff(actor.role, 'open-record'))
    throw refusal('forbidden', { actor, ask: asked, person, why: `role ${actor.role}` })
  const rows = await rowsOf(tx, person, { staff: actor, now: ask.now })
  const [first] = rows
  if (!first?.standing) throw refusal('not-found', { actor, ask: asked, person, why: 'no such person' })
  const { decision, policy, grant } = standingOf(actor, first.standing, ask.now)
  if (decision.answer === 'refused')
    throw refusal(decision.situation === 'own' ? 'own-record' : 'forbidden', {
      actor,
      ask: asked,
      person: first.person,
      why: `policy: ${decision.situation} is refused`,
    })
  if (decision.answer === 'open') return { id: '', person: first.person, until: ask.now }
  if (grant) return { id: grant.id, person: first.person, until: grant.until }
  const id = opaqueId()
  const until = new Date(ask.now.getTime() + policy.limits.emergencyMinutes * 60_000)
  const due = new Date(ask.now.getTime() + policy.limits.reviewDays * 86_400_000)
  await tx`
    insert into emergency_access (id, staff, staff_name, role, organisation, organisation_name, person, situation, reason, note, at, until, review_due)
    values (${id}, ${actor.id}, ${actor.name}, ${actor.role}, ${actor.organisation.code}, ${actor.organisation.name}, ${first.person},
            ${decision.situation}, ${reason}, ${note.slice(0, 500)}, ${ask.now}, ${until}, ${due})`
  await recordAudit(tx, [
    lineFor(actor, asked, {
      outcome: 0,
      person: first.person,
      detail: { emergency: id, situation: decision.situation, reason, until: until.toISOString() },
    }),
  ])
  return { id, person: first.person, until }
}

/** One use of emergency access, as it is reviewed and as its patient is told of it. */
export type EmergencyUse = {
  readonly id: string
  readonly staff: string
  readonly staffName: string
  readonly role: string
  readonly organisationName: string
  /** As it stood then. */
  readonly person: string
  readonly situation: Situation
  readonly reason: EmergencyReason
  readonly note: string
  readonly at: Date
  readonly until: Date
  readonly reviewDue: Date
  readonly reviewedAt: Date | null
  readonly reviewedByName: string | null
  readonly decision: 'right' | 'follow-up' | null
  readonly reviewNote: string | null
}

const columns = `id, staff, staff_name as "staffName", role, organisation_name as "organisationName", person, situation, reason, note, at, until,
  review_due as "reviewDue", reviewed_at as "reviewedAt", reviewed_by_name as "reviewedByName", decision, review_note as "reviewNote"`

/** Those that wait for review, the longest due first; then none. For access's own doors and the worklist. */
export async function emergenciesWaiting(
  sql: Sql,
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
): Promise<readonly EmergencyUse[]> {
  return await sql<EmergencyUse[]>`
    select ${sql.unsafe(columns)} from emergency_access where reviewed_at is null order by review_due, id limit ${limit} offset ${offset}`
}

export async function countEmergencies(
  sql: Sql,
  now: Date,
): Promise<{ readonly open: number; readonly overdue: number }> {
  const [row] = await sql<{ open: number; overdue: number }[]>`
    select count(*)::int as open, (count(*) filter (where review_due <= ${now}))::int as overdue
      from (select review_due from emergency_access where reviewed_at is null limit 1000) w`
  return row ?? { open: 0, overdue: 0 }
}

/** The waiting and the latest reviewed, for the list of reviews. @throws Problem 'forbidden' */
export async function openReviews(
  tx: Tx,
  actor: Actor,
  ask: Ask,
): Promise<{ readonly waiting: readonly EmergencyUse[]; readonly reviewed: readonly EmergencyUse[] }> {
  demandReviewer(actor, ask)
  const waiting = await emergenciesWaiting(tx, { limit: 200 })
  const reviewed = await tx<EmergencyUse[]>`
    select ${tx.unsafe(columns)} from emergency_access where reviewed_at is not null order by reviewed_at desc, id limit 50`
  const persons = [...new Set([...waiting, ...reviewed].map(({ person }) => person))]
  await recordAudit(tx, [
    lineFor(
      actor,
      { purpose: 'HOPERAT', ...ask },
      { outcome: 0, detail: { shown: waiting.length + reviewed.length, persons } },
    ),
  ])
  return { waiting, reviewed }
}

/** One use, to be reviewed. @throws Problem 'forbidden' | 'not-found' */
export async function openReview(tx: Tx, actor: Actor, id: string, ask: Ask): Promise<EmergencyUse> {
  demandReviewer(actor, ask)
  const [use] = await tx<EmergencyUse[]>`select ${tx.unsafe(columns)} from emergency_access where id = ${id}`
  if (!use) throw refusal('not-found', { actor, ask, why: 'no such use' })
  await recordAudit(tx, [lineFor(actor, { purpose: 'HOPERAT', ...ask }, { outcome: 0, person: use.person })])
  return use
}

/** Settles a review, once. Nobody reviews what they did themselves. @throws Problem 'forbidden' | 'not-found' | 'conflict' */
export async function settleReview(
  tx: Tx,
  actor: Staff,
  { id, decision, note }: { readonly id: string; readonly decision: 'right' | 'follow-up'; readonly note: string },
  ask: Ask,
): Promise<void> {
  const asked: Ask = { ...ask, what: 'emergency-reviewed', action: 'U', detail: { emergency: id, decision } }
  const use = await openReview(tx, actor, id, asked)
  if (use.staff === actor.id)
    throw refusal('forbidden', { actor, ask: asked, person: use.person, why: 'their own use' })
  await tx`
    update emergency_access set reviewed_at = ${ask.now}, reviewed_by = ${actor.id}, reviewed_by_name = ${actor.name},
           decision = ${decision}, review_note = ${note.slice(0, 1000)}
     where id = ${id} and reviewed_at is null`
}

/** The uses of emergency access to one person's record, newest first: the patient is told of them. */
export async function emergenciesOf(sql: Sql, persons: readonly string[]): Promise<readonly EmergencyUse[]> {
  return await sql<EmergencyUse[]>`
    select ${sql.unsafe(columns)} from emergency_access where person = any (${[...persons]}::text[]) order by at desc, id limit 20`
}

export function reasonWords(reason: string): string {
  return emergencyReasons.find(([id]) => id === reason)?.[1] ?? reason
}

export const situationOf = (situation: Situation): string =>
  `${situationWords[situation]}. ${answerWords['break-glass']}.`

function demandReviewer(actor: Actor, ask: Ask): void {
  if (actor.kind === 'staff' && mayStaff(actor.role, 'review-access')) return
  throw refusal('forbidden', { actor, ask, why: 'review-access is not granted' })
}
