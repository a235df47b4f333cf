/** A browser as far as cookies, forms and addresses go, for whole flows over HTTP. */
import { formKey, noSession } from './form-key.ts'

export type Answer = {
  readonly status: number
  readonly html: string
  readonly location: string
  readonly headers: Headers
}
export type Jar = {
  get(address: string): Promise<Answer>
  post(address: string, form?: Readonly<Record<string, string>>, from?: string): Promise<Answer>
  cookie(name: string): string | undefined
  readonly cookies: Map<string, string>
}

export function aJar(url: () => string): Jar {
  const cookies = new Map<string, string>()
  const ask = async (address: string, form?: Readonly<Record<string, string>>, from?: string): Promise<Answer> => {
    const kept = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const cookie = cookies.has('throughline_staff') ? kept : `${kept}; ${noSession}`
    const answer = await fetch(new URL(address, url()), {
      redirect: 'manual',
      headers: { cookie, ...(from === undefined ? {} : { referer: new URL(from, url()).href }) },
      ...(form ? { method: 'POST', body: new URLSearchParams({ ...formKey(cookie), ...form }) } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return {
      status: answer.status,
      html: await answer.text(),
      location: answer.headers.get('location') ?? '',
      headers: answer.headers,
    }
  }
  return {
    cookies,
    cookie: (name) => cookies.get(name),
    get: (address) => ask(address),
    post: (address, form = {}, from) => ask(address, form, from),
  }
}
