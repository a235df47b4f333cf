import type { CaseName } from './awkward.ts'
import type { Life } from './lives/life.ts'
import { live } from './lives/live.ts'
import { castPerson, castScript, castSize } from './people/cast.ts'
import { crowdPerson } from './people/crowd.ts'
import type { Person } from './people/person.ts'
import { dayOf, momentOf } from './time.ts'
import { adtMessages } from './write/adt.ts'
import { cdaMessages } from './write/cda.ts'
import { communityExtract } from './write/community.ts'
import { councilExtract } from './write/council.ts'
import { dispenseMessages } from './write/dispense.ts'
import { gpConnectMessage } from './write/gp-connect.ts'
import { gpFhirMessage } from './write/gp-fhir.ts'
import { mdmMessages } from './write/mdm.ts'
import type { DemoMessage } from './write/message.ts'
import { observationMessages } from './write/observations.ts'
import { oruMessages } from './write/oru.ts'
import { twist } from './write/twists.ts'

export type AreaNeeds = {
  /** How many people, the cast among them. */
  readonly people: number
  readonly seed: string
  /** What "today" means to the area: the future begins here. */
  readonly now: Date
}

/** A place that does not exist, and all that its systems would send. Nothing is made before it is asked for. */
export type Area = AreaNeeds & {
  /** @param place from 0 */
  readonly life: (place: number) => Life
  readonly castSize: number
  /** In the order of sending: all about the first people comes first, extracts about many close each wave. */
  readonly messages: () => Generator<DemoMessage>
}

/**
 * Draws the area. The same seed, number of people and day (in London) give the same bytes, whatever the hour:
 * whoever sends it again later must keep the day of the first time, or the systems will say other things under the same numbers.
 */
export function demoArea({ people, seed, now }: AreaNeeds): Area {
  const today = dayOf(now.getTime())
  const morning = momentOf(today, 0, 5)
  const personAt = (place: number): Person => castPerson(place) ?? crowdPerson(place, { seed, today })
  const life = (place: number): Life => live(personAt(place), { seed, now: morning, script: castScript(place) })
  function* messages(): Generator<DemoMessage> {
    for (let from = 0, wave = 1; from < people; wave += 1) {
      const to = Math.min(people, from + (wave === 1 ? castSize : laterWave))
      const lives: Life[] = []
      for (let place = from; place < to; place += 1) {
        const one = life(place)
        lives.push(one)
        yield* completed(twist({ life: one, messages: aboutOne(one, morning), now: morning, other: otherInCast }))
      }
      const name = `${today}-${String(wave).padStart(3, '0')}`
      const extracts = [communityExtract(lives, name, morning), councilExtract(lives, name, morning)]
      for (const extract of extracts) if (extract !== null) yield extract
      from = to
    }
  }
  return { people, seed, now, life, castSize, messages }
}

const laterWave = 60

/** The GP first: their verified NHS number lets the others be recognised. */
function aboutOne(life: Life, now: number): readonly DemoMessage[] {
  const gp = life.person.practice === 'riverside-gp' ? gpConnectMessage(life, now) : gpFhirMessage(life, now)
  const hospital = [
    ...adtMessages(life, now),
    ...mdmMessages(life, now),
    ...observationMessages(life, now),
    ...oruMessages(life),
  ]
  return [gp, ...hospital, ...dispenseMessages(life, now), ...cdaMessages(life, now)]
}

/** The other one of two people who share an awkward truth. */
function otherInCast(name: CaseName, than: Person): Person | undefined {
  for (let place = 0; place < castSize; place += 1) {
    const person = castPerson(place)
    if (person?.cases.includes(name) && person.id !== than.id) return person
  }
  return undefined
}

function completed(messages: readonly DemoMessage[]): readonly DemoMessage[] {
  return messages.map((message, at) => (at === messages.length - 1 ? { ...message, completes: true } : message))
}
