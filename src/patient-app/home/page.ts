import type { FastifyInstance } from 'fastify'
import { openOwnRecord, withTrail } from '../../access/index.ts'
import { readAudit } from '../../audit/index.ts'
import { counted, timeOfDay, weekdayDate } from '../../design/index.ts'
import {
  comingUp,
  dayWords,
  type Entry,
  earliestMs,
  isAdjustment,
  type PersonRecord,
  readRecord,
} from '../../record/index.ts'
import type { PatientNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { answering, fromWords } from '../words.ts'
import { type HomeModel, homeView } from './view.tsx'

const recentMs = 28 * 86_400_000

/** What is next for me. */
export function homePage(app: FastifyInstance, { sql }: PatientNeeds): void {
  app.get(routes.home, async (request, reply) => {
    const visit = visitOf(request)
    const { record, looks, emergency } = await withTrail(sql, async (tx) => {
      const opened = await openOwnRecord(tx, visit.actor, askFor(visit, 'patient-record', { section: 'home' }))
      const { lines } = await readAudit(tx, { persons: opened.persons, limit: 200 })
      return {
        record: await readRecord(tx, opened, visit.now),
        emergency: lines.find(
          ({ purpose, outcome, actor }) => purpose === 'ETREAT' && outcome === 0 && actor.kind === 'staff',
        )?.at,
        looks: lines.filter(({ actor, what }) => actor.kind !== 'patient' && what !== 'search-result').length,
      }
    })
    const [next] = comingUp(record, visit.now)
    const { answered, missing } = answering(record)
    const { nhsNumber } = record.identity
    return sendPage(
      reply,
      homeView({
        shell: visit.shell,
        name: visit.actor.actingFor?.name ?? visit.actor.name,
        ...('value' in nhsNumber ? { nhsNumber: nhsNumber.value } : {}),
        ...(next === undefined ? {} : { next: appointmentWords(next) }),
        organisations: answered,
        missing,
        ...news(record, visit.now),
        lookedWords: visit.actor.actingFor
          ? 'Only they see this'
          : emergency !== undefined
            ? `Opened with a reason given on ${weekdayDate(new Date(emergency))}: see who`
            : looks === 0
              ? 'Nobody but you has looked yet'
              : looks >= 150
                ? 'See every look, and why'
                : `${counted(looks, 'look')} by others`,
      }),
    )
  })
}

function appointmentWords({ when = '', title, detail, people, origins }: Entry): NonNullable<HomeModel['next']> {
  const at = new Date(when)
  const timed = when.includes('T') && !Number.isNaN(at.getTime())
  return {
    when: timed ? `${weekdayDate(at)}, ${timeOfDay(at)}` : weekdayDate(when),
    what: [title, detail, people.length > 0 ? `With ${people.join(', ')}` : '']
      .filter((part) => part !== '')
      .join('. '),
    from: fromWords(origins),
  }
}

/** What came in the last four weeks, by when it was taken or written. */
function news({ tests, vitalSigns, letters }: PersonRecord, now: Date): Pick<HomeModel, 'results' | 'letters'> {
  const isRecent = (when: string | undefined): boolean => {
    const ms = earliestMs(when)
    return ms !== undefined && ms <= now.getTime() && now.getTime() - ms <= recentMs
  }
  const results = [...tests.filter((test) => !isAdjustment(test)), ...vitalSigns].filter(({ latest }) =>
    isRecent(latest?.when),
  )
  const [newest] = results.toSorted((a, b) => (earliestMs(b.latest?.when) ?? 0) - (earliestMs(a.latest?.when) ?? 0))
  const recentLetters = letters.filter(({ when }) => isRecent(when))
  const [letter] = recentLetters
  return {
    results: {
      recent: results.length,
      words: newest
        ? `Latest: ${newest.name}, ${dayWords(newest.latest?.when ?? '')}`
        : 'Nothing new in the last 4 weeks',
    },
    letters: {
      recent: recentLetters.length,
      words: letter
        ? `Latest: ${letter.title || 'a letter'}, ${dayWords(letter.when ?? '')}`
        : 'Nothing new in the last 4 weeks',
    },
  }
}
