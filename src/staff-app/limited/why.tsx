/** Why the reader sees a record: the facts that show it, and when it ends. */
import type { WhyOpen } from '../../access/index.ts'
import { shortDate, timeOfDay } from '../../design/index.ts'

/** For the banner. */
export function accessTags(access: WhyOpen | undefined): readonly string[] {
  return access?.emergency ? [`Emergency access until ${timeOfDay(access.emergency.until)}`] : []
}

/** `Why you can see this: Ward W7, admitted 20 November 2026`; undefined when nothing of the sort opened it. */
export function whyWords(access: WhyOpen | undefined): string | undefined {
  if (!access) return undefined
  if (access.emergency)
    return `Why you can see this: you gave a reason, until ${timeOfDay(access.emergency.until)}. It will be reviewed.`
  const [first, ...more] = access.relationships
  if (!first) return 'Why you can see this: the access policy opens this record to your role.'
  const until = first.until ? ` (until ${shortDate(first.until)})` : ''
  return `Why you can see this: ${first.words}${until}${more.length === 0 ? '' : `; and ${more.length} more`}.`
}
