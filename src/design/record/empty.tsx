import type { Safe } from '../jsx/jsx-runtime.ts'
import { counted } from '../words/numbers.ts'

/**
 * Why nothing stands here. Empty is not one thing, and "not recorded" never looks like "none" (hazard log).
 * none-recorded: this many organisations answered and none has any. not-recorded: a field nobody filled.
 */
export type EmptyReason =
  | { readonly why: 'none-recorded'; readonly organisations: number }
  | { readonly why: 'not-recorded' }
  | { readonly why: 'not-known' }
  | { readonly why: 'not-shared' }
  | { readonly why: 'not-available' }
  | { readonly why: 'hidden' }

/** The reason in words. */
export function emptyWords(reason: EmptyReason): string {
  switch (reason.why) {
    case 'none-recorded':
      return reason.organisations === 0
        ? 'Not known: no organisation has answered'
        : `None recorded by the ${counted(reason.organisations, 'organisation')} that answered`.replace(
            'the 1 organisation',
            'the one organisation',
          )
    case 'not-recorded':
      return 'Not recorded'
    case 'not-known':
      return 'Not known'
    case 'not-shared':
      return 'Not shared by this organisation'
    case 'not-available':
      return 'Not available now'
    case 'hidden':
      return 'Hidden at the patient’s request'
  }
}

export function Empty(reason: EmptyReason): Safe {
  return <span class="app-empty">{emptyWords(reason)}</span>
}

/** The value, or why there is none. Never a dash, never nothing. */
export function Value({ of, otherwise }: { readonly of: string | undefined; readonly otherwise?: EmptyReason }): Safe {
  if (of !== undefined && of.trim() !== '') return <>{of}</>
  return <Empty {...(otherwise ?? { why: 'not-recorded' })} />
}
