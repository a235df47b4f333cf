import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'

type Field = {
  /** Both its id and its name. */
  readonly name: string
  readonly label: Child
  readonly hint?: Child
  /** What is wrong and how to put it right; the same words stand in the error summary. */
  readonly error?: string | undefined
}

/** A button that sends the form. @see nhsuk button */
export function Button({
  text,
  look,
  name,
  value,
}: {
  readonly text: string
  readonly look?: 'secondary' | 'warning'
  readonly name?: string
  readonly value?: string
}): Safe {
  return (
    <button class={`nhsuk-button${look ? ` nhsuk-button--${look}` : ''}`} type="submit" name={name} value={value}>
      {text}
    </button>
  )
}

/** A link that looks like a button, for a step that changes nothing. */
export function ButtonLink({
  text,
  href,
  look,
}: {
  readonly text: string
  readonly href: string
  readonly look?: 'secondary'
}): Safe {
  return (
    <a class={`nhsuk-button${look ? ` nhsuk-button--${look}` : ''}`} href={href} role="button">
      {text}
    </a>
  )
}

function Hint({ name, hint }: Pick<Field, 'name' | 'hint'>): Safe {
  return hint ? (
    <div class="nhsuk-hint" id={`${name}-hint`}>
      {hint}
    </div>
  ) : (
    <></>
  )
}

function FieldError({ name, error }: Pick<Field, 'name' | 'error'>): Safe {
  return error ? (
    <span class="nhsuk-error-message" id={`${name}-error`}>
      <span class="nhsuk-u-visually-hidden">Error: </span>
      {error}
    </span>
  ) : (
    <></>
  )
}

function describedBy({ name, hint, error }: Field): string | undefined {
  return [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ') || undefined
}

function group(error: string | undefined): string {
  return `nhsuk-form-group${error ? ' nhsuk-form-group--error' : ''}`
}

export type InputProps = Field & {
  readonly value?: string | undefined
  readonly width?: 2 | 3 | 4 | 5 | 10 | 20 | 30
  readonly numeric?: true
  readonly autocomplete?: string
  /** In two-thirds or the whole width of the column. */
  readonly labelSize?: 's' | 'm' | 'l'
}

/** @see nhsuk input */
export function Input(props: InputProps): Safe {
  const { name, label, error, value, width, numeric, autocomplete, labelSize } = props
  return (
    <div class={group(error)}>
      <label class={`nhsuk-label${labelSize ? ` nhsuk-label--${labelSize}` : ''}`} for={name}>
        {label}
      </label>
      <Hint {...props} />
      <FieldError {...props} />
      <input
        class={`nhsuk-input${error ? ' nhsuk-input--error' : ''}${width ? ` nhsuk-input--width-${width}` : ''}`}
        id={name}
        name={name}
        type="text"
        value={value}
        spellcheck={numeric ? 'false' : undefined}
        aria-describedby={describedBy(props)}
        inputmode={numeric ? 'numeric' : undefined}
        autocomplete={autocomplete}
      />
    </div>
  )
}

/** @see nhsuk textarea */
export function Textarea(props: Field & { readonly value?: string | undefined; readonly rows?: number }): Safe {
  const { name, label, error, value, rows } = props
  return (
    <div class={group(error)}>
      <label class="nhsuk-label" for={name}>
        {label}
      </label>
      <Hint {...props} />
      <FieldError {...props} />
      <textarea
        class={`nhsuk-textarea${error ? ' nhsuk-textarea--error' : ''}`}
        id={name}
        name={name}
        rows={rows ?? 5}
        aria-describedby={describedBy(props)}
      >
        {value}
      </textarea>
    </div>
  )
}

export type Choice = {
  readonly value: string
  readonly text: string
  readonly hint?: Child
  readonly checked?: boolean
}

/** @see nhsuk radios */
export function Radios(
  props: Field & {
    readonly choices: readonly Choice[]
    readonly legendSize?: 's' | 'm' | 'l'
    readonly small?: boolean
  },
): Safe {
  const { name, label, error, choices, legendSize, small } = props
  return (
    <div class={group(error)}>
      <fieldset class="nhsuk-fieldset" aria-describedby={describedBy(props)}>
        <legend class={`nhsuk-fieldset__legend nhsuk-fieldset__legend--${legendSize ?? 'm'}`}>{label}</legend>
        <Hint {...props} />
        <FieldError {...props} />
        <div class={`nhsuk-radios${small ? ' nhsuk-radios--small' : ''}`}>
          {choices.map((choice, place) => (
            <Radio name={name} id={place === 0 ? name : `${name}-${place + 1}`} choice={choice} />
          ))}
        </div>
      </fieldset>
    </div>
  )
}

function Radio({ name, id, choice }: { readonly name: string; readonly id: string; readonly choice: Choice }): Safe {
  return (
    <div class="nhsuk-radios__item">
      <input
        class="nhsuk-radios__input"
        id={id}
        name={name}
        type="radio"
        value={choice.value}
        checked={choice.checked}
        aria-describedby={choice.hint ? `${id}-item-hint` : undefined}
      />
      <label class="nhsuk-label nhsuk-radios__label" for={id}>
        {choice.text}
      </label>
      {choice.hint ? (
        <div class="nhsuk-hint nhsuk-radios__hint" id={`${id}-item-hint`}>
          {choice.hint}
        </div>
      ) : undefined}
    </div>
  )
}

/** @see nhsuk select */
export function Select(props: Field & { readonly choices: readonly Choice[] }): Safe {
  const { name, label, error, choices } = props
  return (
    <div class={group(error)}>
      <label class="nhsuk-label" for={name}>
        {label}
      </label>
      <Hint {...props} />
      <FieldError {...props} />
      <select
        class={`nhsuk-select${error ? ' nhsuk-select--error' : ''}`}
        id={name}
        name={name}
        aria-describedby={describedBy(props)}
      >
        {choices.map(({ value, text, checked }) => (
          <option value={value} selected={checked}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
