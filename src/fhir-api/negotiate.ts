/** Which form the caller sends and wants: FHIR JSON or FHIR XML. @see FHIR R4 http.html#mime-type */
import { refuse } from './refusal.ts'

export type Form = 'json' | 'xml'

const contentTypes: Readonly<Record<Form, string>> = {
  json: 'application/fhir+json; charset=utf-8',
  xml: 'application/fhir+xml; charset=utf-8',
}
export const fhirJson = contentTypes.json
export const fhirXml = contentTypes.xml

const forms: ReadonlyMap<string, Form> = new Map([
  ['json', 'json'],
  ['text/json', 'json'],
  ['application/json', 'json'],
  ['application/fhir+json', 'json'],
  ['xml', 'xml'],
  ['text/xml', 'xml'],
  ['application/xml', 'xml'],
  ['application/fhir+xml', 'xml'],
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['text/*', 'json'],
])

/**
 * The form in which to answer: `_format` before Accept, of what Accept names the most wanted, JSON when it is all the same.
 * @throws Refusal 406 when the caller will take nothing that we can say
 */
export function formWanted(accept: string | undefined, format: string | undefined): Form {
  // In a query a plus sign is read as a space.
  const named = format?.replaceAll(' ', '+').split(';')[0]?.trim().toLowerCase()
  const ranges = named === undefined || named === '' ? (accept ?? '*/*') : named
  let best: { readonly form: Form; readonly weight: number } | undefined
  for (const range of ranges.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const form = forms.get(type === '' ? '*/*' : type)
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    if (form && weight > 0 && (!best || weight > best.weight)) best = { form, weight }
  }
  if (!best)
    throw refuse(406, 'not-supported', 'Only FHIR JSON and FHIR XML are sent here', 'Ask for application/fhir+json.')
  return best.form
}

/** The form of a body. @throws Refusal 415 for one that is neither FHIR JSON nor FHIR XML, or not UTF-8 */
export function formSent(contentType: string | undefined): Form {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const form = type.startsWith('application/') || type.startsWith('text/') ? forms.get(type) : undefined
  if (!form || type.endsWith('*')) {
    throw refuse(
      415,
      'not-supported',
      'The body is said to be neither FHIR JSON nor FHIR XML',
      'Send it as application/fhir+json.',
    )
  }
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw refuse(415, 'not-supported', 'The body is not said to be UTF-8', 'FHIR is always UTF-8.')
  }
  const version = parameters
    .find((parameter) => parameter.startsWith('fhirversion='))
    ?.slice(12)
    .replaceAll('"', '')
  if (version !== undefined && version !== '4.0' && version !== '4.0.1') {
    throw refuse(415, 'not-supported', 'The body is said to be of another FHIR version', 'Send FHIR R4 (4.0).')
  }
  return form
}
