/** Problems: the same coded problem from several sources is one row that names them all; where they differ, each is quoted. */
import type { Condition } from 'fhir/r4.js'
import { type Held, type HeldFact, list, text } from './held.ts'
import type { Origin, PartialDate, Problem } from './model.ts'
import { datesDiffer, dayWords, earliestMs } from './partial-date.ts'
import { difference, firstKey, groupByCode, joiningCodes, sayings } from './same-code.ts'
import { sameConditions } from './same-condition.ts'
import { conceptList, conceptWords, sentence, statusCode } from './words.ts'

type Fact = HeldFact<Condition>

export function readProblems(held: Held): readonly Problem[] {
  const conditions = held.of('Condition')
  const same = sameConditions(conditions.filter(({ resource }) => !isMistake(resource)))
  const items = conditions.map((fact) => ({ fact, codes: [...problemCodes(fact), ...sameCodes(fact, same)] }))
  const rows = groupByCode(items).flatMap((group) =>
    episodes(group.map(({ fact }) => fact)).map((facts) => problemRow(held, facts)),
  )
  return rows.sort(
    (a, b) =>
      order.indexOf(a.status) - order.indexOf(b.status) ||
      (earliestMs(b.since) ?? 0) - (earliestMs(a.since) ?? 0) ||
      a.title.localeCompare(b.title),
  )
}

const order: readonly Problem['status'][] = [
  'active',
  'not-recorded',
  'inactive',
  'resolved',
  'refuted',
  'entered-in-error',
]

// Left and right are not the same problem; an entry made in error joins nothing.
function problemCodes({ resource, origin }: Fact): readonly string[] {
  if (isMistake(resource)) return []
  const site = conceptList(resource.bodySite).join('+').toLowerCase()
  return joiningCodes(resource.code, origin).map((code) => (site ? `${code}@${site}` : code))
}

/** What an entry in ICD-10 says in SNOMED CT; of one side of the body only what says no side is the same. */
function sameCodes(fact: Fact, same: (fact: Fact) => readonly string[]): readonly string[] {
  return isMistake(fact.resource) || list(fact.resource.bodySite).length > 0 ? [] : same(fact)
}

function isMistake({ verificationStatus }: Condition): boolean {
  return statusCode(verificationStatus) === 'entered-in-error'
}

/**
 * One source's two entries of a code are two episodes, unless both are of one visit: first suspected, then found. Another source's entry
 * joins the one that began on the same day, as far as both say.
 */
function episodes(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const bySource = new Map<string, number>()
  for (const { origin } of facts) bySource.set(origin.source, (bySource.get(origin.source) ?? 0) + 1)
  if (Math.max(...bySource.values()) === 1) return [facts]
  const rows: Fact[][] = []
  for (const fact of facts) {
    const began = onset(fact.resource)
    const row = rows.find((others) =>
      others.every((other) => {
        if (isOfOneVisit(fact, other)) return true
        const theirs = onset(other.resource)
        return (
          other.origin.source !== fact.origin.source &&
          began !== undefined &&
          theirs !== undefined &&
          !datesDiffer(began, theirs)
        )
      }),
    )
    if (row) row.push(fact)
    else rows.push([fact])
  }
  return rows
}

function isOfOneVisit(a: Fact, b: Fact): boolean {
  const visit = text(a.resource.encounter?.reference)
  return a.origin.source === b.origin.source && visit !== '' && visit === text(b.resource.encounter?.reference)
}

const suspected = new Set(['provisional', 'differential', 'unconfirmed'])

/** Without what a source only suspected at a visit where it has found it since: that is progress, no disagreement. */
function settledOf(facts: readonly Fact[]): readonly Fact[] {
  const isSuspected = ({ resource }: Fact) => suspected.has(statusCode(resource.verificationStatus))
  return facts.filter(
    (fact) => !(isSuspected(fact) && facts.some((other) => !isSuspected(other) && isOfOneVisit(fact, other))),
  )
}

function onset(condition: Condition): PartialDate | undefined {
  return [condition.onsetDateTime, condition.onsetPeriod?.start, condition.recordedDate].map(text).find(Boolean)
}

function ended(condition: Condition): PartialDate | undefined {
  return [
    condition.abatementDateTime,
    condition.abatementPeriod?.end,
    condition.abatementPeriod?.start,
    condition.onsetPeriod?.end,
  ]
    .map(text)
    .find(Boolean)
}

function statusOf(condition: Condition): Problem['status'] {
  const certainty = statusCode(condition.verificationStatus)
  if (certainty === 'refuted' || certainty === 'entered-in-error') return certainty
  const clinical = statusCode(condition.clinicalStatus)
  if (clinical === 'active' || clinical === 'recurrence' || clinical === 'relapse') return 'active'
  if (clinical === 'inactive' || clinical === 'remission') return 'inactive'
  if (clinical === 'resolved') return 'resolved'
  return ended(condition) ? 'resolved' : 'not-recorded'
}

/** A diagnosis of a visit that has ended: its source lists it for that visit, and says nothing of it since. */
function isOfPastVisit(held: Held, { resource }: Fact): boolean {
  const ofVisit = list(resource.category).some((one) => statusCode(one) === 'encounter-diagnosis')
  if (!ofVisit || statusOf(resource) !== 'not-recorded') return false
  const visit = held.follow(text(resource.encounter?.reference), resource)
  return visit?.resourceType === 'Encounter' && (text(visit.status) === 'finished' || text(visit.period?.end) !== '')
}

function problemRow(held: Held, all: readonly Fact[]): Problem {
  const facts = settledOf(all)
  const resources = facts.map(({ resource }) => resource)
  const said = (words: (condition: Condition) => string) =>
    sayings(facts.map(({ resource, origin }) => ({ text: words(resource), origin })))
  const since = resources
    .map(onset)
    .filter((date) => date !== undefined)
    .sort((a, b) => (earliestMs(a) ?? 0) - (earliestMs(b) ?? 0))[0]
  const end = resources
    .map(ended)
    .filter((date) => date !== undefined)
    .sort((a, b) => (earliestMs(b) ?? 0) - (earliestMs(a) ?? 0))[0]
  const status = order.find((one) => resources.some((resource) => statusOf(resource) === one)) ?? 'not-recorded'
  const origin: Origin | undefined = facts[0]?.origin
  const codes = facts.flatMap(problemCodes)
  const code = text(list(resources[0]?.code?.coding)[0]?.code)
  return {
    key: origin ? `${firstKey(codes, origin)}-${origin.id.slice(0, 8)}` : '',
    title: resources.map(titleOf).find(Boolean) ?? 'Problem with no name recorded',
    ...(code ? { code } : {}),
    status,
    certainty: resources.map((resource) => statusCode(resource.verificationStatus)).find(Boolean) ?? '',
    ...(since === undefined ? {} : { since }),
    ...(end === undefined || status === 'active' ? {} : { ended: end }),
    ...(facts.every((fact) => isOfPastVisit(held, fact)) ? { ofPastVisit: true as const } : {}),
    notes: [
      ...new Set(
        resources.flatMap((resource) =>
          list(resource.note)
            .map((note) => text(note.text))
            .filter(Boolean),
        ),
      ),
    ],
    differences: [
      ...difference(
        'Status',
        said((one) => (statusOf(one) === 'not-recorded' ? '' : sentence(statusOf(one)))),
      ),
      ...startDifference(facts),
      ...difference(
        'Severity',
        said((one) => conceptWords(one.severity)),
      ),
      ...difference(
        'Certainty',
        said((one) => sentence(statusCode(one.verificationStatus))),
      ),
    ],
    origins: [...facts, ...all.filter((fact) => !facts.includes(fact))].map((fact) => fact.origin),
  }
}

function titleOf(condition: Condition): string {
  const site = conceptList(condition.bodySite).join(', ')
  const name = conceptWords(condition.code)
  return site && name && !name.toLowerCase().includes(site.toLowerCase()) ? `${name} (${site})` : name
}

// `2008` beside `14 October 2008` is the same start told less exactly: no difference.
function startDifference(facts: readonly Fact[]): Problem['differences'] {
  const starts = facts.flatMap(({ resource, origin }) => {
    const date = onset(resource)
    return date === undefined ? [] : [{ date, origin }]
  })
  const unlike = starts.some((one) => starts.some((other) => datesDiffer(one.date, other.date)))
  return unlike
    ? difference('Started', sayings(starts.map(({ date, origin }) => ({ text: dayWords(date), origin }))))
    : []
}
