import { counted, type Safe, Table, Value } from '../../design/index.ts'
import type { Entry } from '../../record/index.ts'
import { EntryTable } from './entries.tsx'
import { Missing, NothingHere, PageWords, paged, type RecordModel, RecordPage, Sources, sectionPath } from './frame.tsx'

/** Care plans, social-care packages, vaccinations, procedures, appointments and referrals: what is arranged and what was done. */
export function carePlansView(model: RecordModel, page: number): Safe {
  const { record, person } = model
  const path = sectionPath(person, 'care-plans')
  const groups: readonly (readonly [string, readonly Entry[]])[] = [
    ['Alerts', record.flags],
    ['Care plans and packages', record.carePlans],
    ['Appointments', record.appointments],
    ['Procedures', record.procedures],
    ['Vaccinations', record.immunisations],
    ['Referrals and requests, those for tests included', record.referrals],
  ]
  const lines = groups.flatMap(([caption, entries]) => entries.map((entry) => ({ caption, entry })))
  const { rows, links, words } = paged(lines, page, (number) => `${path}?page=${number}`)
  return (
    <RecordPage model={model} section="care-plans" title="Care plans">
      <h1>Care plans and planned care</h1>
      <Missing model={model} retry={path} />
      {lines.length === 0 ? <NothingHere record={record} /> : undefined}
      <PageWords words={words} />
      {groups.map(([caption, entries]) => {
        const shown = rows.filter((row) => row.caption === caption).map(({ entry }) => entry)
        return shown.length === 0 ? undefined : (
          <EntryTable model={model} caption={`${caption}: ${entries.length}`} entries={shown} />
        )
      })}
      {links}
    </RecordPage>
  )
}

/** Who matters to this person, and each time they met someone. */
export function contactsView(model: RecordModel, page: number): Safe {
  const { record, person } = model
  const path = sectionPath(person, 'contacts')
  const { rows, links, words } = paged(record.encounters, page, (number) => `${path}?page=${number}`, 40)
  return (
    <RecordPage model={model} section="contacts" title="Contacts">
      <h1>Contacts</h1>
      <Missing model={model} retry={path} />
      <h2>People and professionals</h2>
      {record.identity.contacts.length === 0 ? (
        <NothingHere record={record} />
      ) : (
        <Table
          caption="People and professionals"
          captionHidden
          compact
          columns={[
            { key: 'name', text: 'Name' },
            { key: 'relation', text: 'Who they are' },
            { key: 'phone', text: 'Phone' },
            { key: 'from', text: 'From' },
          ]}
          rows={record.identity.contacts.slice(0, 30).map(({ name, relation, phone, origins }) => ({
            name,
            relation: <Value of={relation} />,
            phone: <Value of={phone} />,
            from: <Sources model={model} origins={origins} what={name} />,
          }))}
        />
      )}
      <h2>Hospital stays and contacts: {counted(record.encounters.length, 'entry', 'entries')}</h2>
      <PageWords words={words} />
      {record.encounters.length === 0 ? (
        <NothingHere record={record} />
      ) : (
        <EntryTable model={model} caption="Hospital stays and contacts, newest first" entries={rows} hidden kinds />
      )}
      {links}
    </RecordPage>
  )
}
