/**
 * Takes out of a stylesheet the rules that no page can meet. Called by build-css.mjs.
 * A class is used when its name stands in a source file, or begins with a name that the source completes: `nhsuk-tag--${colour}`.
 */

/** The class names that sources write, and the beginnings of those that they complete. */
export function classesUsed(sources) {
  const whole = new Set()
  const beginnings = new Set()
  for (const text of sources) {
    for (const [, name, completed] of text.matchAll(/\b((?:nhsuk|app)-[a-z0-9_-]*)(\$\{)?/g)) {
      // `nhsuk-button${look ? ' …' : ''}` adds a class; only what ends in a hyphen is completed.
      if (completed && name.endsWith('-')) beginnings.add(name)
      else whole.add(name)
    }
  }
  return { whole, beginnings: [...beginnings] }
}

/** @param css compressed by sass, without comments */
export function keepUsedRules(css, used) {
  return rules(css)
    .map(({ prelude, body }) => keep(prelude, body, used))
    .join('')
}

function keep(prelude, body, used) {
  if (body === undefined) return prelude
  if (/^@(media|supports|container|layer)/.test(prelude)) {
    const inner = keepUsedRules(body, used)
    return inner === '' ? '' : `${prelude}{${inner}}`
  }
  if (prelude.startsWith('@')) return `${prelude}{${body}}`
  // A picture that we do not ship would be asked for in vain; without the rule the browser shows its own.
  if (body.includes('url("/assets/')) return ''
  const selectors = splitSelectors(prelude).filter((selector) => isUsed(selector, used))
  return selectors.length === 0 ? '' : `${selectors.join(',')}{${body}}`
}

function isUsed(selector, { whole, beginnings }) {
  const positive = selector.replaceAll(/:not\([^()]*(?:\([^()]*\)[^()]*)*\)/g, '')
  return [...positive.matchAll(/\.(-?[a-zA-Z_][\w-]*)/g)].every(
    ([, name]) => whole.has(name) || beginnings.some((beginning) => name.startsWith(beginning)),
  )
}

/** Commas within brackets do not part selectors: `:is(a,b)`. */
function splitSelectors(prelude) {
  const parts = ['']
  let depth = 0
  for (const letter of prelude) {
    if (letter === '(' || letter === '[') depth += 1
    if (letter === ')' || letter === ']') depth -= 1
    if (letter === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts
}

/** The rules of one level: what stands before the brace, and what stands within. A statement (`@charset …;`) has no body. */
function rules(css) {
  const found = []
  let at = 0
  while (at < css.length) {
    const open = next(css, at, '{;')
    if (open === -1) break
    if (css[open] === ';') {
      found.push({ prelude: css.slice(at, open + 1), body: undefined })
      at = open + 1
      continue
    }
    let depth = 1
    let end = open
    while (depth > 0) {
      end = next(css, end + 1, '{}')
      if (end === -1) throw new Error('The stylesheet has a brace that never closes')
      depth += css[end] === '{' ? 1 : -1
    }
    found.push({ prelude: css.slice(at, open), body: css.slice(open + 1, end) })
    at = end + 1
  }
  return found
}

/** Where one of `wanted` stands next, outside quoted text; -1 when nowhere. */
function next(css, from, wanted) {
  for (let at = from; at < css.length; at += 1) {
    const letter = css[at]
    if (letter === '"' || letter === "'") {
      at = css.indexOf(letter, at + 1)
      if (at === -1) return -1
    } else if (wanted.includes(letter)) return at
  }
  return -1
}
