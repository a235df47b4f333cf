/** One person's summary to be printed: who printed it and when stands on it, and whose it is on every sheet (hazards H-43, H-44). */
import { dateAndTime, InsetText, type Safe } from '../../design/index.ts'
import { type Summary, SummaryBody } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { type RecordModel, RecordPage } from './frame.tsx'

export function printView(model: RecordModel, summary: Summary, by: string): Safe {
  return (
    <RecordPage model={model} section="" title="Summary to print" within>
      <h1>Summary</h1>
      <p>
        Printed {dateAndTime(model.now)} by {by}. It says what was known then, and nothing of what came later.
      </p>
      <div class="app-unprinted">
        <InsetText>
          <p>
            Use your browser’s Print (Ctrl and P). That this page was opened for printing is written down, and the
            person can see it.
          </p>
        </InsetText>
        <TakeOut person={model.person} />
      </div>
      {/* A table's head is printed again on every sheet, in every browser: whose it is. */}
      <table class="app-sheets" role="presentation">
        <thead class="app-running">
          <tr>
            <td>
              {summary.name}, NHS number {summary.nhsNumber}. As at {dateAndTime(summary.asAt)}
              {model.shell.demo ? '. Synthetic: an invented person' : ''}
            </td>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <SummaryBody summary={summary} />
            </td>
          </tr>
        </tbody>
      </table>
    </RecordPage>
  )
}

/** The ways in which a summary leaves the screen. */
export function TakeOut({ person }: { readonly person: string }): Safe {
  return (
    <ul class="nhsuk-list app-unprinted">
      <li>
        <a href={paths.patient(person, 'print')}>Print this summary</a>
      </li>
      <li>
        <a href={paths.patient(person, 'summary.pdf')}>Download as a letter (PDF)</a>
      </li>
      <li>
        <a href={paths.patient(person, 'summary.json')}>Download as an International Patient Summary (FHIR)</a>
      </li>
    </ul>
  )
}
