import { dateAndTime, type Safe, Tag } from '../../design/index.ts'
import { type Ack, ackWords, type Surfaced, type WorkLine } from '../../worklist/index.ts'

export const surfacedWords: Readonly<Record<Exclude<Surfaced, ''>, string>> = {
  overdue: 'Overdue',
  'no-owner': 'No owner',
  'owner-left': 'Owner has left',
}

/** At most one tag for how grave it is and one for why it surfaced; none for the ordinary. */
export function WorkTags({ line }: { readonly line: Pick<WorkLine, 'gravity' | 'surfaced'> }): Safe {
  return (
    <>
      {line.gravity === 'critical' ? <Tag text="Critical" colour="red" /> : undefined}
      {line.gravity === 'abnormal' ? <Tag text="Abnormal" colour="orange" /> : undefined}
      {line.gravity !== 'ordinary' && line.surfaced !== '' ? ' ' : ''}
      {line.surfaced === '' ? undefined : <Tag text={surfacedWords[line.surfaced]} colour="yellow" />}
    </>
  )
}

/**
 * `Acknowledged by Dr Amina Khan, Riverside Surgery, 22 November 2026, 10:20am: no action needed`.
 * @param restricted nothing may say which organisation looks after them (hazard H-21)
 */
export function ackLine(ack: Ack, restricted: boolean): string {
  const done = `${ackWords[ack.action]}${ack.note === '' ? '' : `. ${ack.note}`}`
  if (ack.action === 'withdrawn') return `${ackWords.withdrawn}, ${dateAndTime(ack.at)}`
  const where = restricted ? '' : `, ${ack.byOrganisation}`
  const by = `Acknowledged by ${ack.byName}${where}, ${dateAndTime(ack.at)}: ${done}`
  return ack.undoneAt === null
    ? by
    : `${by}. Taken back by ${ack.undoneBy ?? ''}, ${dateAndTime(ack.undoneAt)}: ${ack.undoReason ?? ''}`
}
