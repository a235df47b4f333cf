/** Attacks that the code itself must exclude: requests to wherever somebody names (SSRF), regular expressions that never end, zip bombs. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { expectedOf, isPrimitive } from '../../src/fhir/primitives.ts'
import { ask, checkUrl, guardedFetch, whyNotAddress } from '../../src/outside/index.ts'

const src = fileURLToPath(new URL('../../src', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:tsx?|js)$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => join(src, name))

describe('SSRF', () => {
  const guard = { loopback: false }

  test('nobody but outside/ opens a connection', () => {
    const opens =
      /(?<![.\w])fetch\((?!address|url, \{ method: 'GET')|from 'node:(?:https|http2|dgram)'|\brequest\b[^'\n]*from 'node:http'|\bconnect\b[^'\n]*from 'node:(?:net|tls)'|createConnection|new WebSocket/
    const wrong = files
      .map((path) => relative(src, path))
      // What runs in a reader's browser reaches this server alone (connect-src 'self').
      .filter((path) => !path.startsWith('outside/') && !path.startsWith('design/browser/'))
      .filter((path) => opens.test(readFileSync(join(src, path), 'utf8')))
    // MLLP has a socket of its own, with the same guard at both steps.
    expect(wrong).toEqual(['feeds/outbound/send-mllp.ts'])
    expect(readFileSync(join(src, 'feeds/outbound/send-mllp.ts'), 'utf8')).toMatch(
      /checkUrl\(to, guard\)[\s\S]*lookup: guardedLookup\(guard\)/,
    )
  })

  test('libraries that bring their own requests are given ours', () => {
    for (const path of files) {
      const text = readFileSync(path, 'utf8')
      if (/\bdiscovery\(|createRemoteJWKSet\(/.test(text))
        expect([relative(src, path), text.includes('[customFetch]')]).toEqual([relative(src, path), true])
    }
    expect(readFileSync(join(src, 'sign-in/provider.ts'), 'utf8')).toContain('guardedFetch({ loopback: false })')
  })

  test.each([
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://0.0.0.0/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://017700000001/',
    'https://[fe80::1]/',
    'https://[64:ff9b::7f00:1]/',
    'http://example.org/',
    'file:///etc/passwd',
    'gopher://example.org/',
    'https://100.100.100.200/',
    'ftp://example.org/',
  ])('%s is not spoken to', async (address) => {
    expect(() => checkUrl(address, guard)).toThrow(/Nothing is sent/)
    await expect(ask(address, { method: 'GET', headers: {}, timeoutMs: 100, guard })).rejects.toThrow(/Nothing is sent/)
    await expect(guardedFetch(guard)(address)).rejects.toThrow(/Nothing is sent/)
  })

  test('hospital addresses are', () => {
    for (const address of ['10.1.2.3', '192.168.4.5', '172.16.0.1', '203.0.113.9', '2001:db8::1'])
      expect(whyNotAddress(address, guard)).toBeUndefined()
  })
})

/** Every regular expression in a file: what stands between slashes where a value may begin. */
function patternsOf(path: string): readonly string[] {
  const literal =
    /(?:^|[(,=:[!&|?{};\n]|\breturn)\s*\/((?:[^/\\\n[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)\/[dgimsuvy]*/g
  return [...readFileSync(path, 'utf8').matchAll(literal)].map(([, pattern = '']) => pattern)
}

/** A repeat without end of a group that itself repeats without end, or whose choices begin alike: the shapes that take exponential time. */
function isDangerous(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\./g, 'e').replaceAll(/\[(?:[^\]])*\]/g, 'c')
  for (const [group, inner = ''] of plain.matchAll(/\((?:\?(?::|<\w+>|<?[=!]))?([^()]*)\)(?:[*+]|\{\d+,\})/g)) {
    if (/^\((?:\?<?[=!])/.test(group)) continue
    // A repeat inside a repeat is safe when something fixed stands between: (?:,x+)* is, (?:x+)* is not.
    if (/^[ce.](?:[*+]|\{\d+,\})\??$/.test(inner)) return true
    if (/^(?:[ce.\w](?:[*+?]|\{\d*,\d*\})\??)+$/.test(inner)) return true
    // What may end as it may begin can be divided in many ways: (?:\s*x\s*)*.
    const parts = inner.match(/[^*+?{}|](?:[*+]\??|\?|\{[^}]*\})?/g) ?? []
    const [first = '', last = ''] = [parts[0], parts.at(-1)]
    if (parts.length > 1 && !inner.includes('|') && isEndless(first) && isEndless(last)) return true
    const choices = inner.split('|')
    if (
      choices.length > 1 &&
      choices.some(
        (one, at) => one === '' || choices.some((other, there) => there !== at && one !== '' && other === one),
      )
    )
      return true
  }
  return false
}

const isEndless = (part: string): boolean => /[*+]\??$|,\}$/.test(part)

describe('ReDoS', () => {
  test('the check knows the shapes that take exponential time', () => {
    for (const bad of ['(?:\\s*[a-z]\\s*)*$', '(a+)+', '(\\w*)*$', '([a-z]+)*', '(a|a)*', '(?:\\s*)+x', '(.+)+'])
      expect([bad, isDangerous(bad)]).toEqual([bad, true])
    for (const fine of ['(?:,\\d+)*', '(?:\\.\\d{1,3}){3}', 'a+b+', '(?:ab|cd)*'])
      expect([fine, isDangerous(fine)]).toEqual([fine, false])
  })

  test('no regular expression of ours has one', () => {
    const all = files.flatMap((path) => patternsOf(path).map((pattern) => ({ path: relative(src, path), pattern })))
    expect(all.length).toBeGreaterThan(300)
    expect(all.filter(({ pattern }) => isDangerous(pattern))).toEqual([])
  })
})

describe('what FHIR has patterns for', () => {
  // Each would take longer than the universe is old, or overflow the stack, where a pattern can divide it in many ways.
  const long = 50_000
  const pumps = [
    ' ',
    'A',
    'A ',
    'A  ',
    '  A',
    '0',
    '0.',
    '.',
    '-',
    '1-',
    ':',
    '=',
    '= ',
    '/',
    'a b ',
    '\\',
    '<',
    '&',
    '1970-',
    'urn:oid:1.',
    '\u00e9',
  ]

  test.each([
    'base64Binary',
    'boolean',
    'canonical',
    'code',
    'date',
    'dateTime',
    'decimal',
    'id',
    'instant',
    'integer',
    'markdown',
    'oid',
    'positiveInt',
    'string',
    'time',
    'unsignedInt',
    'uri',
    'url',
    'uuid',
    'xhtml',
  ])('%s: whatever is repeated 50,000 times is judged at once', (type) => {
    expect(isPrimitive(type)).toBe(true)
    for (const pump of pumps)
      for (const end of ['', '!', '\u0000', '\n', '=']) {
        const said = expectedOf(type, pump.repeat(long) + end)
        expect(said === undefined || said.length < 100).toBe(true)
      }
  })

  test('an attachment of 16 MB is read as one', () => {
    expect(expectedOf('base64Binary', 'YWJj'.repeat(4_000_000))).toBeUndefined()
    expect(expectedOf('base64Binary', `${'YWJj'.repeat(4_000_000)}!`)).toBe('base64 text')
  })
})

test('zip bombs: nothing that came from outside is ever unpacked', () => {
  // Downtime packs are unpacked in the browser that opens them: they are ours, and sealed.
  const unpack = /\b(?:createGunzip|gunzip|inflate|unzip|brotliDecompress|createInflate|DecompressionStream)\w*\b/
  expect(
    files
      .filter((path) => !path.includes('/record/downtime/') && unpack.test(readFileSync(path, 'utf8')))
      .map((path) => relative(src, path)),
  ).toEqual([])
  expect(readFileSync(join(src, 'server.ts'), 'utf8')).toContain("requestEncodings: ['identity']")
})
