import { DateInput, dateAndTime, errorFor, type FormError, Input, type Safe, Select } from '../../design/index.ts'
import {
  bloodPressure,
  type CodedSign,
  codedSigns,
  type Entry,
  type ObservationEntry,
  units,
  type VitalSign,
  vitalSigns,
} from '../../feeds/index.ts'
import { type Answers, type EntryForm, plainLine, textAt } from './entry-form.ts'
import { dayParts, momentAnswers, momentOf, readDay, readTime } from './when.ts'

const { systolic, diastolic } = bloodPressure
const order: readonly VitalSign[] = [...vitalSigns.slice(0, 2), systolic, diastolic, ...vitalSigns.slice(2)]

/** Vital signs as they are taken at the bedside, each at most once, and one more measurement of any name. */
export const observationForm: EntryForm = {
  kind: 'observation',
  title: { add: 'Add readings', correct: 'Correct a reading' },
  section: 'tests',
  fields: [
    ...order.map(({ key }) => key),
    ...codedSigns.map(({ key }) => key),
    'other-name',
    'other-value',
    'other-unit',
    'taken-day',
    'taken-month',
    'taken-year',
    'taken-time',
  ],
  begin: (now) => momentAnswers('taken', now),
  view,
  read,
  rows: (entries) => entries.flatMap((entry) => (entry.kind === 'observation' ? rowsOf(entry) : [])),
  warnings: () => [],
  answersOf,
}

function view(answers: Answers, errors: readonly FormError[], correcting: boolean): Safe {
  // A correction is of one reading: only what it held is asked for.
  const asked = (key: string) => !correcting || (answers[key] ?? '') !== '' || errors.some(({ field }) => field === key)
  const number = ({ key, name, unit }: VitalSign) =>
    asked(key) ? (
      <Input
        name={key}
        label={`${name} (${unit})`}
        value={answers[key]}
        error={errorFor(errors, key)}
        width={5}
        numeric
        autocomplete="off"
      />
    ) : undefined
  const chosen = ({ key, name, answers: among }: CodedSign) => (
    <Select
      name={key}
      label={name}
      error={errorFor(errors, key)}
      choices={[
        { value: '', text: 'Not looked at' },
        ...among.map(({ text, coding }) => ({ value: coding.code, text, checked: answers[key] === coding.code })),
      ]}
    />
  )
  return (
    <>
      {correcting ? undefined : <p>Fill in what you measured, and leave the rest empty.</p>}
      {order.map(number)}
      {codedSigns.filter(({ key }) => asked(key)).map(chosen)}
      {correcting && (answers['other-name'] ?? '') === '' ? undefined : (
        <>
          <Input
            name="other-name"
            label="Another measurement: what was measured"
            value={answers['other-name']}
            error={errorFor(errors, 'other-name')}
            width={20}
            autocomplete="off"
          />
          <Input
            name="other-value"
            label="Its value"
            value={answers['other-value']}
            error={errorFor(errors, 'other-value')}
            width={5}
            numeric
            autocomplete="off"
          />
          <Select
            name="other-unit"
            label="Its unit"
            error={errorFor(errors, 'other-unit')}
            choices={[
              { value: '', text: 'Choose a unit' },
              ...units.map(({ ucum, unit }) => ({ value: ucum, text: unit, checked: answers['other-unit'] === ucum })),
            ]}
          />
        </>
      )}
      <DateInput
        name="taken"
        legend="When were they taken?"
        value={dayParts(answers, 'taken')}
        error={errorFor(errors, 'taken')}
      />
      <Input
        name="taken-time"
        label="At what time?"
        hint="For example, 14:05"
        value={answers['taken-time']}
        error={errorFor(errors, 'taken-time')}
        width={5}
        autocomplete="off"
      />
    </>
  )
}

function read(answers: Answers, now: Date): ReturnType<EntryForm['read']> {
  const errors: FormError[] = []
  const typed = (key: string) => plainLine(answers[key] ?? '')
  const measured = (sign: VitalSign) => {
    const text = typed(sign.key).replace(',', '.')
    if (text === '') return undefined
    const value = Number(text)
    if (!/^\d{1,4}(\.\d{1,3})?$/.test(text))
      errors.push({ field: sign.key, text: `${sign.name} must be a number, like ${sign.min < 1 ? '70.5' : sign.min}` })
    else if (value < sign.min || value > sign.max)
      errors.push({ field: sign.key, text: `${sign.name} must be from ${sign.min} to ${sign.max} ${sign.unit}` })
    return { number: plainNumber(text), unit: sign.unit, ucum: sign.ucum }
  }
  const answered = codedSigns.flatMap((sign) => {
    const code = typed(sign.key)
    if (code === '') return []
    const answer = sign.answers.find(({ coding }) => coding.code === code)
    if (!answer) errors.push({ field: sign.key, text: `Choose one of the list for ${sign.name}` })
    return answer ? [{ sign, answer }] : []
  })
  const values = new Map(order.map((sign) => [sign.key, measured(sign)]))
  const day = readDay(dayParts(answers, 'taken'))
  const time = readTime(typed('taken-time'))
  const moment = day !== undefined && time !== undefined ? momentOf(day, time) : undefined
  const [high, low] = [values.get(systolic.key), values.get(diastolic.key)]
  if (high && !low) errors.push({ field: diastolic.key, text: 'Enter the diastolic blood pressure too' })
  if (low && !high) errors.push({ field: systolic.key, text: 'Enter the systolic blood pressure too' })
  if (high && low && Number(high.number) <= Number(low.number))
    errors.push({ field: systolic.key, text: 'Systolic blood pressure must be higher than diastolic' })
  const other = readOther(typed, errors)
  if (![...values.values()].some(Boolean) && answered.length === 0 && !other && errors.length === 0)
    errors.push({ field: order[0]?.key ?? '', text: 'Enter at least one reading' })
  if (day === undefined)
    errors.push({ field: 'taken', text: 'Enter the day on which they were taken, like 22 11 2026' })
  if (time === undefined)
    errors.push({ field: 'taken-time', text: 'Enter the time at which they were taken, like 14:05' })
  // A minute's grace: the clocks of two machines.
  if (moment && moment.at.getTime() > now.getTime() + 60_000)
    errors.push({ field: 'taken', text: 'The readings must have been taken in the past' })
  if (moment && moment.at.getTime() < now.getTime() - 150 * 365 * 86_400_000)
    errors.push({ field: 'taken', text: 'Check the year in which they were taken' })
  if (errors.length > 0 || !moment) return { ok: false, errors }
  const common = { kind: 'observation' as const, vitalSign: true, takenAt: moment.text }
  const entries: Entry[] = []
  for (const sign of vitalSigns) {
    const value = values.get(sign.key)
    if (value) entries.push({ ...common, key: sign.key, name: sign.name, coding: sign.coding, value })
    if (sign.key === 'oxygen' && high && low) {
      const parts = [
        { name: systolic.name, coding: systolic.coding, value: high },
        { name: diastolic.name, coding: diastolic.coding, value: low },
      ]
      entries.push({ ...common, key: bloodPressure.key, name: bloodPressure.name, coding: bloodPressure.coding, parts })
    }
  }
  for (const { sign, answer } of answered)
    entries.push({ ...common, key: sign.key, name: sign.name, coding: sign.coding ?? answer.coding, answer })
  if (other) entries.push({ ...common, key: 'other', vitalSign: false, ...other })
  return { ok: true, entries }
}

function readOther(
  typed: (key: string) => string,
  errors: FormError[],
): Pick<ObservationEntry, 'name' | 'value'> | undefined {
  const [name, value, ucum] = [typed('other-name'), typed('other-value').replace(',', '.'), typed('other-unit')]
  if (name === '' && value === '' && ucum === '') return undefined
  const unit = units.find((each) => each.ucum === ucum)
  if (name === '') errors.push({ field: 'other-name', text: 'Enter what was measured' })
  if (name.length > 100) errors.push({ field: 'other-name', text: 'What was measured must be 100 letters or fewer' })
  if (!/^-?\d{1,9}(\.\d{1,6})?$/.test(value))
    errors.push({ field: 'other-value', text: 'Enter the value as a number, like 4.2' })
  if (!unit) errors.push({ field: 'other-unit', text: 'Choose the unit of the value' })
  return unit
    ? { name, value: { number: plainNumber(value), unit: unit.ucum === '1' ? '' : unit.unit, ucum } }
    : undefined
}

/** `007.50` is no JSON number; how many places were measured stays. */
const plainNumber = (text: string) => text.replace(/^(-?)0+(?=\d)/, '$1')

function rowsOf({ name, value, answer, parts, takenAt }: ObservationEntry) {
  const words = parts
    ? `${parts.map((part) => part.value.number).join('/')} ${parts[0]?.value.unit ?? ''}`
    : (answer?.text ?? `${value?.number ?? ''} ${value?.unit ?? ''}`)
  return [{ key: name, value: `${words.trim()}, taken ${dateAndTime(new Date(takenAt))}` }]
}

function answersOf(resource: Parameters<EntryForm['answersOf']>[0]): Answers {
  const code = textAt(resource, 'code', 'coding', 0, 'code')
  const when = momentAnswers('taken', new Date(textAt(resource, 'effectiveDateTime')))
  if (code === bloodPressure.coding.code) {
    const part = (n: number) => textAt(resource, 'component', n, 'valueQuantity', 'value')
    return { ...when, [systolic.key]: part(0), [diastolic.key]: part(1) }
  }
  const answer = textAt(resource, 'valueCodeableConcept', 'coding', 0, 'code')
  const asked = codedSigns.find(({ answers }) => answers.some(({ coding }) => coding.code === answer))
  if (asked) return { ...when, [asked.key]: answer }
  const value = textAt(resource, 'valueQuantity', 'value')
  const sign = vitalSigns.find(({ coding }) => coding.code === code)
  if (sign) return { ...when, [sign.key]: value }
  return {
    ...when,
    'other-name': textAt(resource, 'code', 'text'),
    'other-value': value,
    'other-unit': textAt(resource, 'valueQuantity', 'code'),
  }
}
