/** Names and postcodes folded so that what people mean to be equal compares equal. Folding is for comparing, never for showing. */

const ligatures: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
}

/** Small letters only: `O'Neill-Smyth` → `oneillsmyth`, `Zoë` → `zoe`. Letters of other scripts stay; digits, marks and spaces go. */
export function foldName(name: string): string {
  if (/^[a-z]*$/.test(name)) return name
  // Taken apart first: Ǽ holds an Æ that is only seen then.
  return name
    .normalize('NFD')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[ßæœøđðþłħı]/g, (letter) => ligatures[letter] ?? letter)
    .replaceAll(/[^\p{L}]/gu, '')
}

/** Capitals and digits only: `sw1a 1aa` → `SW1A1AA`. */
export function foldPostcode(postcode: string): string {
  return postcode.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

/** In order: each rule sees what the earlier ones made. Written for names heard in Britain: Catherine, Kathryn; Stephen, Steven; Smith, Smyth. */
const sounds: readonly (readonly [RegExp, string])[] = [
  [/^(?:mac|mc|mk)(?=[^aeiouy])/, 'mk'],
  [/^(?:kn|gn|pn)/, 'n'],
  [/^wr/, 'r'],
  [/^ps/, 's'],
  [/^wh/, 'w'],
  [/^x/, 's'],
  [/sch/g, 'sk'],
  [/tch/g, 'x'],
  [/ch(?=[lrm]|ol)/g, 'k'],
  [/ch|sh/g, 'x'],
  [/ph/g, 'f'],
  [/ght/g, 't'],
  [/gh(?=$|[^aeiouy])/g, ''],
  [/dg(?=[eiy])/g, 'j'],
  [/g(?=[eiy])/g, 'j'],
  [/c(?=[eiy])/g, 's'],
  [/ck|c|q/g, 'k'],
  [/mps/g, 'ms'],
  [/th/g, 't'],
  [/v/g, 'f'],
  [/z/g, 's'],
  [/mb$/, 'm'],
]

/**
 * A key that names which sound alike share: `Smith`, `Smyth` → `smt`. Only a hint for finding; never a ground for linking by itself.
 * Names in other scripts, and '', give ''.
 */
export function phoneticKey(name: string): string {
  let text = foldName(name)
  if (!/^[a-z]+$/.test(text)) return ''
  for (const [pattern, sound] of sounds) text = text.replace(pattern, sound)
  const first = /^[aeiouy]/.test(text) ? 'a' : ''
  return first + text.replaceAll(/[aeiouywh]/g, '').replaceAll(/(.)\1+/g, '$1')
}

/**
 * How many letters must be changed, added, left out or swapped with a neighbour to make one text the other.
 * @returns `max + 1` as soon as it is more than `max`
 */
export function editDistance(a: string, b: string, max: number): number {
  if (a === b) return 0
  if (Math.abs(a.length - b.length) > max) return max + 1
  let older: number[] = []
  let old = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (old[j - 1] ?? 0) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (older[j - 2] ?? 0) + 1)
      row.push(best)
    }
    older = old
    old = row
  }
  return Math.min(old[b.length] ?? 0, max + 1)
}
