import { dateAndTime, dayOf, timeOfDay } from '../../design/index.ts'
import type { Delivery } from '../../feeds/index.ts'

const verbs = { add: 'Sent', change: 'Correction sent', withdraw: 'Withdrawal sent' } as const
const nouns = { add: '', change: 'correction ', withdraw: 'withdrawal ' } as const

/** What became of a fact on its way to a source: `Sent to Riverton PAS, accepted 10:42am`. */
export function deliveryWords(
  { targetName, action, status, settledAt, said, attempts, writtenAt }: Delivery,
  now: Date,
): string {
  switch (status) {
    case 'accepted':
      return `${verbs[action]} to ${targetName}, accepted ${settledAt === null ? '' : moment(settledAt, now)}`.trim()
    case 'waiting':
      return attempts === 0
        ? `Waiting: ${nouns[action]}not yet sent to ${targetName}`
        : `Waiting: ${nouns[action]}not yet accepted by ${targetName}, tried ${attempts === 1 ? 'once' : `${attempts} times`} since ${moment(writtenAt, now)}`
    case 'refused':
      return `Refused by ${targetName}: ${said ?? 'no reason was given'}`
    case 'cancelled':
      return `Not sent to ${targetName}: ${said ?? 'it was cancelled'}`
  }
}

function moment(at: Date, now: Date): string {
  return dayOf(at) === dayOf(now) ? timeOfDay(at) : dateAndTime(at)
}
