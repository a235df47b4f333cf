import { Icon } from '../icons.tsx'
import type { Safe } from '../jsx/jsx-runtime.ts'

export type SearchBoxProps = {
  readonly action: string
  readonly label: string
  readonly hint?: string
  readonly value?: string | undefined
  readonly error?: string | undefined
}

/** One box that finds, sent by POST: what is typed may be a patient's and must not reach an address or a log. @see nhsuk search-input */
export function SearchBox({ action, label, hint, value, error }: SearchBoxProps): Safe {
  return (
    <form action={action} method="post" novalidate>
      <div class={`nhsuk-form-group nhsuk-search-input${error ? ' nhsuk-form-group--error' : ''}`}>
        <label class="nhsuk-label nhsuk-label--s" for="q">
          {label}
        </label>
        {hint ? (
          <div class="nhsuk-hint" id="q-hint">
            {hint}
          </div>
        ) : undefined}
        {error ? (
          <span class="nhsuk-error-message" id="q-error">
            <span class="nhsuk-u-visually-hidden">Error: </span>
            {error}
          </span>
        ) : undefined}
        <div class="nhsuk-input-wrapper nhsuk-search-input__wrapper">
          <input
            class={`nhsuk-input nhsuk-search-input__input${error ? ' nhsuk-input--error' : ''}`}
            id="q"
            name="q"
            type="search"
            value={value}
            autocomplete="off"
            aria-describedby={[hint ? 'q-hint' : '', error ? 'q-error' : ''].filter(Boolean).join(' ') || undefined}
          />
          <button
            class="nhsuk-button nhsuk-button--icon nhsuk-button--small nhsuk-search-input__button"
            type="submit"
            aria-label="Search"
          >
            <Icon name="search" />
          </button>
        </div>
      </div>
    </form>
  )
}
