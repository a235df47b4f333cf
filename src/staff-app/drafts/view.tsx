import type { KeptDraft } from '../../access/index.ts'
import { Button, dateAndTime, InsetText, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

export type DraftModel = {
  readonly shell: StaffShell
  readonly draft: KeptDraft
  /** Its form shows the answers again before anything is saved. */
  readonly goesOn: boolean
}

/** Nothing was saved: what was written, and the way on. */
export function draftView({ shell, draft, goesOn }: DraftModel): Safe {
  const { id, address, page, fields, keptAt } = draft
  const texts = Object.values(fields)
    .flat()
    .filter((text) => isWritten(text))
  return (
    <StaffPage shell={shell} title={['What you had written is kept']} at="none">
      <h1>What you had written is kept</h1>
      <p class="app-lead">
        On {dateAndTime(keptAt)} it came too late, or you were asked to confirm who you are.{' '}
        <strong>Nothing was saved or sent.</strong>
      </p>
      {texts.map((text) => (
        <InsetText>
          <p class="app-pre">{text}</p>
        </InsetText>
      ))}
      <form action={paths.draft(id)} method="post" novalidate>
        {goesOn
          ? Object.entries(fields).flatMap(([name, value]) =>
              [value].flat().map((one) => <input type="hidden" name={name} value={one} />),
            )
          : undefined}
        {goesOn ? <input type="hidden" name="step" value="check" /> : undefined}
        {goesOn ? <Button text="Go on with it" name="act" value="go-on" /> : undefined}{' '}
        <Button text="Delete it" name="act" value="delete" look="secondary" />
      </form>
      {goesOn ? undefined : (
        <p>
          <a href={page ?? address}>Open the page that you were on</a>, and copy your text into it.
        </p>
      )}
      <p>It is kept for a day, for you alone.</p>
    </StaffPage>
  )
}

/** Codes of buttons and choices are nobody's writing. */
function isWritten(text: string): boolean {
  return /\S\s+\S/.test(text) || text.length > 15
}
