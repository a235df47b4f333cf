import { counted, type Safe, Table, Tag, Value } from '../../design/index.ts'
import { comingUp, type Entry, earliestMs, isToCome, sentences } from '../../record/index.ts'
import { When } from './entries.tsx'
import { Missing, NothingHere, PageWords, paged, type RecordModel, RecordPage, Sources, sectionPath } from './frame.tsx'

const over = /completed|revoked|cancel|rejected|failed|entered in error|fulfilled|no ?show|not attended|finished|ended/i

/** What is asked for and waited for, as its sources recorded it: requests, tasks and appointments; what waits first. */
export function referralsView(model: RecordModel, page: number): Safe {
  const { record, person, now } = model
  const { headings } = record
  const path = sectionPath(person, 'referrals')
  const coming = comingUp(record, now)
  const waits = headings.referrals.filter(({ status }) => !over.test(status))
  const groups: readonly (readonly [caption: string, entries: readonly Entry[]])[] = [
    ['Waiting', waits.toSorted((a, b) => (earliestMs(a.when) ?? 0) - (earliestMs(b.when) ?? 0))],
    ['Coming up', coming],
    ['Ended requests', headings.referrals.filter((entry) => !waits.includes(entry))],
    ['Other appointments', headings.appointments.filter((entry) => !coming.includes(entry))],
  ]
  const lines = groups.flatMap(([caption, entries]) => entries.map((entry) => ({ caption, entry })))
  const { rows, links, words } = paged(lines, page, (number) => `${path}?page=${number}`, 40)
  return (
    <RecordPage model={model} section="referrals" title="Referrals and waits">
      <h1>Referrals and waits</h1>
      <Missing model={model} retry={path} />
      <PageWords words={words} />
      {lines.length === 0 ? <NothingHere record={record} /> : undefined}
      {groups.map(([caption, entries]) => {
        const shown = rows.filter((row) => row.caption === caption).map(({ entry }) => entry)
        return shown.length === 0 ? undefined : (
          <Table
            caption={`${caption}: ${entries.length}`}
            compact
            columns={[
              { key: 'what', text: 'What' },
              { key: 'when', text: caption === 'Waiting' ? 'Asked' : 'When' },
              { key: 'state', text: 'State' },
              { key: 'from', text: 'From' },
            ]}
            rows={shown.map((entry) => ({
              what: (
                <>
                  {entry.title}
                  {entry.detail || entry.people.length > 0 ? (
                    <div class="app-quiet">{sentences(entry.detail, entry.people.join(', '))}</div>
                  ) : undefined}
                </>
              ),
              when: <When entry={entry} />,
              state:
                caption === 'Waiting' ? (
                  <Waiting entry={entry} now={now} />
                ) : (
                  <Value of={entry.status || stateOf(entry, now)} />
                ),
              from: <Sources model={model} origins={entry.origins} what={entry.title} />,
            }))}
          />
        )
      })}
      {links}
    </RecordPage>
  )
}

function stateOf(entry: Entry, now: Date): string {
  return isToCome(entry, now) ? 'Booked' : 'No more is recorded'
}

/** How long it has waited, counted from the day it was asked for: as far as its source told. */
function Waiting({ entry, now }: { readonly entry: Entry; readonly now: Date }): Safe {
  const asked = earliestMs(entry.when)
  const days = asked === undefined ? undefined : Math.floor((now.getTime() - asked) / 86_400_000)
  return (
    <>
      {entry.status && !/^requested$/i.test(entry.status) ? <Tag text={entry.status} colour="grey" /> : undefined}{' '}
      {days === undefined || days < 0
        ? 'Start of the wait not recorded'
        : days < 14
          ? `Waits ${counted(days, 'day')}`
          : `Waits ${counted(Math.floor(days / 7), 'week')}`}
    </>
  )
}
