/** What a browser sends with a form: the key that the page carried, for programs that did not read the page. */
import { formCookie, formKeyField, formToken } from '../src/access/index.ts'

/** The cookie of a browser in which nobody is signed in. */
export const noSession = `${formCookie}=${'f'.repeat(43)}`

/** The field that belongs to a browser's cookies: `{ 'form-key': '…' }`. */
export function formKey(cookie: string): Readonly<Record<string, string>> {
  const secret =
    /(?:throughline_staff|throughline_patient)=([\w-]{43})/.exec(cookie)?.[1] ??
    new RegExp(`${formCookie}=([\\w-]{43})`).exec(cookie)?.[1]
  return secret === undefined ? {} : { [formKeyField]: formToken(secret) }
}
