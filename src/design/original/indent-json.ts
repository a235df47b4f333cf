/** JSON text with line breaks and indents, every number and string as it was written: only spaces between them change. */
export function indentJson(text: string): string {
  let depth = 0
  let result = ''
  // Just after an opening bracket: the line break waits, since nothing may stand inside.
  let opened = false
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (token === '}' || token === ']') {
      depth -= 1
      result += opened ? token : lineBreak(depth) + token
      opened = false
      continue
    }
    if (opened) result += lineBreak(depth)
    opened = token === '{' || token === '['
    if (opened) depth += 1
    result += token === ',' ? token + lineBreak(depth) : token === ':' ? ': ' : token
  }
  return result
}

function lineBreak(depth: number): string {
  return `\n${'  '.repeat(Math.max(0, depth))}`
}
