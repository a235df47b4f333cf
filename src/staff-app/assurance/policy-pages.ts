/** Who may see what, for privacy officers: read, edited and asked. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  answerOtherQuestion,
  answerPolicyQuestion,
  categories,
  changePolicy,
  changesBetween,
  defaultPolicy,
  isStaffRole,
  openFind,
  openPolicy,
  optOutsOf,
  type Policy,
  parsePolicy,
  readingRoles,
  type Staff,
  situations,
  systemRules,
  withTrail,
} from '../../access/index.ts'
import type { FormError } from '../../design/index.ts'
import { findPeople, parsePeopleQuery } from '../../identity/index.ts'
import { formField, queryField } from '../form.ts'
import type { StaffNeeds } from '../needs.ts'
import { paths, routes } from '../paths.ts'
import { askFor, sendPage, visitOf } from '../visit.ts'
import { fields, policyForm, policyView, type Question, questionView } from './policy-view.tsx'

type Needs = Pick<StaffNeeds, 'sql'> & { readonly sources: Pick<StaffNeeds['sources'], 'all'> }

export function policyPages(app: FastifyInstance, { sql, sources }: Needs): void {
  app.get(routes.policy, async (request, reply) => {
    const visit = visitOf(request)
    const { shell } = visit
    const { inForce, history } = await withTrail(sql, (tx) => openPolicy(tx, visit.actor, askFor(visit, 'policy')))
    if (queryField(request.query, 'edit') === 'yes')
      return sendPage(reply, policyForm({ shell, after: inForce.id, policy: inForce.policy, why: '', errors: [] }))
    const told = history.map((version, place) => ({
      ...version,
      changed: changesBetween(history[place + 1]?.policy ?? defaultPolicy, version.policy),
    }))
    return sendPage(reply, policyView({ shell, inForce, history: told }))
  })

  app.post(routes.policy, { config: { risky: true } }, async (request, reply) => {
    const visit = visitOf(request)
    const { policy, errors } = policyIn(request.body)
    const why = formField(request.body, 'why')
    const after = Number(/^\d{1,6}$/.exec(formField(request.body, 'after'))?.[0] ?? '0')
    if (why === '') errors.push({ field: 'why', text: 'Write why, for those who look at the history' })
    if (errors.length > 0) {
      await withTrail(sql, (tx) => openPolicy(tx, visit.actor, askFor(visit, 'policy')))
      return sendPage(reply, policyForm({ shell: visit.shell, after, policy, why, errors }), 422)
    }
    await withTrail(sql, (tx) => changePolicy(tx, visit.actor, { policy, why, after }, askFor(visit, 'policy-changed')))
    return reply.redirect(paths.policy, 303)
  })

  const organisations = () =>
    [...new Map(sources.all().map(({ organisation }) => [organisation.code, organisation])).values()].toSorted((a, b) =>
      a.name.localeCompare(b.name),
    )

  app.get(routes.policyQuestion, async (request, reply) => {
    const visit = visitOf(request)
    await withTrail(sql, (tx) => openPolicy(tx, visit.actor, askFor(visit, 'policy')))
    const question = { role: 'clinician', organisation: '', who: '', purpose: 'care', patient: '', section: '' }
    return sendPage(reply, questionView({ shell: visit.shell, question, organisations: organisations(), errors: [] }))
  })

  app.post(routes.policyQuestion, async (request, reply) => await asked(request, reply))

  // What is asked names a patient: it is sent in the body, and answered at once. Nothing is changed by it.
  async function asked(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const visit = visitOf(request)
    const question: Question = {
      role: formField(request.body, 'role'),
      organisation: formField(request.body, 'organisation'),
      purpose: formField(request.body, 'purpose'),
      who: formField(request.body, 'who').slice(0, 100).trim(),
      patient: formField(request.body, 'patient').slice(0, 200),
      section: formField(request.body, 'section'),
    }
    const errors: FormError[] = []
    const at = organisations().find(({ code }) => code === question.organisation)
    const other = (['proxy', 'system'] as const).find((one) => one === question.role)
    if (!at && !other) errors.push({ field: 'organisation', text: 'Choose an organisation' })
    if (other && question.who === '') errors.push({ field: 'who', text: whoWanted[other] })
    const query = question.patient === '' ? undefined : parsePeopleQuery(question.patient)
    const answer = await withTrail(sql, async (tx) => {
      await openPolicy(tx, visit.actor, askFor(visit, 'policy'))
      const people = query?.ok
        ? await openFind(
            tx,
            visit.actor,
            askFor(visit, 'patient-search', { fields: Object.keys(query.value) }),
            async () => (await findPeople(tx, query.value)).people,
          )
        : []
      const [found] = people
      if (!found || people.length !== 1) {
        errors.push({
          field: 'patient',
          text: people.length === 0 ? 'Nobody like this was found' : 'Several are like this. Write the NHS number',
        })
        return undefined
      }
      if (other) {
        if (question.who === '') return undefined
        const asked = { kind: other, who: question.who, person: found.person }
        return { other: await answerOtherQuestion(tx, visit.actor, asked, askFor(visit, 'policy-question')) }
      }
      const { role } = question
      if (!at || !isStaffRole(role)) return undefined
      const as: Staff = {
        kind: 'staff',
        id: question.who || 'nobody-in-particular',
        name: 'Anybody',
        role,
        organisation: at,
      }
      const told = await answerPolicyQuestion(
        tx,
        visit.actor,
        { as, person: found.person },
        askFor(visit, 'policy-question'),
      )
      const optedOut = question.purpose === 'other' ? await optOutsOf(tx, found.person, visit.now) : []
      return { told, optedOut }
    })
    return sendPage(
      reply,
      questionView({
        shell: visit.shell,
        question,
        organisations: organisations(),
        errors,
        ...(answer && errors.length === 0 ? { answer } : {}),
      }),
      errors.length > 0 ? 422 : 200,
    )
  }
}

const whoWanted = {
  proxy: 'Write the NHS number of who acts for the patient',
  system: 'Write the id of the system, as it is registered',
} as const

/** The policy that a form holds, and what is wrong with it, by field. */
function policyIn(body: unknown): { readonly policy: Policy; readonly errors: FormError[] } {
  const lines = (name: string) =>
    formField(body, name)
      .split(/\s+/)
      .filter((line) => line !== '')
  const given = {
    people: Object.fromEntries(
      situations.map((situation) => [
        situation,
        Object.fromEntries(readingRoles.map((role) => [role, formField(body, fields.people(situation, role))])),
      ]),
    ),
    hidden: Object.fromEntries(
      categories.map((category) => [
        category,
        {
          roles: readingRoles.filter((role) => formField(body, fields.sees(category, role)) === 'yes'),
          codes: lines(fields.codes(category)),
          labels: lines(fields.labels(category)),
          inEmergency: formField(body, fields.emergency(category)) === 'yes',
        },
      ]),
    ),
    systems: Object.fromEntries(systemRules.map((rule) => [rule, lines(fields.systems(rule))])),
    limits: Object.fromEntries(
      Object.keys(defaultPolicy.limits).map((name) => [
        name,
        Number(formField(body, fields.limit(name)) || Number.NaN),
      ]),
    ),
    type1: { optedOut: lines(fields.type1('optedOut')), withdrawn: lines(fields.type1('withdrawn')) },
  }
  const read = parsePolicy(given)
  if (read.ok) return { policy: read.value, errors: [] }
  return {
    policy: given as unknown as Policy,
    errors: read.issues.map(({ place, message }) => ({ field: place, text: message })),
  }
}
