/** Plans, wishes, forms, legal decisions, equipment and tasks as lines: with their parts, in the words and order of who wrote them. */
import type { CarePlan, FhirResource, QuestionnaireResponseItem, QuestionnaireResponseItemAnswer } from 'fhir/r4.js'
import type { Outliners } from './entries.ts'
import { type Held, list, text } from './held.ts'
import type { Particular } from './model.ts'
import { readNarrative } from './narrative.ts'
import { dayWords, earliestMs } from './partial-date.ts'
import { conceptList, conceptWords, quantityWords, referenceWords, sentence, sentences } from './words.ts'

const saying = (label: string, words: string | undefined | false): readonly Particular[] =>
  words ? [{ label, text: words }] : []

// "Completed" is an ordinary end for a visit, but a plan that is completed is one no more.
export const ended = (status: string | undefined) => {
  const words = text(status)
  return words === 'active' || words === '' ? '' : sentence(words === 'unknown' ? 'status-not-known' : words)
}

export const moreOutliners: Outliners = {
  CarePlan: (resource, held) => ({
    kind: conceptList(resource.category).some((words) => /package|social|home ?care|support/i.test(words))
      ? 'Care package'
      : 'Care plan',
    title: text(resource.title) || conceptList(resource.category).join(', ') || 'Care plan',
    detail: sentences(
      text(resource.description),
      list(resource.activity)
        .map(({ detail }) => conceptWords(detail?.code) || text(detail?.description))
        .filter(Boolean)
        .join('; '),
    ),
    when: [resource.period?.start, resource.created],
    until: [resource.period?.end],
    people: [resource.author, ...list(resource.careTeam)]
      .map((one) => referenceWords(held, one, resource))
      .filter(Boolean),
    particulars: planParts(held, resource),
    status: ended(resource.status),
  }),
  Goal: (resource) => ({
    kind: 'Care plan',
    title: `Goal: ${conceptWords(resource.description)}`,
    when: [resource.startDate, resource.statusDate],
    status: ended(resource.lifecycleStatus),
  }),
  Flag: (resource, held) => ({
    kind: 'Alert',
    title: conceptWords(resource.code),
    detail: conceptList(resource.category).join(', '),
    when: [resource.period?.start],
    until: [resource.period?.end],
    people: [referenceWords(held, resource.author, resource)].filter(Boolean),
    status: ended(resource.status),
  }),
  Consent: (resource, held) => ({
    kind: 'Legal',
    title: conceptList(resource.category).join(', ') || conceptWords(resource.scope) || 'Consent or legal decision',
    detail: sentences(conceptWords(resource.policyRule), resource.provision?.type === 'deny' && 'Refused'),
    when: [resource.dateTime, resource.provision?.period?.start],
    until: [resource.provision?.period?.end],
    people: [...list(resource.performer), ...list(resource.organization)]
      .map((one) => referenceWords(held, one, resource))
      .filter(Boolean),
    particulars: [
      ...saying('Basis', conceptWords(resource.policyRule)),
      ...saying('Decision', resource.provision?.type === 'deny' && 'Refused'),
      ...list(resource.provision?.actor).flatMap(({ role, reference }) =>
        saying(conceptWords(role) || 'Who', referenceWords(held, reference, resource)),
      ),
      ...list(resource.provision?.code).flatMap((code) => saying('About', conceptWords(code))),
      ...list(resource.verification).flatMap(({ verified, verificationDate }) =>
        saying(verified ? 'Document seen' : 'Document not seen', verificationDate && dayWords(verificationDate)),
      ),
    ],
    status: ended(resource.status),
  }),
  QuestionnaireResponse: (resource, held) => {
    const name = text(resource.questionnaire).split('/').at(-1)?.split('|')[0] ?? ''
    const aboutMe = /about.?me/i.test(name)
    const answers = list(resource.item).flatMap(answered)
    return {
      kind: aboutMe ? 'About me' : 'Assessment',
      title: name === '' ? 'Assessment' : sentence(name.replaceAll(/[-_]+/g, ' ')),
      detail: `${answers.length} ${answers.length === 1 ? 'answer' : 'answers'}`,
      when: [resource.authored],
      people: [resource.author, resource.source]
        .map((one) =>
          text(one?.reference).startsWith('Patient/') && !text(one?.display)
            ? 'The person themselves'
            : referenceWords(held, one, resource),
        )
        .filter(Boolean),
      particulars: answers,
    }
  },
  FamilyMemberHistory: (resource) => ({
    kind: 'Family history',
    title: `${conceptWords(resource.relationship) || 'Relative'}: ${
      list(resource.condition)
        .map(({ code }) => conceptWords(code))
        .filter(Boolean)
        .join(', ') || 'no condition recorded'
    }`,
    detail: list(resource.condition)
      .map(({ onsetAge, onsetString }) => {
        const age = quantityWords(onsetAge)
        return age ? `Began at ${age}` : text(onsetString)
      })
      .filter(Boolean)
      .join('; '),
    when: [resource.date],
  }),
  Device: (resource) => ({
    kind: 'Equipment',
    title:
      list(resource.deviceName)
        .map(({ name }) => text(name))
        .find(Boolean) ??
      (conceptWords(resource.type) || 'Device'),
    detail: sentences(
      text(resource.manufacturer),
      text(resource.modelNumber) && `Model ${text(resource.modelNumber)}`,
      text(resource.serialNumber) && `Serial number ${text(resource.serialNumber)}`,
    ),
    when: [resource.manufactureDate],
    until: [resource.expirationDate],
  }),
  DeviceUseStatement: (resource, held) => ({
    kind: 'Equipment',
    title: deviceName(held, resource) || 'Equipment in use',
    detail: sentences(conceptList(resource.reasonCode).join(', '), conceptWords(resource.bodySite)),
    when: [resource.timingDateTime, resource.timingPeriod?.start, resource.recordedOn],
    until: [resource.timingPeriod?.end],
    status: ended(resource.status),
  }),
  DeviceRequest: (resource, held) => ({
    kind: 'Equipment',
    title:
      conceptWords(resource.codeCodeableConcept) ||
      referenceWords(held, resource.codeReference, resource) ||
      'Equipment asked for',
    detail: conceptList(resource.reasonCode).join(', '),
    when: [resource.authoredOn, resource.occurrenceDateTime],
  }),
  SupplyDelivery: (resource) => ({
    kind: 'Equipment',
    title: conceptWords(resource.suppliedItem?.itemCodeableConcept) || conceptWords(resource.type) || 'Supply',
    detail: quantityWords(resource.suppliedItem?.quantity),
    when: [resource.occurrenceDateTime, resource.occurrencePeriod?.start],
  }),
  Task: (resource, held) => ({
    kind: 'Task',
    title: conceptWords(resource.code) || text(resource.description) || 'Task',
    detail: sentences(
      conceptWords(resource.code) ? text(resource.description) : '',
      conceptWords(resource.businessStatus),
      conceptWords(resource.statusReason),
    ),
    when: [resource.authoredOn, resource.executionPeriod?.start, resource.lastModified],
    until: [resource.executionPeriod?.end, resource.restriction?.period?.end],
    people: [resource.owner, resource.requester].map((one) => referenceWords(held, one, resource)).filter(Boolean),
    status: sentence(text(resource.status)),
  }),
  Composition: (resource, held) => ({
    kind: 'Letter',
    title: text(resource.title) || conceptWords(resource.type) || 'Document',
    when: [resource.date],
    people: list(resource.author)
      .map((one) => referenceWords(held, one, resource))
      .filter(Boolean),
    particulars: list(resource.section).flatMap(({ title, text: words }) =>
      saying(text(title) || 'Text', plainWords(text(words?.div))),
    ),
  }),
  DocumentReference: (resource, held) => ({
    kind: 'Letter',
    title:
      text(resource.description) ||
      list(resource.content)
        .map(({ attachment }) => text(attachment?.title))
        .find(Boolean) ||
      conceptWords(resource.type) ||
      'Document',
    when: [resource.context?.period?.start, resource.date],
    people: list(resource.author)
      .map((one) => referenceWords(held, one, resource))
      .filter(Boolean),
  }),
}

function planParts(held: Held, plan: CarePlan): readonly Particular[] {
  return [
    ...saying('Summary', text(plan.description)),
    ...list(plan.addresses).flatMap((one) => saying('Because of', referenceWords(held, one, plan))),
    ...list(plan.goal).flatMap(({ reference }) => {
      const goal = held.follow(reference, plan)
      return saying('Goal', goal?.resourceType === 'Goal' && conceptWords(goal.description))
    }),
    ...list(plan.activity).flatMap(({ detail, progress }) => [
      ...saying(
        conceptWords(detail?.code) || 'Action',
        sentences(
          text(detail?.description),
          list(detail?.performer)
            .map((one) => referenceWords(held, one, plan))
            .filter(Boolean)
            .join(', '),
          text(detail?.scheduledString),
          quantityWords(detail?.quantity),
        ) || (conceptWords(detail?.code) ? 'Arranged' : ''),
      ),
      ...list(progress).flatMap((note) => saying('Progress', text(note.text))),
    ]),
    ...list(plan.note).flatMap((note) => saying('Note', text(note.text))),
    ...list(plan.contributor).flatMap((one) => saying('Agreed with', referenceWords(held, one, plan))),
    ...saying('Ends or is reviewed', text(plan.period?.end) && dayWords(text(plan.period?.end))),
  ]
}

function answered(item: QuestionnaireResponseItem): readonly Particular[] {
  const own = list(item.answer).map(answerWords).filter(Boolean).join('; ')
  const inner = [...list(item.item), ...list(item.answer).flatMap((answer) => list(answer.item))].flatMap(answered)
  return [...saying(text(item.text) || text(item.linkId) || 'Answer', own), ...inner]
}

function answerWords(answer: QuestionnaireResponseItemAnswer): string {
  if (answer.valueBoolean !== undefined) return answer.valueBoolean ? 'Yes' : 'No'
  const date = text(answer.valueDate) || text(answer.valueDateTime)
  if (earliestMs(date) !== undefined) return dayWords(date)
  return (
    text(answer.valueString) ||
    text(answer.valueCoding?.display) ||
    text(answer.valueCoding?.code) ||
    quantityWords(answer.valueQuantity) ||
    [answer.valueInteger, answer.valueDecimal].filter((value) => typeof value === 'number').join('') ||
    text(answer.valueTime) ||
    text(answer.valueUri)
  )
}

function deviceName(held: Held, use: Extract<FhirResource, { resourceType: 'DeviceUseStatement' }>): string {
  const device = held.follow(use.device?.reference, use)
  if (device?.resourceType !== 'Device') return text(use.device?.display)
  return (
    list(device.deviceName)
      .map(({ name }) => text(name))
      .find(Boolean) ?? conceptWords(device.type)
  )
}

/** A narrative as one run of words. */
function plainWords(div: string): string {
  return readNarrative(div)
    .map((block) =>
      block.kind === 'list'
        ? block.items.join('; ')
        : block.kind === 'table'
          ? block.rows.map((row) => row.join(', ')).join('; ')
          : block.text,
    )
    .join(' ')
}
