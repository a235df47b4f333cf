/** Which form the caller sends and wants. JSON only: XML is refused in so many words, never answered in JSON unasked. @see FHIR R4 http.html#mime-type */
import { refuse } from './refusal.ts'

export const fhirJson = 'application/fhir+json; charset=utf-8'

const jsonFormats = new Set(['json', 'text/json', 'application/json', 'application/fhir+json'])

/** @throws Refusal 406 when the caller will take nothing that we can say */
export function checkAccept(accept: string | undefined, format: string | undefined): void {
  // In a query a plus sign is read as a space.
  const wanted = format?.replaceAll(' ', '+').split(';')[0]?.trim().toLowerCase()
  if (wanted !== undefined && wanted !== '') {
    if (jsonFormats.has(wanted)) return
    throw notAcceptable()
  }
  if (accept === undefined || accept.trim() === '') return
  const takes = accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) return false
    return type === '*/*' || type === 'application/*' || type === 'text/*' || jsonFormats.has(type)
  })
  if (!takes) throw notAcceptable()
}

/** @throws Refusal 415 for a body that is not FHIR JSON in UTF-8 */
export function checkContentType(contentType: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (type !== 'application/json' && type !== 'application/fhir+json') {
    throw refuse(
      415,
      'not-supported',
      'The body is not said to be FHIR JSON',
      'Send it as application/fhir+json; FHIR XML is not read yet.',
    )
  }
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw refuse(415, 'not-supported', 'The body is not said to be UTF-8', 'FHIR JSON is always UTF-8.')
  }
  const version = parameters
    .find((parameter) => parameter.startsWith('fhirversion='))
    ?.slice(12)
    .replaceAll('"', '')
  if (version !== undefined && version !== '4.0' && version !== '4.0.1') {
    throw refuse(415, 'not-supported', 'The body is said to be of another FHIR version', 'Send FHIR R4 (4.0).')
  }
}

function notAcceptable() {
  return refuse(
    406,
    'not-supported',
    'Only FHIR JSON is sent here',
    'Ask for application/fhir+json; FHIR XML is not written yet.',
  )
}
