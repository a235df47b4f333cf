import { longDate, type Safe, Table, Tag, Value } from '../../design/index.ts'
import type { Attachment, Block, Letter } from '../../record/index.ts'
import { paths } from '../paths.ts'
import {
  AddHere,
  Missing,
  NothingHere,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  Sources,
  sectionPath,
} from './frame.tsx'

export function lettersView(model: RecordModel, page: number): Safe {
  const { letters } = model.record
  const path = sectionPath(model.person, 'letters')
  const { rows, links, words } = paged(letters, page, (number) => `${path}?page=${number}`)
  return (
    <RecordPage model={model} section="letters" title="Letters">
      <h1>Letters and reports</h1>
      <AddHere model={model} kind="note" />
      <Missing model={model} retry={path} />
      {letters.length === 0 ? <NothingHere record={model.record} /> : undefined}
      <PageWords words={words} />
      {letters.length === 0 ? undefined : (
        <Table
          caption="Letters and reports, newest first"
          captionHidden
          compact
          columns={[
            { key: 'title', text: 'Letter' },
            { key: 'when', text: 'Date' },
            { key: 'author', text: 'Written by' },
            { key: 'from', text: 'From' },
          ]}
          rows={rows.map((letter) => ({
            title: (
              <>
                <a href={letterPath(model.person, letter.key)}>{letter.title}</a>{' '}
                {letter.status ? <Tag text={letter.status} colour="grey" /> : undefined}
                {letter.type && letter.type !== letter.title ? <div class="app-quiet">{letter.type}</div> : undefined}
              </>
            ),
            when: <Value of={letter.when === undefined ? undefined : longDate(letter.when)} />,
            author: <Value of={letter.author} />,
            from: <Sources model={model} origins={letter.origins} what={letter.title} />,
          }))}
        />
      )}
      {links}
    </RecordPage>
  )
}

export function letterPath(person: string, key: string): string {
  return paths.patient(person, 'letters', key)
}

/** One letter, its words as safe text, its files to download. @param part which stretch of a very long letter, from 1 */
export function letterView(model: RecordModel, letter: Letter, part: number): Safe {
  const { rows, links, words } = paged(
    letter.attachments.flatMap(pieces).filter((piece, place) => !(place === 0 && isHeading(piece, letter.title))),
    part,
    (number) => `${letterPath(model.person, letter.key)}?page=${number}`,
    piecesPerPage,
  )
  return (
    <RecordPage model={model} section="letters" title={letter.title} within>
      <h1>{letter.title}</h1>
      <p>
        {letter.when === undefined ? 'Date not recorded' : longDate(letter.when)}
        {letter.author ? `, by ${letter.author}` : ''}{' '}
        {letter.status ? <Tag text={letter.status} colour="grey" /> : undefined}
      </p>
      <div>
        <Sources model={model} origins={letter.origins} what={letter.title} />
      </div>
      {letter.attachments.length === 0 ? <p class="app-empty">No text or file was sent with this entry</p> : undefined}
      <PageWords words={words} />
      {rows.map((piece) => (
        <Piece piece={piece} href={(index) => paths.patient(model.person, 'letters', letter.key, String(index))} />
      ))}
      {links}
    </RecordPage>
  )
}

// A file is often called as its letter: the page says so once.
function isHeading(piece: PieceOf, words: string): boolean {
  return piece.kind === 'heading' && piece.text === words
}

const piecesPerPage = 80
const tableRows = 40

type PieceOf =
  | Block
  | Extract<Attachment, { kind: 'file' | 'elsewhere' }>
  | { readonly kind: 'plain'; readonly text: string }

// A page stays small however long the letter (ui.md §6): it is cut at blocks, long tables into several.
function pieces(attachment: Attachment): readonly PieceOf[] {
  const title = attachment.title ? [{ kind: 'heading', text: attachment.title } as const] : []
  if (attachment.kind === 'text')
    return [
      ...title,
      ...attachment.text
        .split(/\r?\n\s*\r?\n/)
        .filter((text) => text.trim() !== '')
        .map((text) => ({ kind: 'plain', text }) as const),
    ]
  if (attachment.kind !== 'narrative') return [attachment]
  return [
    ...title,
    ...attachment.blocks.flatMap((block): readonly PieceOf[] =>
      block.kind === 'table' ? cutTable(block.rows) : [block],
    ),
  ]
}

function cutTable(rows: readonly (readonly string[])[]): readonly PieceOf[] {
  const cut: PieceOf[] = []
  for (let at = 0; at < rows.length; at += tableRows) cut.push({ kind: 'table', rows: rows.slice(at, at + tableRows) })
  return cut
}

function Piece({ piece, href }: { readonly piece: PieceOf; readonly href: (index: number) => string }): Safe {
  switch (piece.kind) {
    case 'heading':
      return <h2>{piece.text}</h2>
    case 'paragraph':
      return <p>{piece.text}</p>
    case 'plain':
      return <pre class="app-original__text">{piece.text}</pre>
    case 'list':
      return (
        <ul>
          {piece.items.map((item) => (
            <li>{item}</li>
          ))}
        </ul>
      )
    case 'table':
      return (
        <table class="nhsuk-table app-table--compact">
          <tbody class="nhsuk-table__body">
            {piece.rows.map((row) => (
              <tr class="nhsuk-table__row">
                {row.map((cell) => (
                  <td class="nhsuk-table__cell">{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )
    case 'file':
      return <FilePart file={piece} href={href(piece.index)} />
    case 'elsewhere':
      return (
        <p>
          {piece.title ? `“${piece.title}” stays` : 'The content stays'} with the organisation that wrote it and was not
          sent to us.
        </p>
      )
  }
}

/** A picture is shown; a PDF is opened by the browser; anything else is saved. Only what its own bytes are is believed (hazard H-36). */
function FilePart({
  file,
  href,
}: {
  readonly file: Extract<Attachment, { kind: 'file' }>
  readonly href: string
}): Safe {
  const { index, title, contentType, sizeBytes, shows } = file
  const name = title || `file ${index + 1}`
  return (
    <>
      {shows === 'image' ? (
        <img class="app-picture" src={`${href}/view`} alt={`Picture: ${name}`} loading="lazy" />
      ) : undefined}
      <p>
        {shows === 'pdf' ? (
          <>
            <a href={`${href}/view`}>Open {name}</a> or{' '}
          </>
        ) : undefined}
        <a href={href} download={`letter-${index + 1}`}>
          {shows === 'pdf' ? 'download it' : `Download ${name}`}
        </a>{' '}
        ({contentType}, {Math.max(1, Math.round(sizeBytes / 1000))} kB)
      </p>
    </>
  )
}
