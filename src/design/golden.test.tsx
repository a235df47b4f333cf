/** Our markup against the official macros of nhsuk-frontend: tells what changed when the library is upgraded. */
import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import { parseFragment, serialize } from 'parse5'
import { expect, test } from 'vitest'
import {
  BackLink,
  Button,
  DateInput,
  Details,
  ErrorSummary,
  Input,
  InsetText,
  Pagination,
  Radios,
  type Safe,
  SearchBox,
  Select,
  SummaryList,
  Table,
  Tag,
  Textarea,
  WarningCallout,
} from './index.ts'
import { Header } from './page/header.tsx'

const macros = nunjucks.configure([fileURLToPath(new URL('../../node_modules/nhsuk-frontend/dist', import.meta.url))], {
  autoescape: true,
  trimBlocks: true,
  lstripBlocks: true,
})

function official(folder: string, macro: string, params: object): string {
  return macros.renderString(
    `{% from "nhsuk/components/${folder}/macro.njk" import ${macro} %}{{ ${macro}(params) }}`,
    { params },
  )
}

/** Spaces beside tags, attributes that only scripts read and the order of attributes are no difference. */
function normal(html: string): string {
  const tree = parseFragment(html.replaceAll(/\s+/g, ' ').replaceAll(/> | </g, (found) => found.trim()))
  sortAttributes(tree as unknown as Branch)
  return serialize(tree)
    .replaceAll(/\s*(<[^>]*>)\s*/g, '$1')
    .replaceAll('><', '>\n<')
}

type Branch = { attrs?: { name: string }[]; childNodes?: Branch[] }
function sortAttributes(node: Branch): void {
  if (node.attrs) {
    node.attrs = node.attrs
      .filter(({ name }) => !/^(data-module|xmlns|draggable|novalidate)$/.test(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  for (const child of node.childNodes ?? []) sortAttributes(child)
}

const cases: readonly (readonly [string, string, object, Safe])[] = [
  ['tag', 'tag', { text: 'New', colour: 'blue' }, <Tag text="New" colour="blue" />],
  ['back-link', 'backLink', { href: '/b', text: 'Go back' }, <BackLink href="/b" text="Go back" />],
  ['button', 'button', { text: 'Go' }, <Button text="Go" />],
  ['button', 'button', { text: 'Go', variant: 'secondary' }, <Button text="Go" look="secondary" />],
  [
    'details',
    'details',
    { summaryText: 'S', html: '<p>x</p>' },
    <Details summary="S">
      <p>x</p>
    </Details>,
  ],
  [
    'inset-text',
    'insetText',
    { text: 'x' },
    <InsetText>
      <p>x</p>
    </InsetText>,
  ],
  [
    'warning-callout',
    'warningCallout',
    { heading: 'H', html: '<p>x</p>' },
    <WarningCallout heading="H">
      <p>x</p>
    </WarningCallout>,
  ],
  [
    'error-summary',
    'errorSummary',
    { titleText: 'There is a problem', errorList: [{ text: 'E & F', href: '#e' }] },
    <ErrorSummary errors={[{ field: 'e', text: 'E & F' }]} />,
  ],
  [
    'pagination',
    'pagination',
    { previousUrl: '/p', previousPage: 'One', nextUrl: '/n', nextPage: 'Three' },
    <Pagination previous={{ href: '/p', page: 'One' }} next={{ href: '/n', page: 'Three' }} />,
  ],
  [
    'tables',
    'table',
    {
      responsive: true,
      caption: 'C',
      firstCellIsHeader: true,
      head: [{ text: 'A' }, { text: 'B', format: 'numeric' }],
      rows: [
        [
          { text: '1', header: 'A' },
          { text: '2', header: 'B', format: 'numeric' },
        ],
      ],
    },
    <Table
      caption="C"
      columns={[
        { key: 'a', text: 'A' },
        { key: 'b', text: 'B', numeric: true },
      ]}
      rows={[{ a: '1', b: '2' }]}
    />,
  ],
  [
    'summary-list',
    'summaryList',
    {
      rows: [
        { key: { text: 'K' }, value: { text: 'V' } },
        {
          key: { text: 'L' },
          value: { text: 'W' },
          actions: { items: [{ href: '/c', text: 'Change', visuallyHiddenText: 'name' }] },
        },
      ],
    },
    <SummaryList
      rows={[
        { key: 'K', value: 'V' },
        { key: 'L', value: 'W', action: { href: '/c', text: 'Change', hidden: 'name' } },
      ]}
    />,
  ],
  [
    'input',
    'input',
    {
      label: { text: 'L' },
      id: 'i',
      name: 'i',
      hint: { text: 'h' },
      errorMessage: { text: 'e' },
      value: 'v',
      width: 10,
    },
    <Input name="i" label="L" hint="h" error="e" value="v" width={10} />,
  ],
  [
    'radios',
    'radios',
    {
      idPrefix: 'r',
      name: 'r',
      fieldset: { legend: { text: 'L', size: 'm' } },
      errorMessage: { text: 'E' },
      items: [
        { value: 'a', text: 'A', hint: { text: 'hh' } },
        { value: 'b', text: 'B', checked: true },
      ],
    },
    <Radios
      name="r"
      label="L"
      error="E"
      choices={[
        { value: 'a', text: 'A', hint: 'hh' },
        { value: 'b', text: 'B', checked: true },
      ]}
    />,
  ],
  [
    'select',
    'select',
    {
      id: 's',
      name: 's',
      label: { text: 'L' },
      items: [
        { value: 'a', text: 'A' },
        { value: 'b', text: 'B', selected: true },
      ],
    },
    <Select
      name="s"
      label="L"
      choices={[
        { value: 'a', text: 'A' },
        { value: 'b', text: 'B', checked: true },
      ]}
    />,
  ],
  [
    'textarea',
    'textarea',
    { id: 's', name: 's', label: { text: 'L' }, hint: { text: 'h' }, errorMessage: { text: 'E' }, value: 'x' },
    <Textarea name="s" label="L" hint="h" error="E" value="x" />,
  ],
  [
    'date-input',
    'dateInput',
    {
      id: 'd',
      fieldset: { legend: { text: 'Date of birth' } },
      hint: { text: 'h' },
      errorMessage: { text: 'E' },
      items: [
        { id: 'd-day', name: 'd-day', label: 'Day', width: 2, value: '1' },
        { id: 'd-month', name: 'd-month', label: 'Month', width: 2, value: '2' },
        { id: 'd-year', name: 'd-year', label: 'Year', width: 4, value: '1958' },
      ],
    },
    <DateInput name="d" legend="Date of birth" hint="h" error="E" value={{ day: '1', month: '2', year: '1958' }} />,
  ],
  [
    'header',
    'header',
    {
      account: {
        items: [
          { text: 'Dr K', href: '/a', icon: true },
          { text: 'Sign out', action: '/so', method: 'post' },
        ],
      },
    },
    <Header
      shell={{
        service: { name: 'S', href: '/' },
        navigation: [],
        account: { name: 'Dr K', href: '/a', signOut: '/so' },
      }}
    />,
  ],
]

test.each(cases)('%s is as the official macro %s writes it (%j)', (folder, macro, params, ours) => {
  const theirs = normal(official(folder, macro, params))
  if (folder === 'header') {
    // Ours has no logo: only the account is compared.
    const account = /<nav[^>]*account[\s\S]*?<\/nav>/
    expect(account.exec(normal(ours.html))?.[0].replace(' type="submit"', '')).toBe(account.exec(theirs)?.[0])
  } else expect(normal(ours.html.replaceAll(/^<nav aria-label="Back">|(?<=back-link.*)<\/nav>$/g, ''))).toBe(theirs)
})

test('the search box is the official one within a form', () => {
  const theirs = normal(
    official('search-input', 'searchInput', {
      id: 'q',
      name: 'q',
      label: { text: 'L', size: 's' },
      hint: { text: 'h' },
    }),
  )
  const ours = normal((<SearchBox action="/f" label="L" hint="h" />).html)
  expect(ours.replaceAll(/<\/?form[^>]*>\n?/g, '').trim()).toBe(theirs.trim())
})
