import type { MessageStatus } from '../../feeds/index.ts'

/** What to say after a button was pressed: told from what the message is now, not from what was hoped. */
export function doneWords(done: string | undefined, status: MessageStatus): string | undefined {
  if (done === 'set-aside')
    return status === 'set-aside' ? 'It is set aside. It stays here, and nothing of it was applied.' : undefined
  if (done !== 'replay') return undefined
  if (status === 'applied') return 'It was read again and applied: all it says is in the record.'
  if (status === 'set-aside') return 'It was read again and set aside: what is noted below says why.'
  if (status === 'divided') return 'It was read again and divided: see its messages in the list.'
  return 'It was read again, and still waits for the reason below.'
}
