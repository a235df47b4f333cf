import { firstSegment, type Message } from './message.ts'
import { firstRepeat, part, value } from './reading.ts'

/** What each kind of message does. A kind that is not here is refused by name. @see facts: hl7v2-uk §5 */

/** What an ADT event says of the visit; absent: nothing, it is about the person. */
export type VisitEvent = {
  /** `as-told`: the event does not say; PV1 does, or what is held stays. */
  readonly status: 'in-progress' | 'finished' | 'planned' | 'cancelled' | 'as-told'
  /** The class that the event itself makes. */
  readonly class?: 'IMP' | 'AMB'
  /** What the event undoes. */
  readonly clears?: readonly string[]
  /** The visit begins or ends when the event happened, if PV1-44/45 do not say. */
  readonly begins?: true
  readonly ends?: true
}

export type Kind =
  | { readonly does: 'visit'; readonly visit: VisitEvent }
  | { readonly does: 'person' }
  | { readonly does: 'merge' }
  | { readonly does: 'results' }
  | { readonly does: 'document' }

const visit = (event: VisitEvent): Kind => ({ does: 'visit', visit: event })

export const kinds: Readonly<Record<string, Kind>> = {
  'ADT^A01': visit({ status: 'in-progress', begins: true }),
  'ADT^A02': visit({ status: 'in-progress' }),
  'ADT^A03': visit({ status: 'finished', ends: true }),
  'ADT^A04': visit({ status: 'in-progress', begins: true }),
  'ADT^A05': visit({ status: 'planned' }),
  'ADT^A06': visit({ status: 'in-progress', class: 'IMP' }),
  'ADT^A07': visit({ status: 'in-progress', class: 'AMB' }),
  'ADT^A08': visit({ status: 'as-told' }),
  'ADT^A11': visit({ status: 'cancelled' }),
  'ADT^A12': visit({ status: 'in-progress', clears: ['location'] }),
  'ADT^A13': visit({ status: 'in-progress', clears: ['period.end'] }),
  'ADT^A28': { does: 'person' },
  'ADT^A31': { does: 'person' },
  'ADT^A34': { does: 'merge' },
  'ADT^A40': { does: 'merge' },
  'ORU^R01': { does: 'results' },
  'MDM^T02': { does: 'document' },
}

export const supported = 'ADT A01 to A08, A11, A12, A13, A28, A31, A34, A40; ORU R01; MDM T02'

/** `ADT^A01`, as MSH-9 says; where it gives no event, EVN-1 does. '' when there is nothing to read. */
export function kindOf(message: Message): string {
  const repeat = firstRepeat({ message }, firstSegment(message, 'MSH'), 9)
  const type = part(repeat, 1)?.text ?? ''
  const event = part(repeat, 2)?.text ?? value({ message }, firstSegment(message, 'EVN'), 1)?.text ?? ''
  return event === '' ? type : `${type}^${event}`
}

/** A message's type is no patient data, but what stands in its place may be anything. */
export function shownKind(name: string): string {
  return /^[A-Z]{2,4}(\^[A-Z0-9]{2,4})?$/.test(name) ? name : 'A message whose MSH-9 names no HL7 v2 type'
}
