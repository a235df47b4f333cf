import { Card, type Child, MissingSources, type Safe, SectionNavigation, WhatsThis } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

/** One thing in plain words: what it is, what to know of it, and who told us. */
export type HealthItem = {
  readonly title: string
  readonly words: readonly string[]
  readonly from: string
  readonly href?: string
}

export type HealthSection = {
  readonly id:
    | 'allergies'
    | 'medicines'
    | 'conditions'
    | 'tests'
    | 'letters'
    | 'vaccinations'
    | 'plans'
    | 'care'
    | 'visits'
    | 'procedures'
    | 'waiting'
    | 'history'
  readonly heading: string
  /** A sentence that stands before the list: for allergies, which of the four states. */
  readonly lead?: string
  readonly items: readonly HealthItem[]
  /** Shown when there are no items: why there are none. */
  readonly empty: Child
  /** Items left out to keep the page short. */
  readonly more: number
}

export type HealthModel = {
  readonly shell: PatientShell
  readonly sections: readonly HealthSection[]
  readonly organisations: number
  readonly missing: readonly string[]
}

/** My record in plain words, from the same facts that staff see. */
export function healthView({ shell, sections, organisations, missing }: HealthModel): Safe {
  return (
    <PatientPage shell={shell} title="Your health" at="health">
      <h1>Your health</h1>
      <p class="app-lead">
        This is what your surgery, hospitals and others have shared. If something is wrong, tell the place that it is
        from.
      </p>
      {shell.actingFor === undefined ? undefined : (
        <p>You do not see everything: some things stay between a person and their doctor.</p>
      )}
      <MissingSources missing={missing} of={organisations + missing.length} retry={paths.health} />
      <SectionNavigation
        label="Parts of your record"
        sections={sections.map(({ id, heading }) => ({ text: heading, href: `#${id}` }))}
      />
      {sections.map((section) => (
        <HealthCard section={section} />
      ))}
    </PatientPage>
  )
}

function HealthCard({ section }: { readonly section: HealthSection }): Safe {
  const { id, heading, lead, items, empty, more } = section
  return (
    <Card heading={heading} id={id}>
      {lead === undefined ? undefined : (
        <p>
          <strong>{lead}</strong>
        </p>
      )}
      {items.length === 0 ? (
        lead === undefined ? (
          <p>{empty}</p>
        ) : undefined
      ) : (
        <ul class="app-plain">
          {items.map(({ title, words, from, href }) => (
            <li>
              <p>
                <strong>{href === undefined ? title : <a href={href}>{title}</a>}</strong>
              </p>
              {id === 'tests' ? <WhatsThis of={title} /> : undefined}
              {words.map((line) => (
                <p>{line}</p>
              ))}
              <p class="app-quiet">From: {from}</p>
            </li>
          ))}
        </ul>
      )}
      {more > 0 ? <p>And {more} older. Ask your surgery if you need them.</p> : undefined}
    </Card>
  )
}
