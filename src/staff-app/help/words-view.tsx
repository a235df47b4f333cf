import { glossary, type Safe } from '../../design/index.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

/** Every word that is explained, in the order of the alphabet. */
export function wordsView({ shell }: { readonly shell: StaffShell }): Safe {
  const sorted = glossary.toSorted((a, b) => a.name.localeCompare(b.name, 'en-GB', { sensitivity: 'base' }))
  return (
    <StaffPage shell={shell} title={['What words mean', 'Help']} at="none">
      <h1>What words mean</h1>
      <p class="app-lead">
        For everyone who works with records and is not a clinician. It says what a thing is, not what a result means for
        somebody.
      </p>
      <dl class="app-words">
        {sorted.map(({ id, name, meaning, also }) => (
          <>
            <dt id={id}>
              {name}
              {also === undefined ? undefined : <span class="app-quiet"> or {also.join(', ')}</span>}
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </StaffPage>
  )
}
