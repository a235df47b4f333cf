import type { Safe } from '../jsx/jsx-runtime.ts'

/** What is wrong with one field; `field` is the id the link leads to. */
export type FormError = { readonly field: string; readonly text: string }

/** All that is wrong with a form, first on the page, each leading to its field. Nothing when all is well. @see nhsuk error-summary */
export function ErrorSummary({ errors }: { readonly errors: readonly FormError[] }): Safe {
  if (errors.length === 0) return <></>
  return (
    <div class="nhsuk-error-summary">
      <div role="alert">
        <h2 class="nhsuk-error-summary__heading">There is a problem</h2>
        <div class="nhsuk-error-summary__body">
          <ul class="nhsuk-list nhsuk-error-summary__list">
            {errors.map(({ field, text }) => (
              <li>
                <a href={`#${field}`}>{text}</a>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </div>
  )
}

/** The words beside one field. */
export function errorFor(errors: readonly FormError[], field: string): string | undefined {
  return errors.find((error) => error.field === field)?.text
}
