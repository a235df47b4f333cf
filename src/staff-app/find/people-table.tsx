import { longDate, type Safe, spacedNhsNumber, Table, Value } from '../../design/index.ts'

/** One person as a list shows them: enough to tell two people of one name apart, and no more. */
export type PersonLine = {
  readonly name: string
  /** Absent: this role may open neither the record nor what makes it up. */
  readonly href?: string
  readonly bornOn?: string
  readonly age?: string
  readonly sex?: string
  readonly nhsNumber?: string
  readonly postcode?: string
  readonly died?: boolean
  /** Why they are in the list, or when they were last looked at. */
  readonly note?: Safe | string
}

/** People in a table, the name leading to the record. `noteHeading` names the last column; absent: there is none. */
export function PeopleTable({
  caption,
  people,
  noteHeading,
}: {
  readonly caption: string
  readonly people: readonly PersonLine[]
  readonly noteHeading?: string
}): Safe {
  return (
    <Table
      caption={caption}
      captionHidden
      columns={[
        { key: 'name', text: 'Name' },
        { key: 'born', text: 'Born' },
        { key: 'sex', text: 'Sex' },
        { key: 'nhs', text: 'NHS number' },
        { key: 'postcode', text: 'Postcode' },
        ...(noteHeading === undefined ? [] : [{ key: 'note', text: noteHeading }]),
      ]}
      rows={people.map(({ name, href, bornOn, age, sex, nhsNumber, postcode, died, note }) => ({
        name: (
          <>
            {href === undefined ? name : <a href={href}>{name}</a>}
            {died ? ' (died)' : ''}
          </>
        ),
        born: bornOn === undefined ? <Value of={undefined} /> : `${longDate(bornOn)}${age ? ` (${age})` : ''}`,
        sex: <Value of={sex} />,
        nhs:
          nhsNumber === undefined ? (
            <Value of={undefined} />
          ) : (
            <span class="app-nowrap">{spacedNhsNumber(nhsNumber)}</span>
          ),
        postcode: <Value of={postcode} />,
        note,
      }))}
    />
  )
}
