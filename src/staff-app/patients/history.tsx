import type { Safe } from '../../design/index.ts'
import type { RecordModel } from './frame.tsx'
import { GroupsPage } from './groups.tsx'

/** What was done, given and found: procedures, vaccinations, equipment, assessments, family history, pregnancy. */
export function historyView(model: RecordModel, page: number): Safe {
  const { headings } = model.record
  return (
    <GroupsPage
      model={model}
      section="history"
      title="Procedures and history"
      page={page}
      groups={[
        { id: 'procedures', heading: 'Procedures and therapies', entries: headings.procedures },
        { id: 'vaccinations', heading: 'Vaccinations', entries: headings.vaccinations },
        { id: 'pregnancy', heading: 'Pregnancy', entries: headings.pregnancy },
        { id: 'assessments', heading: 'Assessments', entries: headings.assessments },
        { id: 'family-history', heading: 'Family history', entries: headings['family-history'] },
        { id: 'equipment', heading: 'Equipment and devices', entries: headings.equipment },
      ]}
    />
  )
}
