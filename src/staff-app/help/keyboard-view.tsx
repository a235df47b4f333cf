import { type Safe, Table } from '../../design/index.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

const always = [
  ['Tab', 'To the next link, button or box. On every page the first leads past the header to the content'],
  ['Shift and Tab', 'Back to the one before'],
  ['Enter', 'Follow a link, press a button, send what is typed'],
  ['Space', 'Press a button, open or close a part of the page, tick a box'],
  ['Arrow keys', 'Choose among round buttons or in a list; scroll the page'],
  ['Home and End', 'To the top and the end of the page'],
  ['Ctrl and F', 'Find a word on the page'],
  ['Ctrl and P', 'Print: navigation is left out, name and sources stay'],
  ['Ctrl and +', 'Larger. The page fits itself to four times its size'],
  ['Alt and left arrow', 'To the page before'],
] as const

const added = [
  ['/', 'To the search box, or to Find a patient'],
  ['g then h', 'Start page'],
  ['g then f', 'Find a patient'],
  ['g then r', 'Recent patients'],
  ['g then w', 'Worklist'],
  ['g then l', 'Lists'],
  ['g then s', 'In a record: summary'],
  ['g then m', 'In a record: medicines'],
  ['g then a', 'In a record: allergies'],
  ['g then e', 'In a record: tests'],
  ['g then d', 'In a record: letters'],
  ['g then t', 'In a record: timeline'],
  ['?', 'This page'],
] as const

/** The keyboard sheet: what works everywhere, and the single keys that are added where scripts run. */
export function keyboardView({ shell }: { readonly shell: StaffShell }): Safe {
  return (
    <StaffPage shell={shell} title={['Keyboard', 'Help']} at="none">
      <h1>Keyboard</h1>
      <p class="app-lead">Everything here can be done without a mouse. A yellow mark shows where you are.</p>
      <h2>In every browser</h2>
      <Keys caption="Keys that work in every browser" keys={always} />
      <h2>Single keys</h2>
      <p>
        Added where the browser runs scripts. They do nothing while you type in a box, nor together with Ctrl or Alt,
        and a key leads only where a link on the page leads. A screen reader’s own keys come first.
      </p>
      <Keys caption="Single keys" keys={added} />
      <div id="keys-switch" />
    </StaffPage>
  )
}

function Keys({
  caption,
  keys,
}: {
  readonly caption: string
  readonly keys: readonly (readonly [string, string])[]
}): Safe {
  return (
    <Table
      caption={caption}
      captionHidden
      compact
      columns={[
        { key: 'press', text: 'Press' },
        { key: 'does', text: 'What happens' },
      ]}
      rows={keys.map(([press, does]) => ({ press, does }))}
    />
  )
}
