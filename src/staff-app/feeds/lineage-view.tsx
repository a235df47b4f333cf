import { BackLink, Details, dateAndTime, type Safe, SummaryList, Table, withCommas } from '../../design/index.ts'
import type { Lineage, LineageLine } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { formatNames } from './feed-view.tsx'
import { indentJson } from './indent-json.ts'
import { Leftovers } from './message-view.tsx'
import { type OriginalModel, OriginalPart } from './original-part.tsx'

export type LineageModel = {
  readonly shell: StaffShell
  readonly lineage: Lineage
  /** What the fact is, in words: `Condition`. */
  readonly what: string
  /** The element asked about, as in `Lineage.lines[].to`. */
  readonly element: string
  readonly original: OriginalModel
  /** Whose record the reader came from. */
  readonly person: string
  /** The page of the message itself; absent for readers who may not see feeds. */
  readonly messageHref?: string
}

const linesMax = 100

/** From a fact back to the bytes: source, time, the original message with the very field marked, and the rule that read it. */
export function lineageView({ shell, lineage, what, element, original, person, messageHref }: LineageModel): Safe {
  const { source, message, savedAt, version, versions, lines, leftovers, type, id } = lineage
  const chosen = lines.find(({ to }) => to === element)
  return (
    <StaffPage
      shell={shell}
      title={['Where this came from', what]}
      at="none"
      before={<BackLink href={paths.patient(person)} text="Back to the record" />}
    >
      <h1>Where this came from</h1>
      <SummaryList
        rows={[
          { key: 'Fact', value: `${what}, version ${version}` },
          { key: 'From', value: `${source.organisation} (${source.name})` },
          { key: 'Received', value: dateAndTime(new Date(message.receivedAt)) },
          { key: 'Kept', value: dateAndTime(new Date(savedAt)) },
          {
            key: 'Message',
            value: (
              <>
                {messageHref === undefined ? message.kind : <a href={messageHref}>{message.kind}</a>}
                {message.controlId === '' ? '' : `, their number ${message.controlId}`} ({formatName(message.format)})
              </>
            ),
          },
          ...(chosen
            ? [
                {
                  key: 'Rule that read it',
                  value: `${chosen.rule}: ${chosen.from} became ${chosen.to || 'the whole fact'}`,
                },
              ]
            : []),
        ]}
      />
      <OriginalPart {...original} />
      <h2>Every element and its place</h2>
      <Table
        caption="Elements of this fact, the place each came from, and the rule that read it"
        captionHidden
        compact
        columns={[
          { key: 'to', text: 'Element' },
          { key: 'from', text: 'Place in the message' },
          { key: 'rule', text: 'Rule' },
        ]}
        rows={lines.slice(0, linesMax).map((line) => ({
          to: line.to === element ? <strong>{line.to || 'The whole fact'}</strong> : line.to || 'The whole fact',
          from: <a href={lineHref({ person, type, id, line })}>{line.from}</a>,
          rule: line.rule,
        }))}
      />
      {lines.length > linesMax ? <p>And {withCommas(lines.length - linesMax)} more.</p> : undefined}
      {leftovers.length > 0 ? <Leftovers id={message.id} leftovers={leftovers} /> : undefined}
      {versions.length > 1 ? (
        <Details summary={`All ${versions.length} versions`}>
          <ul>
            {versions.map((each) => (
              <li>
                Version {each.version}, {each.op} {dateAndTime(new Date(each.savedAt))}
              </li>
            ))}
          </ul>
        </Details>
      ) : undefined}
      <Details summary="The fact as it is kept (FHIR)">
        <pre class="app-original__text">{indentJson(lineage.body)}</pre>
      </Details>
    </StaffPage>
  )
}

type LineOfFact = { readonly person: string; readonly type: string; readonly id: string; readonly line: LineageLine }

/** An element may come from several places, and from an earlier message than the newest: the address names all three. */
function lineHref({ person, type, id, line }: LineOfFact): string {
  const { to, from, messageId } = line
  return `${paths.lineage(person, type, id, to)}&place=${encodeURIComponent(from)}&message=${messageId}#original`
}

function formatName(format: string): string {
  return format in formatNames ? formatNames[format as keyof typeof formatNames] : format
}
