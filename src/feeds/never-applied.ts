import type { Issue } from '../base/index.ts'
import type { Message } from './message.ts'
import { mllpHeader } from './mllp-header.ts'

/** Begins the kind of a message of which only the beginning was kept, because it was too long. */
export const cutOffKind = 'cut off: '

export const undeclaredSender: Issue = {
  place: 'MSH-3',
  message: 'Nobody declared this sending application and facility (MSH-3, MSH-4)',
  remedy: 'Declare the source, then replay the message.',
}

const cutOff: Issue = {
  place: '',
  message: 'Only its beginning was kept, because it was too long: a part is never applied as if it were the whole',
  remedy: 'Have it sent in smaller messages, or raise the limit and have it sent again; then set this one aside.',
}

export const training: Issue = {
  place: 'MSH-11',
  message: 'A training or debugging message, expected P',
  remedy: 'Send it to a test system.',
}

/** Why a message must not be applied however often it is tried; undefined for nearly all. @param live whether this is a live record */
export function neverApplied(
  { kind, format, body }: Pick<Message, 'kind' | 'format' | 'body'>,
  live: boolean,
): Issue | undefined {
  if (kind.startsWith(cutOffKind)) return cutOff
  if (live && format === 'hl7v2' && isTraining(mllpHeader(body)?.processingId)) return training
  return undefined
}

/** @param processingId MSH-11; absent or empty: nothing is said, and P is meant */
export const isTraining = (processingId: string | undefined): boolean => /^[TD]/i.test(processingId ?? '')
