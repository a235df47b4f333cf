/** The words of a section as narrative XHTML. Everything that came from outside is escaped: no markup of a sender's is passed on (hazard H-10). */
import type { SectionState } from './ips-entries.ts'
import { type Summary, type SummarySection, safeguardingWords } from './summarise.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as XHTML may hold it; what XML forbids becomes U+FFFD. */
export function escapeXhtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (found) => escapes[found] ?? '')
}

const div = (inner: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`
const paragraph = (text: string) => `<p>${escapeXhtml(text)}</p>`

/** One section: what must be known first, then its lines with their sources, or why there are none. */
export function narrative(
  section: SummarySection | undefined,
  { isWithheld, key }: SectionState,
  summary: Summary,
): string {
  const { lines = [], notes = [], left = 0 } = section ?? {}
  const allergyState = key === 'allergies' && !isWithheld ? [summary.allergies.words] : []
  const items = lines.map(
    ({ title, details, sources }) =>
      `<li><b>${escapeXhtml(title)}</b>${details.map((words) => `<p>${escapeXhtml(words)}</p>`).join('')}<p><i>From: ${escapeXhtml(sources)}</i></p></li>`,
  )
  return div(
    [
      ...(isWithheld
        ? [paragraph('Some or all of this section is withheld: the system that asked may not read it.')]
        : []),
      ...[...allergyState, ...notes].map(paragraph),
      items.length > 0
        ? `<ul>${items.join('')}</ul>`
        : isWithheld
          ? ''
          : paragraph(section?.nothing ?? 'Nothing of this kind was found. This does not mean that there is none.'),
      left > 0 ? paragraph(`And ${left} more in the record.`) : '',
    ].join(''),
  )
}

/** What the reader of the whole document must know: the moment, what may be missing, and how fresh each source is. */
export function statement({ asAt, warnings, freshness, restricted }: Summary): string {
  return div(
    [
      paragraph(`The record as it was read at ${asAt.toISOString()}, from the systems of several organisations.`),
      ...(restricted ? [paragraph('Restricted record: address, telephone and GP practice are not told.')] : []),
      ...warnings.map(paragraph),
      paragraph(safeguardingWords),
      freshness.length > 0 ? `<ul>${freshness.map((words) => `<li>${escapeXhtml(words)}</li>`).join('')}</ul>` : '',
    ].join(''),
  )
}
