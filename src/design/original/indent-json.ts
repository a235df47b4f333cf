/** JSON text with line breaks and indents, every number and string as it was written: only spaces between them change. */
export function indentJson(text: string): string {
  let depth = 0
  let result = ''
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (token === '{' || token === '[') {
      depth += 1
      result += token + lineBreak(depth)
    } else if (token === '}' || token === ']') {
      depth -= 1
      result = /[{[]\s*$/.test(result) ? result.trimEnd() + token : result + lineBreak(depth) + token
    } else if (token === ',') result += token + lineBreak(depth)
    else if (token === ':') result += ': '
    else result += token
  }
  return result
}

function lineBreak(depth: number): string {
  return `\n${'  '.repeat(Math.max(0, depth))}`
}
