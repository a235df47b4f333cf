import type { Safe } from '../../design/index.ts'
import { PeopleTable, type PersonLine } from '../find/people-table.tsx'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type RecentModel = { readonly shell: StaffShell; readonly people: readonly PersonLine[] }

/** The records this member of staff opened, newest first. */
export function recentView({ shell, people }: RecentModel): Safe {
  return (
    <StaffPage shell={shell} title={['Recent patients']} at="recent" exact>
      <h1>Recent patients</h1>
      {people.length === 0 ? (
        <p class="app-lead">You have not opened a record yet.</p>
      ) : (
        <PeopleTable caption="The records you opened, newest first" people={people} noteHeading="Last opened" />
      )}
    </StaffPage>
  )
}
