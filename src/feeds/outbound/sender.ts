/** Sends what waits, one attempt at a time for each fact, until a receiver has answered or a human has decided. */
import { recordAudit } from '../../audit/index.ts'
import { type Clock, faultPlaces, type Log, type Pool, Problem } from '../../base/index.ts'
import { parseJson } from '../../fhir/index.ts'
import { personOf } from '../../identity/index.ts'
import type { Guard } from '../../outside/index.ts'
import type { Source } from '../source.ts'
import { readSources } from '../sources.ts'
import type { ResourceJson } from '../written/entry-resource.ts'
import { type Claimed, claimDue, keepRequest, settleAttempt } from './claim.ts'
import { fhirBody, fhirRequest } from './fhir-request.ts'
import { hl7v2Message } from './hl7v2-message.ts'
import { type Outcome, said } from './outcome.ts'
import type { DeliveryAction } from './queue.ts'
import { receiverPatient } from './receiver-patient.ts'
import { sendFhir } from './send-fhir.ts'
import { sendMllp } from './send-mllp.ts'
import { makeTokenFor } from './token.ts'

export type SenderNeeds = {
  readonly pool: Pool
  readonly clock: Clock
  readonly log: Log
  readonly guard: Guard
  /** Our private key for receivers that want tokens. */
  readonly keyPem?: string
}

export type Sender = {
  /** Something was queued: looks at once. */
  wake(): void
  /** Sends all that is due now and waits for its answers. @returns how many were tried */
  tick(): Promise<number>
  /** Looks every second. */
  start(): void
  /** Takes nothing more, and waits for the answers under way. */
  close(): Promise<void>
}

/** Under way to one source at a time: a slow one holds up neither the others nor us. */
const perTargetMax = 4
const batchMax = 16

export function makeSender({ pool, clock, log, guard, keyPem }: SenderNeeds): Sender {
  const token = makeTokenFor({ clock, guard, ...(keyPem === undefined ? {} : { keyPem }) })
  const underWay = new Map<string, number>()
  const working = new Set<Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<number> | undefined
  let closed = false

  async function look(): Promise<number> {
    const busy = [...underWay].filter(([, count]) => count >= perTargetMax).map(([target]) => target)
    const claimed = await claimDue(pool, { now: clock(), max: batchMax, busy })
    if (claimed.length === 0) return 0
    const sources = new Map((await readSources(pool)).map((source) => [source.id, source]))
    for (const one of claimed) {
      underWay.set(one.target, (underWay.get(one.target) ?? 0) + 1)
      const work = attempt(one, sources.get(one.target))
        .catch((fault: unknown) =>
          // The database is away, or we are at fault: its lease ends, and it is tried again.
          log.error(
            {
              delivery: one.id,
              target: one.target,
              fault: faultPlaces(fault),
            },
            'what came of a delivery could not be written down',
          ),
        )
        .finally(() => {
          underWay.set(one.target, (underWay.get(one.target) ?? 1) - 1)
          working.delete(work)
          if (!closed && timer) wake()
        })
      working.add(work)
    }
    return claimed.length
  }

  async function attempt(claimed: Claimed, target: Source | undefined): Promise<void> {
    const outcome = await trying(claimed, target).catch((fault: unknown): Outcome => {
      if (fault instanceof Problem) return said('no-answer', fault.message)
      log.error(
        { delivery: claimed.id, target: claimed.target, fault: faultPlaces(fault) },
        'a delivery could not be tried',
      )
      return said('no-answer', 'Something went wrong on our side')
    })
    await settleAttempt(pool, claimed, outcome, clock())
    log.info(
      { delivery: claimed.id, target: claimed.target, outcome: outcome.what, attempts: claimed.attempts },
      'a delivery was tried',
    )
  }

  async function trying(claimed: Claimed, target: Source | undefined): ReturnType<typeof send> {
    const accepts = target?.settings.accepts
    if (!target || !accepts) return said('no-answer', 'The source does not accept entries at the moment')
    const parsed = parseJson(claimed.fact)
    if (!parsed.ok) return said('refused', 'The entry cannot be read')
    const before = await earlier(claimed)
    if (claimed.action === 'withdraw' && before === 'never-had')
      return { what: 'cancelled', said: 'what it withdraws was never accepted there' }
    // A correction of what was refused is told as new.
    const action = claimed.action === 'change' && before === 'never-had' ? 'add' : claimed.action
    return await send(claimed, { target, accepts, fact: parsed.value as ResourceJson, action })
  }

  async function send(
    claimed: Claimed,
    {
      target,
      accepts,
      fact,
      action,
    }: {
      readonly target: Source
      readonly accepts: NonNullable<Source['settings']['accepts']>
      readonly fact: ResourceJson
      readonly action: DeliveryAction
    },
  ): Promise<Outcome | { readonly what: 'cancelled'; readonly said: string }> {
    const patient = await receiverPatient(pool, claimed)
    if (!patient)
      return said(
        'refused',
        'not sent, because this person and its patient were told apart since: decide whom the entry means',
      )
    const timeoutMs = (accepts.timeoutSeconds ?? 20) * 1_000
    const { controlId } = claimed
    const organisation = await organisationOf(claimed)
    const made =
      claimed.request ??
      (accepts.as === 'fhir'
        ? fhirBody(fact, patient)
        : hl7v2Message({ fact, action, patient, target, organisation, controlId, now: clock() }))
    if (!made) return said('refused', 'not sent, because it has told us no number by which it knows this person')
    const body = claimed.request ?? (await keepRequest(pool, claimed, made))
    await tellSent(claimed)
    return accepts.as === 'fhir'
      ? await sendFhir({ accepts, request: fhirRequest(fact, action, controlId), body, timeoutMs, guard, token })
      : await sendMllp({ to: accepts.to, body, controlId, timeoutMs, guard })
  }

  /** Committed before the first byte leaves; each attempt is one more, since any of them may have arrived. */
  async function tellSent({ id, pk, target, type, action, attempts }: Claimed): Promise<void> {
    const person = await personOf(pool, pk)
    await pool.begin((tx) =>
      recordAudit(tx, [
        {
          at: clock(),
          action: 'R',
          what: 'delivery-sent',
          actor: { kind: 'system', id: 'sender', name: 'Throughline sender' },
          purpose: 'TREAT',
          outcome: 0,
          ...(person === undefined ? {} : { person }),
          detail: { delivery: id, to: target, type, do: action, attempt: attempts },
        },
      ]),
    )
  }

  /** Whether the receiver may hold an earlier version of this fact: it accepted one, or an attempt was never answered. */
  async function earlier({ pk, id, target, type, factId }: Claimed): Promise<'had' | 'never-had'> {
    const rows = await pool<{ had: boolean }[]>`
      select status = 'accepted' or attempts > (
               select count(*) from delivery_event e where e.pk = delivery.pk and e.delivery_id = delivery.id and e.what = 'refused') as had
        from delivery
       where pk = ${pk} and target = ${target} and fact_type = ${type} and fact_id = ${factId} and id < ${id}`
    return rows.some(({ had }) => had) ? 'had' : 'never-had'
  }

  /** The code of the organisation whose own source the compartment belongs to. */
  async function organisationOf({ pk }: Claimed): Promise<string> {
    const [row] = await pool<{ code: string }[]>`
      select s.organisation_code as code from person_link l join source s on s.id = l.source where l.pk = ${pk} and l.until is null`
    return row?.code ?? ''
  }

  function wake(): void {
    if (closed) return
    looking ??= look()
      .catch((fault: unknown) => {
        log.warn(
          { fault: fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown' },
          'deliveries could not be looked for',
        )
        return 0
      })
      .finally(() => {
        looking = undefined
      })
  }

  return {
    wake,
    async tick() {
      await looking
      const count = await look()
      await Promise.all(working)
      return count
    },
    start() {
      timer ??= setInterval(wake, 1_000)
      timer.unref()
    },
    async close() {
      closed = true
      clearInterval(timer)
      await looking
      await Promise.all(working)
    },
  }
}
