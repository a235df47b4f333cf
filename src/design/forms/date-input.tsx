import type { Safe } from '../jsx/jsx-runtime.ts'

export type DateParts = { readonly day: string; readonly month: string; readonly year: string }

export type DateInputProps = {
  /** The fields are `name-day`, `name-month`, `name-year`. */
  readonly name: string
  readonly legend: string
  readonly hint?: string
  readonly error?: string | undefined
  readonly value?: DateParts
}

/** Day, month and year in three boxes. @see nhsuk date-input */
export function DateInput({ name, legend, hint, error, value }: DateInputProps): Safe {
  const described = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ') || undefined
  return (
    <div class={`nhsuk-form-group${error ? ' nhsuk-form-group--error' : ''}`}>
      <fieldset class="nhsuk-fieldset" role="group" aria-describedby={described}>
        <legend class="nhsuk-fieldset__legend">{legend}</legend>
        {hint ? (
          <div class="nhsuk-hint" id={`${name}-hint`}>
            {hint}
          </div>
        ) : undefined}
        {error ? (
          <span class="nhsuk-error-message" id={`${name}-error`}>
            <span class="nhsuk-u-visually-hidden">Error: </span>
            {error}
          </span>
        ) : undefined}
        <div class="nhsuk-date-input" id={name}>
          <Part name={name} part="day" label="Day" width={2} value={value?.day} wrong={error !== undefined} />
          <Part name={name} part="month" label="Month" width={2} value={value?.month} wrong={error !== undefined} />
          <Part name={name} part="year" label="Year" width={4} value={value?.year} wrong={error !== undefined} />
        </div>
      </fieldset>
    </div>
  )
}

type PartProps = {
  readonly name: string
  readonly part: 'day' | 'month' | 'year'
  readonly label: string
  readonly width: 2 | 4
  readonly value: string | undefined
  readonly wrong: boolean
}

function Part({ name, part, label, width, value, wrong }: PartProps): Safe {
  const id = `${name}-${part}`
  return (
    <div class="nhsuk-date-input__item">
      <div class={`nhsuk-form-group${wrong ? ' nhsuk-form-group--error' : ''}`}>
        <label class="nhsuk-label nhsuk-date-input__label" for={id}>
          {label}
        </label>
        <input
          class={`nhsuk-input${wrong ? ' nhsuk-input--error' : ''} nhsuk-input--width-${width} nhsuk-date-input__input`}
          id={id}
          name={id}
          type="text"
          value={value}
          inputmode="numeric"
        />
      </div>
    </div>
  )
}
