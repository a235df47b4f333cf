import { CardLinks, CountBadge, counted, type Safe } from '../../design/index.ts'
import type { WorkLine } from '../../worklist/index.ts'
import { PeopleTable, type PersonLine } from '../find/people-table.tsx'
import { FindBox } from '../find/view.tsx'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import type { ReadWorklist } from '../worklist/read-worklist.ts'
import { WorkTags } from '../worklist/words.tsx'

export type HomeModel = {
  readonly shell: StaffShell
  /** The records opened last; absent: this role opens none. */
  readonly recent?: readonly PersonLine[]
  readonly mayFind: boolean
  /** How many of each kind of work wait for the reader; none: this role has no worklist. */
  readonly work: ReadWorklist['kinds']
  /** The most urgent of all; absent: nothing waits. */
  readonly top?: WorkLine
}

/** My day: the search box first, then what waits for me, then whom I saw last. */
export function homeView({ shell, recent, mayFind, work, top }: HomeModel): Safe {
  return (
    <StaffPage shell={shell} title={['My day']} at="none">
      <h1>My day</h1>
      {mayFind ? <FindBox /> : undefined}
      <Waiting work={work} top={top} />
      {recent === undefined ? undefined : (
        <section aria-label="Recent patients">
          <h2>Recent patients</h2>
          {recent.length === 0 ? (
            <p>You have not opened a record yet. The last five will stand here.</p>
          ) : (
            <>
              <PeopleTable caption="The records you opened last" people={recent} noteHeading="Last opened" />
              <p>
                <a href={paths.recent}>All recent patients</a>
              </p>
            </>
          )}
        </section>
      )}
    </StaffPage>
  )
}

/** Only what this role can do something about. The most urgent is one press away, without a name on this page. */
function Waiting({ work, top }: { readonly work: HomeModel['work']; readonly top: WorkLine | undefined }): Safe {
  return (
    <section aria-label="Waiting for you">
      <h2>Waiting for you</h2>
      {top ? (
        <p>
          Most urgent: <a href={top.href ?? paths.workItem(top.kind, top.id)}>{top.title}</a> <WorkTags line={top} />
        </p>
      ) : undefined}
      {work.length === 0 ? (
        <p>Nothing waits for you here.</p>
      ) : (
        <CardLinks
          links={work.map(({ id, one, many, open, surfaced }) => ({
            text: many.charAt(0).toUpperCase() + many.slice(1),
            href: `${paths.worklist}?kind=${id}`,
            description:
              open === 0
                ? 'None wait'
                : `${counted(open, one, many)}${surfaced === 0 ? '' : `, ${surfaced} overdue or without an owner`}`,
            badge: <CountBadge many={open} of={`${many} wait`} />,
          }))}
        />
      )}
    </section>
  )
}
