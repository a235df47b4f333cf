import type { Safe } from './jsx-runtime.ts'

/** What may stand inside an element. A Date or another object is a type error: a page never prints `[object Object]`. */
export type Child = Safe | string | number | boolean | null | undefined | readonly Child[]

type Text = string | undefined
type Flag = boolean | undefined
type Count = number | string | undefined

/** Attributes of every element. There is no `style` and no `on…`: the content security policy would refuse them. */
type Common = {
  id?: Text
  class?: Text
  lang?: Text
  dir?: 'ltr' | 'rtl' | 'auto' | undefined
  title?: Text
  hidden?: Flag
  role?: Text
  tabindex?: '0' | '-1' | undefined
  'aria-label'?: Text
  'aria-labelledby'?: Text
  'aria-describedby'?: Text
  'aria-current'?: 'page' | 'step' | 'location' | 'date' | 'true' | undefined
  'aria-hidden'?: 'true' | undefined
  'aria-sort'?: 'ascending' | 'descending' | 'none' | undefined
  'aria-live'?: 'polite' | 'assertive' | undefined
  'data-module'?: Text
}
type With<Own = object> = Common & Own & { children?: Child }
type Void<Own> = Common & Own & { children?: never }
type Form = { name?: Text; disabled?: Flag; form?: Text }
type Cell = { colspan?: Count; rowspan?: Count; headers?: Text }
type Drawn = With<{
  fill?: Text
  stroke?: Text
  'stroke-width'?: Count
  'stroke-dasharray'?: Text
  'fill-rule'?: 'evenodd' | undefined
  x?: Count
  y?: Count
  x1?: Count
  x2?: Count
  y1?: Count
  y2?: Count
  cx?: Count
  cy?: Count
  r?: Count
  d?: Text
  points?: Text
  width?: Count
  height?: Count
  'text-anchor'?: 'start' | 'middle' | 'end' | undefined
}>

/** Every element a page of ours may use, each with the attributes it may carry. Others do not compile. */
export type Elements = {
  html: With
  head: With
  title: With
  meta: Void<{ charset?: Text; name?: Text; content?: Text; 'http-equiv'?: 'refresh' | undefined }>
  link: Void<{ rel: string; href: string; type?: Text; sizes?: Text }>
  /** Only a module of our own: never text. */
  script: Void<{ type: 'module'; src: Text }>
  body: With
  header: With
  nav: With
  main: With
  footer: With
  section: With
  article: With
  aside: With
  search: With
  div: With
  p: With
  h1: With
  h2: With
  h3: With
  h4: With
  ul: With
  ol: With<{ start?: Count; reversed?: Flag }>
  li: With<{ value?: Count }>
  dl: With
  dt: With
  dd: With
  figure: With
  figcaption: With
  blockquote: With
  pre: With
  code: With
  mark: With
  kbd: With
  span: With
  a: With<{ href?: Text; rel?: Text; download?: Text }>
  strong: With
  b: With
  em: With
  i: With
  small: With
  abbr: With
  address: With
  time: With<{ datetime?: Text }>
  del: With
  ins: With
  sub: With
  sup: With
  br: Void<object>
  hr: Void<object>
  img: Void<{ src: string; alt: string; width?: Count; height?: Count; loading?: 'lazy' | undefined }>
  details: With<{ open?: Flag; name?: Text }>
  summary: With
  table: With
  caption: With
  colgroup: With
  col: Void<{ span?: Count }>
  thead: With
  tbody: With
  tfoot: With
  tr: With
  th: With<Cell & { scope?: 'col' | 'row' | 'colgroup' | 'rowgroup' | undefined; abbr?: Text }>
  td: With<Cell>
  form: With<{ action: string; method: 'get' | 'post'; novalidate?: Flag; autocomplete?: Text; enctype?: Text }>
  fieldset: With<Form>
  legend: With
  label: With<{ for?: Text }>
  input: Void<
    Form & {
      type?: 'text' | 'search' | 'hidden' | 'radio' | 'checkbox' | 'email' | 'tel' | 'file' | undefined
      value?: Count
      checked?: Flag
      required?: Flag
      autocomplete?: Text
      inputmode?: 'numeric' | 'text' | 'search' | undefined
      spellcheck?: 'true' | 'false' | undefined
      maxlength?: Count
      autocapitalize?: Text
      accept?: Text
    }
  >
  select: With<Form & { autocomplete?: Text }>
  option: With<{ value?: Text; selected?: Flag; disabled?: Flag }>
  optgroup: With<{ label: string }>
  textarea: With<
    Form & { rows?: Count; spellcheck?: 'true' | 'false' | undefined; maxlength?: Count; autocomplete?: Text }
  >
  button: With<
    Form & { type?: 'submit' | 'button' | undefined; value?: Text; formaction?: Text; formmethod?: 'post' | undefined }
  >
  output: With<{ for?: Text }>
  svg: With<{
    viewBox?: Text
    width?: Count
    height?: Count
    fill?: Text
    focusable?: 'false' | undefined
    xmlns?: Text
    preserveAspectRatio?: Text
  }>
  g: Drawn
  path: Drawn
  line: Drawn
  polyline: Drawn
  rect: Drawn
  circle: Drawn
  text: Drawn
}
