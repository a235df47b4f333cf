import { Button, counted, Events, type Safe } from '../../design/index.ts'
import { type Hit, searchRecord, unsearchedFiles } from '../../record/index.ts'
import { searchBytesMax } from '../find/sealed-search.ts'
import { paths } from '../paths.ts'
import {
  factPath,
  Missing,
  NothingHere,
  PageWords,
  paged,
  type RecordModel,
  RecordPage,
  Sources,
  sectionPath,
} from './frame.tsx'
import { letterPath } from './letters.tsx'
import { testPath } from './tests.tsx'

/** One box for words in this record. Sent by POST: what is looked for is told to no address and no log. */
export function SearchThisRecord({
  person,
  typed,
  error,
}: {
  readonly person: string
  readonly typed?: string
  readonly error?: string
}): Safe {
  return (
    <form action={paths.patient(person, 'search')} method="post" class="app-buttons">
      <div class={`nhsuk-form-group${error === undefined ? '' : ' nhsuk-form-group--error'}`}>
        <label class="nhsuk-label" for="words">
          Search this record
        </label>
        {error === undefined ? undefined : (
          <span class="nhsuk-error-message" id="words-error">
            <span class="nhsuk-u-visually-hidden">Error: </span>
            {error}
          </span>
        )}
        <input
          class="nhsuk-input"
          id="words"
          name="words"
          type="search"
          autocomplete="off"
          maxlength={searchBytesMax}
          value={typed}
          aria-describedby={error === undefined ? undefined : 'words-error'}
        />
      </div>
      <Button text="Search" look="secondary" />
    </form>
  )
}

/** The box alone, or with what was wrong. */
export function searchFormView(model: RecordModel, error?: string): Safe {
  return (
    <RecordPage
      model={model}
      section="timeline"
      title={error === undefined ? 'Search this record' : 'Error: Search this record'}
      within
    >
      <h1>Search this record</h1>
      <SearchThisRecord person={model.person} {...(error === undefined ? {} : { error })} />
    </RecordPage>
  )
}

/** What holds the words, newest first, each leading to its place. @param result the sealed search, for the links of pages */
export function searchView(
  model: RecordModel,
  typed: string,
  { result, page }: { readonly result: string; readonly page: number },
): Safe {
  const { record, person } = model
  const hits = searchRecord(record, typed)
  const here = paths.patient(person, 'search', result)
  const { rows, links, words } = paged(hits, page, (number) => `${here}?page=${number}`)
  const files = unsearchedFiles(record)
  return (
    <RecordPage model={model} section="timeline" title="Search results" within>
      <h1>
        {counted(hits.length, 'entry', 'entries')} for “{typed}”
      </h1>
      <Missing model={model} retry={here} />
      <SearchThisRecord person={person} typed={typed} />
      {files === 0 ? undefined : (
        <p class="app-quiet">
          The words inside {counted(files, 'file')} (PDF, pictures and others) cannot be searched:{' '}
          <a href={sectionPath(person, 'letters')}>see the letters</a>.
        </p>
      )}
      {hits.length === 0 ? (
        <p>
          Nothing in this record has all these words
          {files === 0 ? '' : ', outside the files that cannot be searched'}. Try fewer words, or the beginning of one.
        </p>
      ) : undefined}
      {record.facts === 0 ? <NothingHere record={record} /> : undefined}
      <PageWords words={words} />
      <Events
        events={rows.map((hit) => ({
          ...(hit.when === undefined ? {} : { on: hit.when }),
          kind: hit.kind,
          title: hit.title,
          ...place(model, hit),
          ...(hit.around === '' ? {} : { summary: hit.around }),
          source: <Sources model={model} origins={hit.origins} what={hit.title} />,
        }))}
      />
      {links}
    </RecordPage>
  )
}

function place({ person }: RecordModel, { place: at, origins }: Hit): { readonly href?: string } {
  switch (at.section) {
    case 'letters':
      return { href: letterPath(person, at.key) }
    case 'tests':
      return { href: testPath(person, at.key) }
    case 'fact':
      return origins[0] ? { href: factPath(person, origins[0]) } : {}
    default:
      return { href: sectionPath(person, at.section) }
  }
}
