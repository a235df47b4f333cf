/**
 * Addresses that a page may link to: `https:`, `tel:`, `mailto:`, and paths of this site (`/a`, `?a=b`, `#a`).
 * Everything else (`javascript:`, `data:`, `//host`, control characters that browsers skip) is refused.
 * @returns the address unchanged, or undefined when it may not stand in a page
 */
export function safeUrl(address: string): string | undefined {
  // Browsers drop tabs, line breaks and leading blanks before they read the scheme, and read a backslash as a slash.
  if (/[\p{Cc}\s\\]/u.test(address)) return undefined
  if (/^(https:\/\/[^/]|tel:|mailto:)/i.test(address)) return address
  if (/^(\/(?!\/)|[?#])/.test(address) || address === '/') return address
  return undefined
}
