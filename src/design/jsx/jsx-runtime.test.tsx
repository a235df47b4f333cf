import fc from 'fast-check'
import { parseFragment } from 'parse5'
import { expect, test } from 'vitest'
import { jsx, renderPage } from './jsx-runtime.ts'
import { safeUrl } from './url.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[<>"'&/= a-z-]*$/),
  fc.constantFrom(
    '"><script>alert(1)</script>',
    "' onload='x",
    '</textarea><img src=x onerror=y>',
    '&lt;',
    '<!--',
    ']]>',
    '\u0000<b>',
  ),
)

type Node = { nodeName: string; value?: string; childNodes?: Node[]; attrs?: { name: string; value: string }[] }

function only(html: string): Node {
  const { childNodes } = parseFragment(html) as unknown as Node
  expect(childNodes).toHaveLength(1)
  return childNodes?.[0] ?? { nodeName: 'none' }
}

/** What HTML itself does to text: line ends, and characters that it forbids. */
const asHtmlReads = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
    .replaceAll(/\r\n?/g, '\n')
    .toWellFormed()

test('whatever text a source sends, it stays text', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const node = only(renderFragment(<p>{text}</p>))
      expect((node.childNodes ?? []).map(({ nodeName }) => nodeName).filter((name) => name !== '#text')).toEqual([])
      expect(
        (node.childNodes ?? [])
          .map(({ value }) => value)
          .join('')
          .toWellFormed(),
      ).toBe(asHtmlReads(text))
    }),
  )
})

test('whatever an attribute holds, it stays one attribute with that value', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom('title', 'value', 'aria-label', 'class', 'id'), (text, name) => {
      const node = only(renderFragment(jsx('input', { [name]: text })))
      expect(node.attrs).toHaveLength(1)
      expect(node.attrs?.[0]?.value.toWellFormed()).toBe(asHtmlReads(text))
    }),
  )
})

test('an address leads to this site, to https, to a telephone or to a letter, or nowhere', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.webUrl({ validSchemes: ['http', 'https', 'ftp'] }),
        fc.stringMatching(/^(java|vb)?script:[a-z()]*$/),
      ),
      (address) => {
        const node = only(renderFragment(<a href={address}>x</a>))
        const [href] = node.attrs ?? []
        if (href === undefined) return
        const url = new URL(href.value, 'https://here.example')
        expect(['https:', 'tel:', 'mailto:']).toContain(url.protocol)
      },
    ),
  )
})

test.each([
  ['javascript:alert(1)', undefined],
  ['java\tscript:alert(1)', undefined],
  [' javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['//elsewhere.example/', undefined],
  ['/\\elsewhere.example', undefined],
  ['http://insecure.example', undefined],
  ['/staff/find?page=2#top', '/staff/find?page=2#top'],
  ['#field', '#field'],
  ['?sort=-date', '?sort=-date'],
  ['https://www.nhs.uk/', 'https://www.nhs.uk/'],
  ['tel:01632960083', 'tel:01632960083'],
])('the address %j becomes %j', (address, kept) => {
  expect(safeUrl(address)).toBe(kept)
})

test.each(['style', 'onclick', 'ONLOAD', 'x y', 'a"b', 'formaction onx'])(
  'the attribute %j is refused even when types are got round',
  (name) => {
    expect(() => jsx('p', { [name]: 'x' })).toThrow(TypeError)
  },
)

test('dates and objects are refused, so that no page prints [object Object]', () => {
  expect(() => jsx('p', { children: new Date(0) })).toThrow(TypeError)
  expect(() => jsx('p', { children: { html: '<b>' } })).toThrow(TypeError)
  // @ts-expect-error a Date is no child
  expect(() => <p>{new Date(0)}</p>).toThrow(TypeError)
})

test('style and handlers do not compile', () => {
  // @ts-expect-error no inline style
  expect(() => <p style="color: red" />).toThrow(TypeError)
  // @ts-expect-error no handlers
  expect(() => <p onclick="x()" />).toThrow(TypeError)
  // @ts-expect-error unknown attribute
  expect(renderFragment(<p href="/x" />)).toBe('<p href="/x"></p>')
})

test('nothing stands where a condition is not met, and zero is a number', () => {
  expect(
    renderFragment(
      <p>
        {false}
        {undefined}
        {null}
        {0}
        {[1, <b>2</b>]}
      </p>,
    ),
  ).toBe('<p>01<b>2</b></p>')
})

test('a page begins with its doctype', () => {
  expect(
    renderPage(
      <html lang="en-GB">
        <body />
      </html>,
    ),
  ).toBe('<!DOCTYPE html><html lang="en-GB"><body></body></html>')
})

function renderFragment(element: { readonly html: string }): string {
  return element.html
}
