import {
  counted,
  listed,
  longDate,
  Notice,
  type Row,
  type Safe,
  Table,
  Tag,
  Value,
  WhatsThis,
} from '../../design/index.ts'
import type { Allergies, Allergy } from '../../record/index.ts'
import { AddHere, Differences, Missing, nothing, type RecordModel, RecordPage, Sources, sectionPath } from './frame.tsx'

/** Allergies in exactly one of four states, with every word that was recorded for and against (hazards H-01, H-02). */
export function allergiesView(model: RecordModel): Safe {
  const { allergies } = model.record
  return (
    <RecordPage model={model} section="allergies" title="Allergies">
      <h1>Allergies and intolerances</h1>
      <AddHere model={model} kind="allergy" />
      <WhatsThis of="criticality" /> <WhatsThis of="intolerance" />
      <Missing model={model} retry={sectionPath(model.person, 'allergies')} />
      <p class="app-lead">{stateWords(allergies)}</p>
      <AllergyConflict model={model} />
      {allergies.allergies.length > 0 ? (
        <AllergyTable
          model={model}
          caption={counted(allergies.allergies.length, 'allergy or intolerance', 'allergies and intolerances')}
          allergies={allergies.allergies}
        />
      ) : undefined}
      <Negatives model={model} allergies={allergies} />
      {allergies.withdrawn.length > 0 ? (
        <AllergyTable model={model} caption="Refuted, or entered in error" allergies={allergies.withdrawn} />
      ) : undefined}
    </RecordPage>
  )
}

const states: Readonly<Record<Allergies['state'], string>> = {
  'known-allergies': 'Known allergies',
  'no-known-allergies': 'No known allergies',
  'not-recorded': 'Allergies not recorded',
  unavailable: 'Allergies unavailable',
}

export function stateWords({ state, unavailableFrom, negatives }: Allergies): string {
  const medicinesOnly = negatives.some(({ about }) => about === 'medicines') && state === 'not-recorded'
  const tail =
    state === 'not-recorded'
      ? medicinesOnly
        ? '. Recorded only: no known medicine allergies.'
        : '. Nobody has recorded an allergy, and nobody has recorded that there are none.'
      : ''
  return `${states[state]}${unavailableFrom.length > 0 ? `. Nothing could be had from ${listed(unavailableFrom)}.` : tail}`
}

/** Both are shown, and a review is asked for; neither is dropped. Nothing when there is no conflict. */
export function AllergyConflict({ model }: { readonly model: RecordModel }): Safe {
  const { allergies } = model.record
  if (!allergies.conflict) return nothing
  const denied = [
    ...new Set(
      allergies.negatives
        .filter(({ about }) => about !== 'other')
        .flatMap(({ origins }) => origins.map(({ organisation }) => organisation)),
    ),
  ]
  const said = [
    ...new Set(
      allergies.allergies
        .filter(({ standing }) => standing !== 'resolved')
        .flatMap(({ origins }) => origins.map(({ organisation }) => organisation)),
    ),
  ]
  return (
    <Notice kind="warning">
      <p>
        <strong>Sources disagree about allergies.</strong> {listed(said)} recorded an allergy; {listed(denied)} recorded
        that there are none. Treat the allergy as real until someone has asked the patient.
      </p>
    </Notice>
  )
}

function AllergyTable({
  model,
  caption,
  allergies,
}: {
  readonly model: RecordModel
  readonly caption: string
  readonly allergies: readonly Allergy[]
}): Safe {
  return (
    <Table
      caption={caption}
      compact
      columns={[
        { key: 'substance', text: 'Substance' },
        { key: 'reaction', text: 'Reaction' },
        { key: 'severity', text: 'Past severity' },
        { key: 'risk', text: 'Future risk' },
        { key: 'recorded', text: 'Recorded' },
        { key: 'from', text: 'From' },
      ]}
      rows={allergies.map((allergy) => allergyRow(model, allergy))}
    />
  )
}

const standingWords: Readonly<Record<Allergy['standing'], string>> = {
  active: '',
  inactive: 'Inactive',
  resolved: 'Resolved',
  refuted: 'Refuted',
  'entered-in-error': 'Entered in error',
}
const severityWords: Readonly<Record<Allergy['severity'], string | undefined>> = {
  severe: 'Severe',
  moderate: 'Moderate',
  mild: 'Mild',
  'not-recorded': undefined,
}
const riskWords: Readonly<Record<Allergy['criticality'], string | undefined>> = {
  high: 'High',
  low: 'Low',
  'unable-to-assess': 'Could not be assessed',
  'not-recorded': undefined,
}

function allergyRow(model: RecordModel, allergy: Allergy): Row {
  const standing = standingWords[allergy.standing]
  return {
    substance: (
      <>
        {allergy.substance} {standing ? <Tag text={standing} colour="grey" /> : undefined}
        {allergy.kind ? <span class="app-quiet"> {allergy.kind}</span> : undefined}
        {allergy.certainty === 'unconfirmed' || allergy.certainty === 'presumed' ? (
          <span class="app-quiet"> ({allergy.certainty})</span>
        ) : undefined}
        {allergy.classes.length > 0 ? <div class="app-quiet">Family: {allergy.classes.join(', ')}</div> : undefined}
        <Clashes model={model} allergy={allergy} />
        <Differences model={model} differences={allergy.differences} />
      </>
    ),
    reaction: <Value of={allergy.reactions.join(', ')} />,
    severity: <Value of={severityWords[allergy.severity]} />,
    risk: <Value of={riskWords[allergy.criticality]} />,
    recorded: <Value of={allergy.recordedOn === undefined ? undefined : longDate(allergy.recordedOn)} />,
    from: <Sources model={model} origins={allergy.origins} what={allergy.substance} />,
  }
}

/** Medicines not known to have ended that this allergy may be about. */
function Clashes({ model, allergy }: { readonly model: RecordModel; readonly allergy: Allergy }): Safe {
  const touched = model.record.medicines.flatMap(({ words, concerns }) => {
    const found = concerns.find((concern) => concern.allergy === allergy.key)
    return found ? [{ name: [words.generic, words.brand].filter(Boolean).join(' '), grave: found.grave }] : []
  })
  if (touched.length === 0) return nothing
  return (
    <div class={touched.some(({ grave }) => grave) ? 'app-differ' : 'app-quiet'}>
      On the list of medicines:{' '}
      <a href={sectionPath(model.person, 'medicines')}>{listed(touched.map(({ name }) => name))}</a>
    </div>
  )
}

function Negatives({ model, allergies }: { readonly model: RecordModel; readonly allergies: Allergies }): Safe {
  if (allergies.negatives.length === 0) return nothing
  return (
    <Table
      caption="Recorded as having none"
      compact
      columns={[
        { key: 'words', text: 'Recorded' },
        { key: 'date', text: 'Date' },
        { key: 'from', text: 'From' },
      ]}
      rows={allergies.negatives.map(({ about, text, recordedOn, origins }) => ({
        words: about === 'medicines' && !/drug|medic/i.test(text) ? `${text} (medicines only)` : text,
        date: <Value of={recordedOn === undefined ? undefined : longDate(recordedOn)} />,
        from: <Sources model={model} origins={origins} what={text} />,
      }))}
    />
  )
}
