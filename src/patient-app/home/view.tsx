import { CardLinks, Icon, MissingSources, type Safe, spacedNhsNumber } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

export type HomeModel = {
  readonly shell: PatientShell
  /** As people write it: `Sarah Ward`. */
  readonly name: string
  readonly nhsNumber?: string
  /** Absent: none is coming, as far as the organisations that answered know. */
  readonly next?: { readonly when: string; readonly what: string; readonly from: string }
  readonly organisations: number
  readonly missing: readonly string[]
  /** In words: what came lately, or that nothing did. */
  readonly results: { readonly recent: number; readonly words: string }
  readonly letters: { readonly recent: number; readonly words: string }
  readonly lookedWords: string
}

/** What is next for me: the appointment first, then what is new. */
export function homeView(model: HomeModel): Safe {
  const { shell, name, nhsNumber, next, organisations, missing, results, letters, lookedWords } = model
  return (
    <PatientPage shell={shell} title="Home" at="home">
      <h1>{name}</h1>
      {nhsNumber === undefined ? undefined : (
        <p class="app-quiet">
          NHS number <strong class="app-nowrap">{spacedNhsNumber(nhsNumber)}</strong>
        </p>
      )}
      <MissingSources missing={missing} of={organisations + missing.length} retry={paths.home} />
      <section class="app-next" aria-label="Your next appointment">
        <h2>Your next appointment</h2>
        {next ? (
          <>
            <p class="app-next__when">{next.when}</p>
            <p>{next.what}</p>
            <p class="app-quiet">From: {next.from}</p>
          </>
        ) : (
          <>
            <p>{noAppointment(organisations)}</p>
            <p class="app-quiet">
              If you were told of one, contact the place that booked it. It may not have told us yet.
            </p>
          </>
        )}
      </section>
      <h2>For you</h2>
      <CardLinks
        links={[
          {
            text: 'Test results',
            href: `${paths.health}#tests`,
            description: results.words,
            badge: badge(results.recent, 'new'),
          },
          {
            text: 'Letters',
            href: `${paths.health}#letters`,
            description: letters.words,
            badge: badge(letters.recent, 'new'),
          },
          {
            text: 'Your health record',
            href: paths.health,
            description: 'Conditions, medicines and allergies',
            badge: badge(0, ''),
          },
          { text: 'Who has looked', href: paths.access, description: lookedWords, badge: badge(0, '') },
        ]}
      />
      <p>If you need help now and it is not an emergency, call 111. In an emergency call 999.</p>
    </PatientPage>
  )
}

function noAppointment(organisations: number): string {
  if (organisations === 0) return 'We do not know: no organisation has answered.'
  return organisations === 1
    ? 'None is recorded by the one organisation that answered.'
    : `None is recorded by the ${organisations} organisations that answered.`
}

function badge(many: number, of: string): Safe {
  return (
    <>
      {many === 0 ? undefined : (
        <span class="app-count">
          {many} <span class="nhsuk-u-visually-hidden">{of}</span>
        </span>
      )}
      <Icon name="chevron-right" />
    </>
  )
}
