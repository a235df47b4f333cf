import { Card, counted, Notice, type Safe, Table, Value } from '../../design/index.ts'
import type { Contact } from '../../record/index.ts'
import { EntryTable } from './entries.tsx'
import {
  Missing,
  NothingHere,
  nothing,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  Sources,
  sectionPath,
} from './frame.tsx'
import { sinceWords } from './groups.tsx'

/** Who matters to this person, where they are now, and each time they met someone. */
export function contactsView(model: RecordModel, page: number): Safe {
  const { record, person } = model
  const path = sectionPath(person, 'contacts')
  const { rows, links, words } = paged(record.encounters, page, (number) => `${path}?page=${number}`, 40)
  const { contacts } = record.identity
  const personal = contacts.filter((contact) => !isProfessional(contact))
  const professional = contacts.filter(isProfessional)
  return (
    <RecordPage model={model} section="contacts" title="People and visits">
      <h1>People and visits</h1>
      <Missing model={model} retry={path} />
      <AdmissionNow model={model} />
      <Card heading={`Family and personal contacts: ${personal.length}`} id="family">
        {personal.length === 0 ? <NothingHere record={record} /> : <ContactTable model={model} contacts={personal} />}
      </Card>
      <Card heading={`Professional contacts and teams: ${professional.length}`} id="team">
        {professional.length === 0 ? (
          <NothingHere record={record} />
        ) : (
          <ContactTable model={model} contacts={professional} />
        )}
      </Card>
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

/** Where the person is now, as a source said when they went in and nobody has said that they left. */
export function AdmissionNow({ model }: { readonly model: RecordModel }): Safe {
  const { admissions } = model.record
  if (admissions.length === 0) return nothing
  return (
    <Notice kind="info">
      {admissions.slice(0, 3).map((entry) => (
        <div>
          <strong>In hospital now, since {sinceWords(entry)}:</strong> {entry.title}
          {entry.detail ? `. ${entry.detail}` : ''}
          {entry.people.length > 0 ? `. ${entry.people.join(', ')}` : ''}.{' '}
          <Sources model={model} origins={entry.origins} what={entry.title} />
        </div>
      ))}
    </Notice>
  )
}

const contactsMax = 20

export function ContactTable({
  model,
  contacts,
}: {
  readonly model: RecordModel
  readonly contacts: readonly Contact[]
}): Safe {
  return (
    <>
      <Table
        caption="People"
        captionHidden
        compact
        columns={[
          { key: 'name', text: 'Name' },
          { key: 'relation', text: 'Who they are' },
          { key: 'phone', text: 'Phone' },
          { key: 'from', text: 'From' },
        ]}
        rows={contacts.slice(0, contactsMax).map(({ name, relation, phone, origins }) => ({
          name,
          relation: <Value of={relation} />,
          phone: <Value of={phone} />,
          from: <Sources model={model} origins={origins} what={name} />,
        }))}
      />
      {contacts.length > contactsMax ? (
        <p>And {contacts.length - contactsMax} more, with the patient details among the sources’ other entries.</p>
      ) : undefined}
    </>
  )
}

const professions =
  /\bGP\b|doctor|nurse|social worker|consultant|care (?:team|coordinator|manager)|key ?worker|therap|pharmac|midwife|health visitor|practice|professional|clinician|team|psychiatr|solicitor|advocate/i

function isProfessional({ relation, origins }: Contact): boolean {
  return professions.test(relation) || origins.some(({ type }) => type === 'CareTeam')
}
