import { BackLink, type Safe } from '../../design/index.ts'
import { type Attachment, type Block, dayWords, type Letter } from '../../record/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'
import { fromWords } from '../words.ts'

/** One letter, as it was written. */
export function letterView({ shell, letter }: { readonly shell: PatientShell; readonly letter: Letter }): Safe {
  const { title, when, author, attachments, origins } = letter
  return (
    <PatientPage
      shell={shell}
      title="Letter"
      at="health"
      before={<BackLink href={`${paths.health}#letters`} text="Your letters" />}
    >
      <h1>{title || 'Letter'}</h1>
      <p class="app-quiet">
        {when === undefined ? 'Date not recorded' : dayWords(when)}. {author === '' ? '' : `Written by ${author}. `}
        From: {fromWords(origins)}
      </p>
      {attachments.length === 0 ? (
        <p>This letter came without its text. Ask the place it is from.</p>
      ) : (
        attachments.map((part) => <Part part={part} letter={letter.key} />)
      )}
    </PatientPage>
  )
}

function Part({ part, letter }: { readonly part: Attachment; readonly letter: string }): Safe {
  switch (part.kind) {
    case 'text':
      return <div class="app-letter">{paragraphs(part.text)}</div>
    case 'narrative':
      return (
        <div class="app-letter">
          {part.blocks.map((block) => (
            <BlockPart block={block} />
          ))}
        </div>
      )
    case 'file':
      return <FilePart file={part} href={paths.letterFile(letter, part.index)} />
    case 'elsewhere':
      return <p>“{part.title || 'A part of this letter'}” is kept by the place that wrote it. Ask them for a copy.</p>
  }
}

function BlockPart({ block }: { readonly block: Block }): Safe {
  switch (block.kind) {
    case 'heading':
      return <h2>{block.text}</h2>
    case 'paragraph':
      return <p>{block.text}</p>
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li>{item}</li>
          ))}
        </ul>
      )
    case 'table':
      return (
        <ul>
          {block.rows.map((row) => (
            <li>{row.filter((cell) => cell !== '').join(': ')}</li>
          ))}
        </ul>
      )
  }
}

function paragraphs(text: string): readonly Safe[] {
  return text
    .split(/\r?\n\s*\r?\n/)
    .filter((part) => part.trim() !== '')
    .map((part) => <p class="app-lines">{part}</p>)
}

/** A picture or PDF by its own bytes can be looked at; anything else only the place that wrote it can open safely. */
function FilePart({
  file,
  href,
}: {
  readonly file: Extract<Attachment, { kind: 'file' }>
  readonly href: string
}): Safe {
  const name = file.title || 'A file'
  switch (file.shows) {
    case 'image':
      return (
        <p>
          <img class="app-picture" src={href} alt={`Picture: ${name}`} loading="lazy" />
        </p>
      )
    case 'pdf':
      return (
        <p>
          <a href={href}>Open {name}</a> (PDF, {Math.max(1, Math.round(file.sizeBytes / 1000))} kB)
        </p>
      )
    default:
      return <p>“{name}” came as a file. Ask the place it is from for a copy.</p>
  }
}
