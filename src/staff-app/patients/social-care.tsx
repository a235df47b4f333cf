import { Card, type Safe } from '../../design/index.ts'
import type { Contact } from '../../record/index.ts'
import { ContactTable } from './care.tsx'
import { NothingHere, type RecordModel } from './frame.tsx'
import { GroupsPage } from './groups.tsx'

/** What the council and others arrange: packages, assessments and reviews, and whom to ring. */
export function socialCareView(model: RecordModel, page: number): Safe {
  const entries = model.record.headings['social-care']
  const packages = entries.filter(({ origins }) => origins.some(({ type }) => type !== 'Encounter'))
  const contacts = socialContacts(model)
  return (
    <GroupsPage
      model={model}
      section="social-care"
      title="Social care"
      page={page}
      above={
        <Card heading="Whom to contact" id="contacts">
          {contacts.length === 0 ? (
            <NothingHere record={model.record} />
          ) : (
            <ContactTable model={model} contacts={contacts} />
          )}
        </Card>
      }
      groups={[
        { id: 'packages', heading: 'Services and care packages', entries: packages },
        {
          id: 'assessments',
          heading: 'Assessments and reviews',
          entries: entries.filter((entry) => !packages.includes(entry)),
        },
      ]}
    />
  )
}

function socialContacts({ record }: RecordModel): readonly Contact[] {
  const council = new Set(record.sources.filter(({ kind }) => kind === 'social-care').map(({ source }) => source))
  return record.identity.contacts.filter(
    ({ origins, relation }) =>
      relation !== 'GP' &&
      (origins.some(({ source }) => council.has(source)) ||
        /social worker|care coordinator|key ?worker/i.test(relation)),
  )
}
