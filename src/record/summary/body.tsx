/** The summary's sections as HTML: on the printed page and on the pages of a downtime pack alike. Nothing in it needs pressing. */
import type { Safe } from '../../design/index.ts'
import { type Summary, safeguardingWords } from './summarise.ts'

export function SummaryBody({ summary }: { readonly summary: Summary }): Safe {
  const { warnings, sections, freshness } = summary
  return (
    <div class="app-take">
      {warnings.map((words) => (
        <p class="app-take__warning">
          <strong>{words}</strong>
        </p>
      ))}
      {sections.map(({ key, heading, notes, lines, nothing, left }) => (
        <section aria-labelledby={`take-${key}`}>
          <h2 class="app-take__heading" id={`take-${key}`}>
            {heading}
          </h2>
          {notes.map((words) => (
            <p>
              <strong>{words}</strong>
            </p>
          ))}
          {lines.length === 0 ? (
            <p class="app-empty">{nothing}</p>
          ) : (
            <ul class="app-take__lines">
              {lines.map(({ title, details, sources }) => (
                <li>
                  <strong>{title}</strong>
                  {details
                    .filter((words) => words !== '')
                    .map((words) => (
                      <div> {words}</div>
                    ))}
                  {sources === '' ? undefined : <div class="app-source"> From: {sources}</div>}
                </li>
              ))}
            </ul>
          )}
          {left > 0 ? <p>And {left} more in the record.</p> : undefined}
        </section>
      ))}
      <section aria-labelledby="take-sources">
        <h2 class="app-take__heading" id="take-sources">
          Sources, and when each was last heard
        </h2>
        <ul class="app-take__lines">
          {freshness.map((words) => (
            <li class="app-source">{words}</li>
          ))}
        </ul>
        <p class="app-source">{safeguardingWords}</p>
      </section>
    </div>
  )
}
