import { errorFor, type FormError, Input, listed, Radios, type Safe, Select } from '../../design/index.ts'
import { type AllergyEntry, allergens } from '../../feeds/index.ts'
import type { PersonRecord } from '../../record/index.ts'
import { type Answers, type EntryForm, plainLine, textAt } from './entry-form.ts'

/** A substance with its reaction, or the statement that there are none: never both, and never one by leaving the other empty (hazard H-01). */
export const allergyForm: EntryForm = {
  kind: 'allergy',
  title: { add: 'Add an allergy', correct: 'Correct an allergy' },
  section: 'allergies',
  fields: ['statement', 'listed', 'substance', 'type', 'reaction', 'severity', 'certainty'],
  begin: () => ({ statement: 'allergy' }),
  view,
  read,
  rows: (entries) => entries.flatMap((entry) => (entry.kind === 'allergy' ? rowsOf(entry) : [])),
  warnings: (entries, record) =>
    entries.flatMap((entry) => (entry.kind === 'allergy' ? warningsOf(entry, record) : [])),
  answersOf,
}

const statements = [
  ['allergy', 'An allergy or intolerance'],
  ['none', 'No known allergies: I asked, and there are none'],
  ['none-medicines', 'No known medicine allergies: I asked about medicines only'],
] as const
const types = [
  ['allergy', 'Allergy'],
  ['intolerance', 'Intolerance (a side effect, not an allergic reaction)'],
  ['unknown', 'Not known'],
] as const
const severities = [
  ['severe', 'Severe'],
  ['moderate', 'Moderate'],
  ['mild', 'Mild'],
  ['unknown', 'Not known'],
] as const
const certainties = [
  ['confirmed', 'Confirmed'],
  ['unconfirmed', 'Reported, not confirmed'],
] as const

function view(answers: Answers, errors: readonly FormError[], correcting: boolean): Safe {
  const radios = (name: string, label: string, choices: readonly (readonly [string, string])[]) => (
    <Radios
      name={name}
      label={label}
      legendSize="s"
      small
      error={errorFor(errors, name)}
      choices={choices.map(([value, text]) => ({ value, text, checked: answers[name] === value }))}
    />
  )
  return (
    <>
      {correcting ? (
        <input type="hidden" name="statement" value={answers.statement} />
      ) : (
        radios('statement', 'What do you want to record?', statements)
      )}
      {correcting && answers.statement !== 'allergy' ? undefined : (
        <>
          {correcting ? undefined : <h2 class="nhsuk-heading-s">Only for an allergy or intolerance</h2>}
          <Select
            name="listed"
            label="Substance"
            error={errorFor(errors, 'listed')}
            choices={[
              { value: '', text: 'Choose, or write it below' },
              ...allergens.map(({ key, substance }) => ({
                value: key,
                text: substance,
                checked: answers.listed === key,
              })),
            ]}
          />
          <Input
            name="substance"
            label="Substance in your own words, if it is not in the list"
            value={answers.substance}
            error={errorFor(errors, 'substance')}
            width={20}
            autocomplete="off"
          />
          {radios('type', 'Kind', types)}
          <Input
            name="reaction"
            label="Reaction"
            hint="What happened, for example: rash, swelling of the face"
            value={answers.reaction}
            error={errorFor(errors, 'reaction')}
            width={30}
            autocomplete="off"
          />
          {radios('severity', 'How severe was the reaction?', severities)}
          {radios('certainty', 'How certain is it?', certainties)}
        </>
      )}
    </>
  )
}

function read(answers: Answers): ReturnType<EntryForm['read']> {
  const errors: FormError[] = []
  const typed = (key: string) => plainLine(answers[key] ?? '')
  const one = <T extends string>(
    name: string,
    among: readonly (readonly [T, string])[],
    ask: string,
  ): T | undefined => {
    const found = among.find(([value]) => value === typed(name))?.[0]
    if (found === undefined) errors.push({ field: name, text: ask })
    return found
  }
  const statement = one('statement', statements, 'Choose what you want to record')
  const [code, words, reaction] = [typed('listed'), typed('substance'), typed('reaction')]
  if (statement !== undefined && statement !== 'allergy') {
    // Both at once would say that there are none, of somebody about whom one was just typed.
    if (code !== '' || words !== '' || reaction !== '') {
      errors.push({
        field: 'statement',
        text: 'You filled in a substance and chose that there are none: choose one of the two, and empty the other',
      })
    }
    if (errors.length > 0) return { ok: false, errors }
    const none = statement === 'none' ? 'any' : 'medicines'
    return { ok: true, entries: [{ kind: 'allergy', none, substance: '', certainty: 'confirmed' }] }
  }
  const known = allergens.find(({ key }) => key === code)
  if (code !== '' && !known) errors.push({ field: 'listed', text: 'Choose a substance from the list' })
  if (code === '' && words === '') errors.push({ field: 'listed', text: 'Choose the substance, or write it' })
  if (known && words !== '') errors.push({ field: 'substance', text: 'Choose from the list or write it, not both' })
  if (words.length > 100) errors.push({ field: 'substance', text: 'The substance must be 100 letters or fewer' })
  if (/^(?:nka|nkda|none|nil|no(?:t)? known.*|nil known.*|no allerg.*)$/i.test(words))
    errors.push({ field: 'substance', text: 'To record that there are none, choose “No known allergies” above' })
  if (reaction.length > 200) errors.push({ field: 'reaction', text: 'The reaction must be 200 letters or fewer' })
  const type = one('type', types, 'Choose allergy, intolerance or not known')
  const severity = one('severity', severities, 'Choose how severe it was, or not known')
  const certainty = one('certainty', certainties, 'Choose how certain it is')
  if (errors.length > 0 || !type || !severity || !certainty) return { ok: false, errors }
  const entry: AllergyEntry = {
    kind: 'allergy',
    substance: known?.substance ?? words,
    certainty,
    ...(known?.coding ? { coding: known.coding } : {}),
    ...(known ? { category: known.category } : {}),
    ...(type === 'unknown' ? {} : { type }),
    ...(reaction === '' ? {} : { reaction }),
    ...(severity === 'unknown' ? {} : { severity }),
  }
  return { ok: true, entries: [entry] }
}

function rowsOf(entry: AllergyEntry) {
  if (entry.none !== undefined)
    return [{ key: 'Statement', value: entry.none === 'any' ? 'No known allergies' : 'No known medicine allergies' }]
  const words = (list: readonly (readonly [string, string])[], value: string | undefined) =>
    list.find(([one]) => one === value)?.[1] ?? 'Not known'
  return [
    { key: 'Substance', value: entry.substance },
    { key: 'Kind', value: words(types, entry.type) },
    { key: 'Reaction', value: entry.reaction ?? '' },
    { key: 'Severity', value: words(severities, entry.severity) },
    { key: 'Certainty', value: words(certainties, entry.certainty) },
  ]
}

function warningsOf(entry: AllergyEntry, { allergies }: PersonRecord): readonly string[] {
  const who = (all: readonly { readonly origins: readonly { readonly organisation: string }[] }[]) =>
    listed([...new Set(all.flatMap(({ origins }) => origins.map(({ organisation }) => organisation)))])
  if (entry.none !== undefined) {
    const against = allergies.allergies.filter(({ standing }) => standing === 'active')
    if (against.length === 0) return []
    const names = listed(against.map(({ substance }) => substance))
    return [
      `${who(against)} recorded ${names}. If you save, the record will show both and ask for a review; the allergy stays in the banner.`,
    ]
  }
  const warnings: string[] = []
  const against = allergies.negatives.filter(({ about }) => about !== 'other')
  if (against.length > 0)
    warnings.push(
      `${who(against)} recorded that there are none. If you save, the record will show both and ask for a review.`,
    )
  const folded = (text: string) =>
    text
      .toLowerCase()
      .replace(/^allergy to /, '')
      .replace(/ allergy$/, '')
  const same = [...allergies.allergies, ...allergies.withdrawn].filter(
    ({ substance }) =>
      folded(substance) === folded(entry.substance) || (entry.coding && substance === entry.coding.display),
  )
  for (const each of same) {
    const standing = {
      refuted: ' and it was refuted',
      'entered-in-error': ' and it was entered in error',
      resolved: ' and it has resolved',
      inactive: ' as inactive',
      active: '',
    }[each.standing]
    warnings.push(
      `${each.substance} is recorded already by ${who([each])}${standing}. What you write will stand beside it.`,
    )
  }
  return warnings
}

function answersOf(resource: Parameters<EntryForm['answersOf']>[0]): Answers {
  const code = textAt(resource, 'code', 'coding', 0, 'code')
  if (code === '716186003') return { statement: 'none' }
  if (code === '409137002') return { statement: 'none-medicines' }
  const words = textAt(resource, 'code', 'text')
  const known = allergens.find(({ key, substance, coding }) =>
    code === '' ? coding === undefined && substance === words : key === code,
  )
  return {
    statement: 'allergy',
    listed: known?.key ?? '',
    substance: known ? '' : words,
    type: textAt(resource, 'type') || 'unknown',
    reaction: textAt(resource, 'reaction', 0, 'manifestation', 0, 'text'),
    severity: textAt(resource, 'reaction', 0, 'severity') || 'unknown',
    certainty: textAt(resource, 'verificationStatus', 'coding', 0, 'code'),
  }
}
