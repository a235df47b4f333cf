import { Card, listed, Notice, type Safe, Tag, WhatsThis } from '../../design/index.ts'
import { type Entry, hiddenWords, inForce, isToBegin, resuscitation } from '../../record/index.ts'
import { nothing, type RecordModel, Sources, sectionPath } from './frame.tsx'
import { GroupsPage, inShort, sinceWords } from './groups.tsx'
import { letterPath } from './letters.tsx'

/** What is decided and planned: end of life, crisis, legal decisions, care plans. Those in force stand first (hazard H-35). */
export function carePlansView(model: RecordModel, page: number): Safe {
  const { headings, readAt } = model.record
  const standingFirst = (entries: readonly Entry[]) => [
    ...entries.filter((entry) => inForce(entry, readAt)),
    ...entries
      .filter((entry) => !inForce(entry, readAt))
      .map((entry) =>
        entry.status === '' && isToBegin(entry, readAt) ? { ...entry, status: 'Not yet begun' } : entry,
      ),
  ]
  return (
    <GroupsPage
      model={model}
      section="care-plans"
      title="Plans and wishes"
      page={page}
      above={<DecisionConflict model={model} />}
      groups={[
        {
          id: 'end-of-life',
          heading: 'End-of-life care',
          lead: <WhatsThis of="end-of-life care" />,
          entries: standingFirst(headings['end-of-life']),
        },
        {
          id: 'crisis',
          heading: 'Crisis and contingency plans',
          lead: <WhatsThis of="crisis plan" />,
          entries: standingFirst(headings.contingency),
        },
        {
          id: 'legal',
          heading: 'Legal information and decisions',
          lead: (
            <>
              <WhatsThis of="lasting power of attorney" /> <WhatsThis of="advance decision" />
            </>
          ),
          entries: standingFirst(headings.legal),
        },
        {
          id: 'plans',
          heading: 'Care and support plans',
          lead: <WhatsThis of="care plan" />,
          entries: standingFirst(headings['care-plans']),
        },
      ]}
    />
  )
}

/** Plans and decisions that must be seen before anything is done: at the top of the summary, in force only (hazard H-35). */
export function Pinned({ model }: { readonly model: RecordModel }): Safe {
  const { headings, readAt } = model.record
  const standing = (entries: readonly Entry[]) => entries.filter((entry) => inForce(entry, readAt))
  const decided = resuscitation(headings, readAt).entries
  const legal = standing(headings.legal)
  const pinned = [
    ...decided,
    ...legal.filter((entry) => !decided.includes(entry)),
    ...standing(headings['end-of-life']),
    ...standing(headings.contingency),
  ]
  if (pinned.length === 0) return nothing
  const shown = pinned.slice(0, pinnedMax)
  return (
    <Card
      heading="Plans and decisions to follow"
      more={{
        text: pinned.length > shown.length ? `All ${pinned.length} plans and decisions` : 'Read in full',
        href: sectionPath(model.person, 'care-plans'),
      }}
    >
      <DecisionConflict model={model} />
      <ul class="nhsuk-list">
        {shown.map((entry) => (
          <li>
            <strong>
              {entry.key === undefined || entry.title === hiddenWords ? (
                entry.title
              ) : (
                <a href={letterPath(model.person, entry.key)}>{entry.title}</a>
              )}
            </strong>
            {entry.status ? <Tag text={entry.status} colour="grey" /> : undefined}, {sinceWords(entry)}
            {entry.people.length > 0 ? `, ${entry.people.join(', ')}` : ''}. {inShort(entry)}{' '}
            <Sources model={model} origins={entry.origins} what={entry.title} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

const pinnedMax = 8

/** One source says not to attempt resuscitation, another that it is to be attempted: both are named, nobody chooses for the reader. */
function DecisionConflict({ model }: { readonly model: RecordModel }): Safe {
  const { entries, conflict } = resuscitation(model.record.headings, model.record.readAt)
  if (!conflict) return nothing
  return (
    <Notice kind="warning">
      <p>
        <Tag text="Sources disagree" colour="orange" /> <strong>Resuscitation:</strong>{' '}
        {listed(
          entries.map((entry) => `“${entry.title}” (${entry.origins[0]?.organisation ?? ''}, ${sinceWords(entry)})`),
        )}
        . Ask for the signed form.
      </p>
    </Notice>
  )
}
