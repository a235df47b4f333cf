/** The pages of a downtime pack: a list of people, and one compact summary for each. As at when is the largest thing on each (hazard H-43). */
import { dateAndTime, renderPage, Safe } from '../../design/index.ts'
import { SummaryBody } from '../summary/body.tsx'
import { escapeXhtml } from '../summary/narrative.ts'
import type { Summary } from '../summary/summarise.ts'
import { downtimeCss } from './style.ts'

export type PackList = {
  /** `Ward 7, Riverton General Hospital`. */
  readonly title: string
  readonly madeAt: Date
  readonly demo: boolean
}

/** One line of the index. */
export type PackPerson = {
  /** The number of the person's page, from 1. */
  readonly number: number
  /** Bed and room; '' where the list has none. */
  readonly place: string
  readonly summary: Pick<Summary, 'name' | 'nhsNumber' | 'allergies' | 'restricted' | 'asAt'>
}

export function personPage({ demo }: Pick<PackList, 'demo'>, summary: Summary, place: string): string {
  const { asAt, name, nhsNumber, identity, allergies, adjustments, restricted } = summary
  const look =
    allergies.state === 'known-allergies'
      ? ''
      : allergies.state === 'no-known-allergies'
        ? ' allergies--none-known'
        : ' allergies--unsure'
  return (
    <>
      <h1>
        {name}, NHS number {nhsNumber}
      </h1>
      <p class="asat">
        As at {dateAndTime(asAt)}
        {demo ? '. Synthetic: an invented person' : ''}
      </p>
      <dl class="who">
        {identity.map(([label, value]) => (
          <div>
            <dt>{label}</dt> <dd>{value}</dd>
          </div>
        ))}
        {place === '' ? undefined : (
          <div>
            <dt>Place</dt> <dd>{place}</dd>
          </div>
        )}
      </dl>
      {restricted ? (
        <p class="warning">Restricted record: address, telephone and GP practice are not told.</p>
      ) : undefined}
      <p class={`allergies${look}`}>{allergies.words}</p>
      {adjustments.length > 0 ? <p class="warning">Adjustments: {adjustments.join('; ')}</p> : undefined}
      <SummaryBody summary={summary} />
      <p class="asat">
        {name}, NHS number {nhsNumber}. As at {dateAndTime(asAt)}
      </p>
    </>
  ).html
}

const states: Readonly<Record<Summary['allergies']['state'], string>> = {
  'known-allergies': 'Known allergies',
  'no-known-allergies': 'No known allergies',
  'not-recorded': 'Allergies not recorded',
  unavailable: 'Allergies unavailable',
}

/** @param missed people of the list whose record could not be opened: counted, never left out unsaid */
export function indexPage({ title, madeAt, demo }: PackList, people: readonly PackPerson[], missed: number): string {
  const placed = people.some(({ place }) => place !== '')
  return (
    <>
      <h1>{title}</h1>
      <p class="asat">
        As at {dateAndTime(madeAt)}
        {demo ? '. Synthetic: invented people' : ''}
      </p>
      <p>
        {people.length === 1 ? '1 person' : `${people.length} people`}. These pages say what was known then, and nothing
        of what came later. Write down what you do, and put it in the record when it is back.
      </p>
      {missed > 0 ? (
        <p class="warning">
          <strong>
            {missed === 1 ? '1 person' : `${missed} people`} of this list could not be read and{' '}
            {missed === 1 ? 'is' : 'are'} not here.
          </strong>
        </p>
      ) : undefined}
      <table>
        <thead>
          <tr>
            {placed ? <th scope="col">Place</th> : undefined}
            <th scope="col">Name</th>
            <th scope="col">NHS number</th>
            <th scope="col">Allergies</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ number, place, summary }) => (
            <tr>
              {placed ? <td>{place}</td> : undefined}
              <th scope="row">
                <a href={`#${number}`}>{summary.name}</a>
                {summary.restricted ? ' (restricted)' : ''}
              </th>
              <td>{summary.nhsNumber}</td>
              <td>{states[summary.allergies.state]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  ).html
}

/** A page by itself, for a folder: no server, no script, no other file but its neighbours. @param body what `indexPage` or `personPage` made */
export function plainPage(title: string, body: string): string {
  const linked = body.replaceAll(/ href="#(\d+)"/g, (_whole, number: string) => ` href="${fileName(Number(number))}"`)
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  return renderPage(
    new Safe(
      `<html lang="en-GB"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeXhtml(title)}</title><style>${downtimeCss}</style></head><body><main><p class="tools"><a href="index.html">List of people</a> <a href="all.html">All pages, to print</a></p>${linked}</main></body></html>\n`,
    ),
  )
}

export function fileName(number: number): string {
  return number === 0 ? 'index.html' : `person-${number}.html`
}
