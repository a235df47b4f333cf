/**
 * The same text with memory of its own. A piece cut out of a long text keeps the whole of it in memory (V8's sliced strings), so what is
 * remembered beyond one message is remembered as a copy.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
