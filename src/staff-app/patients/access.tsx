import { dateAndTime, Pagination, type Safe, Table } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { type RecordModel, RecordPage } from './frame.tsx'

/** One line of the trail in a reader's words. */
export type Look = {
  readonly at: Date
  readonly who: string
  readonly role: string
  readonly organisation: string
  readonly what: string
  readonly why: string
  readonly refused: boolean
}

/** Who has looked at this record, newest first: the looks that were refused too. */
export function accessView(model: RecordModel, looks: readonly Look[], next?: string): Safe {
  return (
    <RecordPage model={model} section="access" title="Who has looked">
      <h1>Who has looked</h1>
      <p class="app-quiet">
        Every look at this record is written down before anything is shown. The person can see this list too.
      </p>
      <Table
        caption="Looks at this record, newest first"
        captionHidden
        compact
        columns={[
          { key: 'when', text: 'When' },
          { key: 'who', text: 'Who' },
          { key: 'what', text: 'What' },
          { key: 'why', text: 'Why' },
        ]}
        rows={looks.map(({ at, who, role, organisation, what, why, refused }) => ({
          when: dateAndTime(at),
          who: [who, role, organisation].filter(Boolean).join(', '),
          what: refused ? <strong>Refused: {what}</strong> : what,
          why,
        }))}
      />
      <Pagination
        next={
          next === undefined
            ? undefined
            : { href: `${paths.patient(model.person, 'access')}?before=${next}`, page: 'Earlier looks' }
        }
      />
    </RecordPage>
  )
}
