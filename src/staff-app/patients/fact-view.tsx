import { Details, dateAndTime, indentJson, type Safe, SummaryList, Table, withCommas } from '../../design/index.ts'
import type { Lineage } from '../../record/index.ts'
import { type OriginalModel, OriginalPart } from '../feeds/original-part.tsx'
import { factPath, paged, type RecordModel, RecordPage } from './frame.tsx'

export type FactModel = {
  readonly lineage: Lineage
  /** What the fact says, in words: `Type 2 diabetes`. */
  readonly what: string
  /** The line that was asked about; absent when the fact has no lineage. */
  readonly chosen?: { readonly to: string; readonly from: string; readonly rule: string }
  readonly original: OriginalModel
  readonly page: number
}

/** From a fact back to the bytes: source, time, rule, and the original message with the very field marked. */
export function factView(model: RecordModel, { lineage, what, chosen, original, page }: FactModel): Safe {
  const { restricted } = model.record.identity
  const { source, message, savedAt, version, versions, lines, leftovers, type, id } = lineage
  const here = factPath(model.person, { type, id })
  const { rows, links, words } = paged(lines, page, (number) => `${here}?page=${number}`, 60)
  const address = (query: Readonly<Record<string, string>>) => `${here}?${new URLSearchParams(query)}`
  return (
    <RecordPage model={model} section="sources" title="Where this came from" within>
      <h1>Where this came from</h1>
      <SummaryList
        rows={[
          { key: 'Fact', value: what },
          {
            key: 'From',
            value:
              source.name === source.organisation ? source.organisation : `${source.organisation} (${source.name})`,
          },
          {
            key: 'Received',
            value: `${dateAndTime(new Date(message.receivedAt))}${message.receipts > 1 ? `, and the very same ${message.receipts - 1} more times` : ''}`,
          },
          { key: 'Kept', value: `${dateAndTime(new Date(savedAt))}, as version ${version}` },
          {
            key: 'Message',
            value: `${message.kind}${message.controlId === '' ? '' : `, their number ${message.controlId}`} (${formatNames[message.format] ?? message.format})`,
          },
          ...(chosen
            ? [
                {
                  key: 'Rule that read it',
                  value: `${chosen.rule}: ${chosen.from || 'the whole message'} became ${chosen.to || 'the whole fact'}`,
                },
              ]
            : []),
        ]}
      />
      {restricted ? (
        <p class="app-empty">
          Restricted: the original message is not shown, because it may tell where this person lives
        </p>
      ) : (
        <OriginalPart {...original} />
      )}
      <h2>Every element, its place and its rule</h2>
      {lines.length === 0 ? <p class="app-empty">No rule is recorded for this fact</p> : undefined}
      {words ? <p class="app-quiet">{words}</p> : undefined}
      {lines.length === 0 ? undefined : (
        <Table
          caption="Elements of this fact, the place each came from, and the rule that read it"
          captionHidden
          compact
          columns={[
            { key: 'to', text: 'Element' },
            { key: 'from', text: 'Place in the message' },
            { key: 'rule', text: 'Rule' },
          ]}
          rows={rows.map(({ to, from, rule, messageId }) => ({
            to: to || 'The whole fact',
            from: (
              <>
                <a
                  class="app-place"
                  href={`${address({ place: from, ...(messageId === versions[0]?.messageId ? {} : { message: messageId }), ...(page > 1 ? { page: String(page) } : {}) })}#field`}
                >
                  {from || 'The whole message'}
                </a>
                {messageId === message.id ? '' : ' in another message of this source'}
              </>
            ),
            rule,
          }))}
        />
      )}
      {links}
      {leftovers.length > 0 ? (
        <Details
          summary={`${withCommas(leftovers.length)} ${leftovers.length === 1 ? 'place is' : 'places are'} kept only in the original`}
        >
          <ul>
            {leftovers.slice(0, 60).map((place) => (
              <li>
                <a
                  href={`${address({ place, ...(message.id === versions[0]?.messageId ? {} : { message: message.id }) })}#field`}
                >
                  {place}
                </a>
              </li>
            ))}
          </ul>
          {leftovers.length > 60 ? <p>And {withCommas(leftovers.length - 60)} more.</p> : undefined}
        </Details>
      ) : undefined}
      {versions.length > 1 ? (
        <Details summary={`All ${versions.length} versions`}>
          <ul>
            {versions.slice(0, 40).map((each) => (
              <li>
                <a href={address({ version: String(each.version) })}>Version {each.version}</a>, {each.op}{' '}
                {dateAndTime(new Date(each.savedAt))}
              </li>
            ))}
          </ul>
        </Details>
      ) : undefined}
      <Details summary="The fact as it is kept (FHIR)">
        <pre class="app-original__text">
          {restricted && type === 'Patient' ? 'Restricted: not shown' : indented(lineage.body)}
        </pre>
      </Details>
    </RecordPage>
  )
}

const formatNames: Readonly<Record<string, string>> = {
  hl7v2: 'HL7 v2',
  fhir: 'FHIR R4',
  'gp-connect': 'GP Connect',
  cda: 'CDA',
  csv: 'CSV',
}
const bodyMax = 5_000

/** For reading only: what is kept stays verbatim. A very long one is cut, and says so. */
function indented(body: string): string {
  if (body === '') return 'This version says that the fact was deleted.'
  const words = indentJson(body.slice(0, bodyMax))
  return body.length <= bodyMax ? words : `${words}\n… and ${withCommas(body.length - bodyMax)} characters more`
}
