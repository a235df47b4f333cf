import { auditKindWords, type KeptLine } from '../../audit/index.ts'
import { BackLink, ButtonLink, Details, dateAndTime, indentJson, type Safe, SummaryList } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'
import { trailSearch } from './trail-query.ts'

export type LineModel = { readonly shell: StaffShell; readonly line: KeptLine; readonly event: object }

/** One line of the trail: all that it says, and its proof. */
export function lineView({ shell, line, event }: LineModel): Safe {
  const { id, at, what, outcome, purpose, actor, person, detail, address, requestId } = line
  return (
    <StaffPage
      shell={shell}
      title={[auditKindWords(what), 'Trail']}
      at="trail"
      before={<BackLink href={paths.trail} text="Trail" />}
    >
      <h1>{auditKindWords(what)}</h1>
      <SummaryList
        rows={[
          { key: 'When', value: `${dateAndTime(new Date(at))} (${at})` },
          {
            key: 'Who',
            value: [actor.name, actor.role?.replaceAll('-', ' '), actor.organisation].filter(Boolean).join(', '),
          },
          { key: 'Their number', value: `${actor.kind} ${actor.id}` },
          { key: 'Outcome', value: outcome === 0 ? 'Done' : <strong>Refused or failed</strong> },
          { key: 'Why', value: purpose },
          {
            key: 'About',
            value:
              person === undefined ? (
                'Nobody'
              ) : (
                <a href={`${paths.trail}?${trailSearch({ person })}`}>Person {person}</a>
              ),
          },
          ...Object.entries(detail ?? {}).map(([key, value]) => ({
            key: `Detail: ${key}`,
            value: typeof value === 'string' ? value : JSON.stringify(value),
          })),
          { key: 'From address', value: address ?? 'Not known' },
          { key: 'Request', value: requestId ?? 'None' },
          { key: 'Number of the line', value: id },
        ]}
      />
      <p>
        <ButtonLink text="Download the proof of this line" href={paths.trailProof(id)} look="secondary" />
      </p>
      <p class="app-quiet">
        The proof shows that this line, letter for letter, is in the sealed trail. Anybody can check it without us: see
        scripts/check-proof.mjs, and the public keys at /audit/keys.
      </p>
      <Details summary="As a FHIR AuditEvent">
        <section class="app-original" aria-label="AuditEvent">
          <pre class="app-original__text">{indentJson(JSON.stringify(event))}</pre>
        </section>
      </Details>
    </StaffPage>
  )
}
