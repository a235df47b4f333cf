/**
 * Text for a letter whose fonts are the standard ones of PDF, which know Windows-1252 alone. Nothing is lost unseen: signs of medicine get
 * their usual plain writing, a letter with a mark is printed in braces without it, any other character by its number; and the exact text
 * stays in the file for whoever searches, copies or listens (hazard H-46).
 * @see PDF 32000-1 annex D; Unicode 15 normalisation form D
 */
const windows1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'

/** The same to every reader, in letters that the fonts have. */
const plain: Readonly<Record<string, string>> = {
  μ: 'µ',
  '≥': '>=',
  '≤': '<=',
  '≈': '~',
  '≠': '=/=',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '→': '->',
  '←': '<-',
  '↑': '(up)',
  '↓': '(down)',
  '′': "'",
  '″': '"',
  '⅓': '1/3',
  '⅔': '2/3',
  '∕': '/',
  '⁄': '/',
  '⁰': '^0',
  '⁴': '^4',
  '⁵': '^5',
  '⁶': '^6',
  '⁷': '^7',
  '⁸': '^8',
  '⁹': '^9',
  '₀': '0',
  '₁': '1',
  '₂': '2',
  '₃': '3',
  '₄': '4',
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  κ: 'kappa',
  λ: 'lambda',
  Δ: 'delta',
  Ω: 'ohm',
  '℃': '°C',
}

/** Letters that do not come apart into a letter and a mark. */
const strokes: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ŧ: 't',
  Ŧ: 'T',
  ı: 'i',
  ŋ: 'ng',
  Ŋ: 'NG',
  ə: 'e',
  Ə: 'E',
  ẞ: 'SS',
}

export type ShownText = {
  readonly text: string
  /** What was printed otherwise: `{L}` → `U+0141`. Empty: all is printed as it is written. */
  readonly replaced: ReadonlyMap<string, string>
}

export function showText(written: string): ShownText {
  const replaced = new Map<string, string>()
  if (/^[\n\u0020-\u007e\u00a0-\u00ff]*$/.test(written)) return { text: written, replaced }
  let text = ''
  for (const character of written.toWellFormed().normalize('NFC')) {
    if (isPrintable(character)) text += character
    else if (/\p{Zs}|\t|\r/u.test(character)) text += ' '
    // Marks of writing direction and joiners have no shape of their own.
    else if (/\p{Cf}/u.test(character)) continue
    else if (plain[character] !== undefined) text += plain[character]
    else {
      const token = `{${baseOf(character) ?? codePoint(character)}}`
      replaced.set(token, [...new Set([...(replaced.get(token)?.split(', ') ?? []), codePoint(character)])].join(', '))
      text += token
    }
  }
  return { text, replaced }
}

function isPrintable(character: string): boolean {
  return /^[\n\u0020-\u007e\u00a0-\u00ff]$/.test(character) || windows1252.includes(character)
}

/** The letter without its marks, where that is one of the fonts' own. */
function baseOf(character: string): string | undefined {
  const base = strokes[character] ?? character.normalize('NFD').replaceAll(/\p{M}/gu, '')
  return base !== '' && base !== character && [...base].every(isPrintable) ? base : undefined
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
