import type { Safe } from '../../design/index.ts'
import type { RecordModel } from './frame.tsx'
import { GroupsPage } from './groups.tsx'
import { needsOf } from './needs-of.ts'

/** Who the person is beyond illness: their own words, how to meet them, what to watch for. */
export function aboutView(model: RecordModel, page: number): Safe {
  const { headings } = model.record
  return (
    <GroupsPage
      model={model}
      section="about"
      title="About the person"
      page={page}
      groups={[
        {
          id: 'about-me',
          heading: 'About me, in their own words',
          entries: headings['about-me'],
          ...(headings['about-me'].length > 0
            ? {
                lead: (
                  <p class="app-quiet">Written by the person or whoever helped them. Nobody here has changed it.</p>
                ),
              }
            : {}),
        },
        { id: 'needs', heading: 'Reasonable adjustments and communication needs', entries: needsOf(model.record) },
        { id: 'safeguarding', heading: 'Safeguarding', entries: headings.safeguarding },
        { id: 'alerts', heading: 'Alerts and risks', entries: headings.alerts },
        { id: 'social-context', heading: 'Social context', entries: headings['social-context'] },
      ]}
    />
  )
}
