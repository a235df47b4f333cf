import { CardLinks, CountBadge, counted, Notice, type Safe, timeOfDay } from '../../design/index.ts'
import type { WorkLine } from '../../worklist/index.ts'
import { PeopleTable, type PersonLine } from '../find/people-table.tsx'
import { FindBox } from '../find/view.tsx'
import { paths } from '../paths.ts'
import type { Resume } from '../recent/recent-people.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import type { ReadWorklist } from '../worklist/read-worklist.ts'
import { WorkTags } from '../worklist/words.tsx'

export type HomeModel = {
  readonly shell: StaffShell
  /** The records opened last; absent: this role opens none. */
  readonly recent?: readonly PersonLine[]
  /** Where the reader was in their last session. */
  readonly resume?: Resume
  /** What the reader had written when a session ended. */
  readonly drafts: readonly { readonly href: string; readonly keptAt: Date }[]
  readonly mayFind: boolean
  /** A privacy officer: who may see what, and who went around it. */
  readonly guardsAccess: boolean
  /** How many of each kind of work wait for the reader; none: this role has no worklist. */
  readonly work: ReadWorklist['kinds']
  /** The most urgent of all; absent: nothing waits. */
  readonly top?: WorkLine
}

/** My day: the search box first, then what waits for me, then whom I saw last. */
export function homeView({ shell, recent, resume, drafts, mayFind, guardsAccess, work, top }: HomeModel): Safe {
  return (
    <StaffPage shell={shell} title={['My day']} at="none">
      <h1>My day</h1>
      {resume === undefined && drafts.length === 0 ? undefined : <GoOn resume={resume} drafts={drafts} />}
      {mayFind ? <FindBox /> : undefined}
      <Waiting work={work} top={top} />
      {guardsAccess ? <AccessLinks /> : undefined}
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

/** After a sign-out, a time-out or a change of PC: back to where one was. */
function GoOn({ resume, drafts }: { readonly resume: Resume | undefined; readonly drafts: HomeModel['drafts'] }): Safe {
  return (
    <Notice kind="info">
      {resume === undefined ? undefined : (
        <p>
          You were looking at {resume.name}
          {resume.section === '' ? '' : `, ${resume.section.replaceAll('-', ' ')}`}, at {timeOfDay(resume.at)}.{' '}
          <a href={resume.href}>Continue</a>
        </p>
      )}
      {drafts.map(({ href, keptAt }) => (
        <p>
          What you had written at {timeOfDay(keptAt)} is kept, and not saved. <a href={href}>Go on with it</a>
        </p>
      ))}
    </Notice>
  )
}

function AccessLinks(): Safe {
  return (
    <section aria-label="Access">
      <h2>Access</h2>
      <ul>
        <li>
          <a href={paths.accessReviews}>Emergency access: every use</a>
        </li>
        <li>
          <a href={paths.policy}>Who may see what</a>
        </li>
        <li>
          <a href={paths.policyQuestion}>Ask whether somebody would see a record</a>
        </li>
      </ul>
    </section>
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
