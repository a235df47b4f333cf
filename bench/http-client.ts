/** A token of the demo's system client. */
import { formKey, noSession } from './form-key.ts'
export async function demoToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('demo-system:demo-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.cruds' }),
  })
  if (!answer.ok) throw new Error(`no token: ${answer.status}`)
  return ((await answer.json()) as { readonly access_token: string }).access_token
}

/** Posts a bundle and reads the whole answer. @throws when it was not accepted */
export async function postBundle(url: string, token: string, body: string): Promise<void> {
  const answer = await fetch(`${url}/fhir`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body,
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${answer.status} ${text.slice(0, 500)}`)
}

/** Signs in as one of the demo's staff. @returns the cookie */
export async function staffCookie(url: string, person: string): Promise<string> {
  const answer = await fetch(`${url}/staff/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: noSession },
    body: new URLSearchParams({ person, ...formKey(noSession) }),
  })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}
