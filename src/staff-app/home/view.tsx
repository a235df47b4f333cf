import { CardLinks, CountBadge, counted, type Safe } from '../../design/index.ts'
import { PeopleTable, type PersonLine } from '../find/people-table.tsx'
import { FindBox } from '../find/view.tsx'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type HomeModel = {
  readonly shell: StaffShell
  /** The records opened last; absent: this role opens none. */
  readonly recent?: readonly PersonLine[]
  readonly mayFind: boolean
}

/** My day: the search box first, then what waits for me, then whom I saw last. */
export function homeView({ shell, recent, mayFind }: HomeModel): Safe {
  return (
    <StaffPage shell={shell} title={['My day']} at="none">
      <h1>My day</h1>
      {mayFind ? <FindBox /> : undefined}
      {recent === undefined ? <Waiting shell={shell} /> : undefined}
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

/** Only what this role can do something about. */
function Waiting({ shell }: { readonly shell: StaffShell }): Safe {
  const { reviews, messages } = shell.waiting ?? {}
  const links = [
    ...(reviews === undefined
      ? []
      : [
          {
            text: 'Identity reviews',
            href: paths.identity,
            description: reviews === 0 ? 'None wait' : `${counted(reviews, 'doubt')} about who somebody is`,
            badge: <CountBadge many={reviews} of="reviews wait" />,
          },
        ]),
    ...(messages === undefined
      ? []
      : [
          {
            text: 'Messages',
            href: paths.feeds,
            description: messages === 0 ? 'None wait' : `${counted(messages, 'message')} could not be applied`,
            badge: <CountBadge many={messages} of="messages wait" />,
          },
        ]),
  ]
  return (
    <section aria-label="Waiting for you">
      <h2>Waiting for you</h2>
      {links.length === 0 ? <p>Nothing waits for you here.</p> : <CardLinks links={links} />}
    </section>
  )
}
