/** One field of a form as text; '' when it is absent, sent twice or no text. @param body what the form parser made: unknown */
export function formField(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return ''
  const value: unknown = Reflect.get(body, name)
  // NUL stands in no text, and PostgreSQL takes none.
  return typeof value === 'string' ? value.replaceAll('\u0000', '').trim() : ''
}

/** The same for the query of an address; undefined when absent or ''. */
export function queryField(query: unknown, name: string): string | undefined {
  return formField(query, name) || undefined
}
