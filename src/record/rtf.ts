/**
 * The words of a Rich Text document as plain text. Pictures, objects, links, fields' instructions, styles and deleted words do not pass.
 * Total and linear: no bytes make it throw or loop.
 * @see Rich Text Format Specification 1.9.1
 */
export function readRtf(bytes: Uint8Array): string {
  const rtf = new TextDecoder('latin1').decode(bytes)
  let out = ''
  let state: State = { skipped: false, deleted: false, fallback: 1 }
  const stack: State[] = []
  let toSkip = 0
  const say = (words: string) => {
    if (toSkip > 0) toSkip -= 1
    else if (!state.skipped && !state.deleted) out += words
  }
  for (let at = 0; at < rtf.length; ) {
    const char = rtf[at] ?? ''
    if (char === '{') {
      if (stack.length < depthMax) stack.push(state)
      state = { ...state }
      at += 1
    } else if (char === '}') {
      state = stack.pop() ?? state
      at += 1
    } else if (char === '\\') {
      control.lastIndex = at
      const found = control.exec(rtf)
      if (!found) {
        at += 1
        continue
      }
      at = control.lastIndex
      const [, word, number, hex, symbol] = found
      if (hex !== undefined) say(windows.decode(new Uint8Array([Number.parseInt(hex, 16)])))
      else if (symbol !== undefined) {
        if (symbol === '*') state = { ...state, skipped: true }
        else if (symbol === '\n' || symbol === '\r') say('\n')
        else say(symbols[symbol] ?? '')
      } else if (word !== undefined) {
        const value = number === undefined ? undefined : Number(number)
        if (word === 'bin') at += Math.max(0, Math.min(value ?? 0, rtf.length - at))
        else if (word === 'uc') state = { ...state, fallback: Math.max(0, Math.min(value ?? 1, 8)) }
        else if (word === 'deleted') state = { ...state, deleted: value !== 0 }
        else if (word === 'plain') state = { ...state, deleted: false }
        else if (word === 'u') {
          say(String.fromCharCode((value ?? 63) & 0xffff))
          toSkip = state.fallback
        } else if (skippedGroups.has(word)) state = { ...state, skipped: true }
        else if (words[word] !== undefined && !state.skipped && !state.deleted) out += words[word]
      }
    } else {
      if (char !== '\r' && char !== '\n')
        say(char.charCodeAt(0) < 0x80 ? char : windows.decode(new Uint8Array([char.charCodeAt(0)])))
      at += 1
    }
  }
  return out
    .toWellFormed()
    .replaceAll(/[^\S\n\t]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** Whether bytes begin as such a document. */
export function isRtf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === '{\\rtf'
}

type State = { readonly skipped: boolean; readonly deleted: boolean; readonly fallback: number }

const depthMax = 10_000
const windows = new TextDecoder('windows-1252')
const control = /\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))/y
const symbols: Readonly<Record<string, string>> = { '\\': '\\', '{': '{', '}': '}', '~': ' ', _: '-' }
const words: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n\n',
  page: '\n\n',
  row: '\n',
  cell: '\t',
  tab: '\t',
  emdash: '—',
  endash: '–',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
}
const skippedGroups = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'info',
  'pict',
  'object',
  'objdata',
  'themedata',
  'colorschememapping',
  'datastore',
  'latentstyles',
  'listtable',
  'listoverridetable',
  'rsidtbl',
  'generator',
  'filetbl',
  'xmlnstbl',
  'fldinst',
])
