import { BackLink, Button, dateAndTime, type Safe, Table } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type LinkLine = {
  readonly organisation: string
  readonly since: Date
  readonly until?: Date
  readonly rule: string
}

export type MergeLine = {
  readonly id: string
  readonly reason: string
  readonly by: string
  readonly at: Date
  /** How many sources' Patients came over. */
  readonly moved: number
  readonly undone?: { readonly by: string; readonly at: Date }
}

export type LinksModel = {
  readonly shell: StaffShell
  /** Absent: this role opens no records. */
  readonly recordHref?: string
  readonly links: readonly LinkLine[]
  readonly merges: readonly MergeLine[]
}

/** Who was taken for this person, since when and why; what was joined can be parted again. */
export function linksView({ shell, recordHref, links, merges }: LinksModel): Safe {
  return (
    <StaffPage
      shell={shell}
      title={['What makes up this record', 'Identity']}
      at="identity"
      before={<BackLink href={recordHref ?? paths.identity} text={recordHref ? 'Open the record' : 'All reviews'} />}
    >
      <h1>What makes up this record</h1>
      <p class="app-lead">Each organisation has its own entry for a person. These entries were taken for one person.</p>
      <Table
        caption="Entries of organisations, newest first"
        captionHidden
        columns={[
          { key: 'organisation', text: 'Organisation' },
          { key: 'since', text: 'Since' },
          { key: 'until', text: 'Until' },
          { key: 'why', text: 'Why' },
        ]}
        rows={links.map(({ organisation, since, until, rule }) => ({
          organisation,
          since: dateAndTime(since),
          until: until === undefined ? 'Holds now' : dateAndTime(until),
          why: rule,
        }))}
      />
      <h2>Merges</h2>
      {merges.length === 0 ? (
        <p>No two records were joined to make this one.</p>
      ) : (
        merges.map((merge) => <Merge merge={merge} />)
      )}
    </StaffPage>
  )
}

function Merge({ merge: { id, reason, by, at, moved, undone } }: { readonly merge: MergeLine }): Safe {
  return (
    <section aria-label={`Merge on ${dateAndTime(at)}`}>
      <p>
        Joined on {dateAndTime(at)} by {by}: {reason}. {moved} {moved === 1 ? 'entry' : 'entries'} came over.
      </p>
      {undone ? (
        <p>
          Undone on {dateAndTime(undone.at)} by {undone.by}.
        </p>
      ) : (
        <form action={paths.undoMerge(id)} method="post" novalidate>
          <Button text="Undo this merge" look="warning" />
          <p class="app-quiet">
            Exactly what came over goes back. The two are then held apart until a person decides otherwise.
          </p>
        </form>
      )}
    </section>
  )
}
