import { CardLinks, CountBadge, counted, type Safe } from '../../design/index.ts'
import { PeopleTable, type PersonLine } from '../find/people-table.tsx'
import { FindBox } from '../find/view.tsx'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type HomeModel = { readonly shell: StaffShell; readonly recent: readonly PersonLine[] }

/** My day: the search box first, then what waits for me, then whom I saw last. */
export function homeView({ shell, recent }: HomeModel): Safe {
  const waiting = shell.waiting
  return (
    <StaffPage shell={shell} title={['My day']} at="none">
      <h1>My day</h1>
      <FindBox />
      <div class="app-columns">
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
        {waiting ? (
          <section aria-label="Waiting for somebody">
            <h2>Waiting for somebody</h2>
            <CardLinks
              links={[
                {
                  text: 'Identity reviews',
                  href: paths.identity,
                  description:
                    waiting.reviews === 0 ? 'None wait' : `${counted(waiting.reviews, 'possible mix-up')} to decide`,
                  badge: <CountBadge many={waiting.reviews} of="reviews wait" />,
                },
                {
                  text: 'Messages',
                  href: paths.feeds,
                  description:
                    waiting.messages === 0
                      ? 'None wait'
                      : `${counted(waiting.messages, 'message')} could not be applied`,
                  badge: <CountBadge many={waiting.messages} of="messages wait" />,
                },
              ]}
            />
          </section>
        ) : undefined}
      </div>
    </StaffPage>
  )
}
