import type { Child } from '../jsx/elements.ts'
import type { Safe } from '../jsx/jsx-runtime.ts'

export type Column = {
  readonly key: string
  readonly text: string
  readonly numeric?: true
  /** Where a press on the heading leads; absent: not sortable. */
  readonly sort?: { readonly href: string; readonly now: 'ascending' | 'descending' | 'none' }
}

/** A row's cells by column key; the first column is the row's header. */
export type Row = Readonly<Record<string, Child>>

export type TableProps = {
  readonly caption: string
  readonly captionHidden?: boolean
  readonly columns: readonly [Column, ...Column[]]
  readonly rows: readonly Row[]
  readonly compact?: boolean
  readonly id?: string
}

/** A real table that becomes a list of labelled values on narrow screens. @see nhsuk tables, responsive */
export function Table({ caption, captionHidden, columns, rows, compact, id }: TableProps): Safe {
  return (
    <table class={`nhsuk-table nhsuk-table--responsive${compact ? ' app-table--compact' : ''}`} role="table" id={id}>
      <caption class={captionHidden ? 'nhsuk-table__caption nhsuk-u-visually-hidden' : 'nhsuk-table__caption'}>
        {caption}
      </caption>
      <thead class="nhsuk-table__head" role="rowgroup">
        <tr class="nhsuk-table__row" role="row">
          {columns.map((column) => (
            <Heading column={column} />
          ))}
        </tr>
      </thead>
      <tbody class="nhsuk-table__body">
        {rows.map((row) => (
          <tr class="nhsuk-table__row" role="row">
            {columns.map((column, place) => (
              <Cell column={column} first={place === 0}>
                {row[column.key]}
              </Cell>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Heading({ column }: { readonly column: Column }): Safe {
  return (
    <th
      class={`nhsuk-table__header${column.numeric ? ' nhsuk-table__header--numeric' : ''}`}
      scope="col"
      role="columnheader"
      aria-sort={column.sort?.now}
    >
      {column.sort ? (
        <a class="app-sort" href={column.sort.href}>
          {column.text}
        </a>
      ) : (
        column.text
      )}
    </th>
  )
}

function Cell({
  column,
  first,
  children,
}: {
  readonly column: Column
  readonly first: boolean
  readonly children: Child
}): Safe {
  const heading = (
    <span class="nhsuk-table__heading" aria-hidden="true">
      {column.text}{' '}
    </span>
  )
  const numeric = column.numeric ? (first ? ' nhsuk-table__header--numeric' : ' nhsuk-table__cell--numeric') : ''
  return first ? (
    <th class={`nhsuk-table__header${numeric}`} scope="row" role="rowheader">
      {heading}
      {children}
    </th>
  ) : (
    <td class={`nhsuk-table__cell${numeric}`} role="cell">
      {heading}
      {children}
    </td>
  )
}
