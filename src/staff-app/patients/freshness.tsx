import { Ago, counted, type Safe } from '../../design/index.ts'
import type { RecordModel } from './frame.tsx'

const sourcesMax = 12

/** At the foot of each page: when each source last told something of this person, and when its feed was last heard at all (hazard H-07). */
export function Freshness({ model: { record, now } }: { readonly model: Pick<RecordModel, 'record' | 'now'> }): Safe {
  const spoke = record.sources.filter(({ facts }) => facts > 0)
  return (
    <details class="app-source app-fresh">
      <summary>How fresh this is: {counted(spoke.length, 'source')}</summary>
      <ul>
        {spoke.slice(0, sourcesMax).map(({ name, lastAboutPerson, lastReceived, state }) => (
          <li>
            {name}: about this person{' '}
            {lastAboutPerson === undefined ? 'never' : <Ago at={new Date(lastAboutPerson)} now={now} />}; feed heard{' '}
            {lastReceived === undefined ? 'never' : <Ago at={new Date(lastReceived)} now={now} />}
            {state === 'failing' ? <strong class="app-differ"> failing</strong> : undefined}
          </li>
        ))}
        {spoke.length > sourcesMax ? <li>and {spoke.length - sourcesMax} more</li> : undefined}
      </ul>
    </details>
  )
}
