import type { Safe } from '../jsx/jsx-runtime.ts'

export type TagColour =
  | 'white'
  | 'grey'
  | 'green'
  | 'aqua-green'
  | 'blue'
  | 'purple'
  | 'pink'
  | 'red'
  | 'orange'
  | 'yellow'

/** @see nhsuk tag */
export function Tag({ text, colour }: { readonly text: string; readonly colour?: TagColour }): Safe {
  return <strong class={`nhsuk-tag${colour ? ` nhsuk-tag--${colour}` : ''}`}>{text}</strong>
}

/** The one vocabulary of states: words carry the meaning, colour is decoration; the ordinary state has no tag. */
export const statusTags = {
  new: { text: 'New', colour: 'blue' },
  'needs-action': { text: 'Needs action', colour: 'red' },
  waiting: { text: 'Waiting for reply', colour: 'yellow' },
  answered: { text: 'Answered', colour: 'green' },
  closed: { text: 'Closed', colour: 'grey' },
  waits: { text: 'Waits', colour: 'red' },
  queued: { text: 'In the queue', colour: 'yellow' },
  'differs-from-first': { text: 'Held', colour: 'orange' },
  silent: { text: 'Silent', colour: 'orange' },
  disagree: { text: 'Sources disagree', colour: 'orange' },
} as const satisfies Readonly<Record<string, { readonly text: string; readonly colour: TagColour }>>

export type Status = keyof typeof statusTags

export function StatusTag({ status }: { readonly status: Status }): Safe {
  return <Tag {...statusTags[status]} />
}

/** The kind of a thing as a bordered word: `Letter`, `Test`. */
export function KindLabel({ text }: { readonly text: string }): Safe {
  return <span class="app-kind">{text}</span>
}
