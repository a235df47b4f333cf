import type { CaseName } from '../awkward.ts'
import type { Life } from '../lives/life.ts'
import { asKnownTo, localNumber, type Person } from '../people/person.ts'
import type { Moment } from '../time.ts'
import { lastVisit, type Pas, pasDemographics, pasOf, secondNumber } from './adt.ts'
import { segment } from './hl7v2.ts'
import { type DemoMessage, utf8 } from './message.ts'
import { controlIdOf, reportMessage } from './oru.ts'

type Scene = {
  readonly life: Life
  readonly messages: readonly DemoMessage[]
  readonly now: Moment
  readonly other: (name: CaseName, person: Person) => Person | undefined
}

/** What makes a truth awkward in the messages themselves. Truths without a line here lie in what the systems believe, or in the life. */
const twists: Readonly<Partial<Record<CaseName, (scene: Scene) => readonly DemoMessage[]>>> = {
  'moved-house': ({ life, messages, now }) => {
    const who = pasDemographics(life)
    const before = { ...who, address: { lines: ['5 Fuller Street'], town: 'Riverton', postcode: 'RV2 1PS' } }
    const pas = freshPas(life)
    const arrival = pas.say('A28', now - 400 * dayMs, { who: before })
    return [
      arrival,
      ...messages.filter(({ name }) => !name.includes('-A28')),
      mark(pas.say('A31', now - 5 * dayMs), 'moved-house'),
    ]
  },
  merge: ({ life, messages, now }) => {
    const pas = freshPas(life)
    const { nhsNumber: _unknown, ...who } = { ...pasDemographics(life), nhsNumberStatus: '07' }
    const twice = pas.say('A28', now - 12 * dayMs, { who, hospitalNumber: secondNumber(life) })
    const merge = pas.say('A40', now - 4 * dayMs, {
      extra: [segment('MRG', { 1: `${secondNumber(life)}^^^RZ999^MR` })],
    })
    return [...messages, twice, mark(merge, 'merge')]
  },
  'wrong-merge': ({ life, messages, now, other }) => {
    const twin = other('wrong-merge', life.person)
    // Only the second of the two sends it, so that it comes after both are known.
    if (twin === undefined || twin.id > life.person.id) return messages
    const merge = freshPas(life).say('A40', now - 3 * dayMs, {
      extra: [segment('MRG', { 1: `${localNumber(twin, 'riverton-pas')}^^^RZ999^MR` })],
    })
    return [...messages, mark(merge, 'wrong-merge')]
  },
  'late-message': ({ life, messages, now }) => {
    const pas = freshPas(life)
    const who = pasDemographics(life)
    const newer = pas.say('A08', now - 2 * dayMs, { ...lastVisit(life), who: { ...who, mobile: '07700 900777' } })
    const older = pas.say('A08', now - 9 * dayMs, { ...lastVisit(life), who: { ...who, mobile: '07700 900111' } })
    return [...messages, newer, mark(older, 'late-message')]
  },
  'duplicate-message': ({ messages }) => {
    const admission = messages.find(({ name }) => name.includes('-A01'))
    return admission === undefined
      ? messages
      : [...messages, { ...mark(admission, 'duplicate-message'), name: again(admission.name), expect: 'repeat' }]
  },
  'broken-bad-date': ({ life, messages, now }) => {
    const update = freshPas(life).say('A08', now - dayMs, lastVisit(life))
    const born = asKnownTo(life.person, 'riverton-pas').birthDate
    const impossible = broken(update, 'broken-bad-date', (text) =>
      text.replace(`|${born.replaceAll('-', '')}|`, `|${born.slice(0, 4)}0231|`),
    )
    // One bad field does not make the rest unreadable.
    return [...messages, { ...impossible, expect: 'applied' }]
  },
  'broken-missing-pid': ({ life, messages }) => {
    const panel = life.panels.at(-1)
    if (panel === undefined) return messages
    const report = reportMessage(life, panel, { status: 'F', controlId: `${controlIdOf(panel)}X` })
    return [...messages, broken(report, 'broken-missing-pid', (text) => text.replace(/PID\|[^\r]*\r/, ''))]
  },
  'broken-two-nhs-numbers': ({ life, messages, now }) => {
    const update = freshPas(life).say('A08', now - dayMs, lastVisit(life))
    return [
      ...messages,
      broken(update, 'broken-two-nhs-numbers', (text) => text.replace('^^^NHS^NH|', '^^^NHS^NH~9990000018^^^NHS^NH|')),
    ]
  },
  'control-id-reused': ({ life, messages }) => {
    const [first, second] = life.panels
    if (first === undefined || second === undefined) return messages
    const reused = reportMessage(
      life,
      { ...second, number: `${second.number}R` },
      { status: 'F', controlId: controlIdOf(first) },
    )
    return [...messages, { ...mark(reused, 'control-id-reused'), name: again(reused.name), expect: 'held' }]
  },
  'result-corrected': ({ life, messages }) => {
    const panel = life.panels.filter(({ kind }) => kind === 'kidney').at(-1)
    if (panel === undefined) return messages
    // The sample stood too long before it was spun: potassium leaked out of the cells.
    const wrong = {
      ...panel,
      results: panel.results.map((result) => (result.test === 'potassium' ? { ...result, value: 6.9 } : result)),
    }
    const first = reportMessage(life, wrong, { status: 'F', controlId: controlIdOf(panel) })
    const right = reportMessage(life, panel, {
      status: 'C',
      controlId: `${controlIdOf(panel)}C`,
      reportedAt: panel.reportedAt + 4 * 3_600_000,
      about: 'potassium',
      comment: 'Corrected report: potassium repeated on a fresh sample; the first was delayed in transit.',
    })
    return messages.flatMap((message) =>
      message.name === first.name ? [first, mark(right, 'result-corrected')] : [message],
    )
  },
}

/** The messages about one person, with what is awkward about them put in. */
export function twist(scene: Scene): readonly DemoMessage[] {
  return scene.life.person.cases.reduce(
    (messages, name) => twists[name]?.({ ...scene, messages }) ?? messages,
    scene.messages,
  )
}

const dayMs = 86_400_000

/** Goes on numbering far above the ordinary messages, so that no control id comes twice by accident. */
function freshPas(life: Life): Pas {
  return pasOf(life, 501)
}

function mark(message: DemoMessage, name: CaseName): DemoMessage {
  return { ...message, case: name }
}

function broken(message: DemoMessage, name: CaseName, spoil: (text: string) => string): DemoMessage {
  const text = new TextDecoder().decode(message.bytes)
  return { ...mark(message, name), bytes: utf8(spoil(text)), expect: 'failed' }
}

function again(name: string): string {
  return name.replace('.hl7', '-again.hl7')
}
