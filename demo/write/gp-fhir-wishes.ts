/** What the second practice was told of wishes, decisions, needs and cautions: plans, consents, flags, forms, pictures and requests. */
import type { CodeableConcept, FhirResource } from 'fhir/r4.js'
import type { Life } from '../lives/life.ts'
import { before, type Wishes } from '../lives/wishes.ts'
import { dayOf, isoStamp, type Moment, momentOf } from '../time.ts'
import { requester, snomed, testLabel, ukCore } from './gp-fhir-parts.ts'
import { drawing, smallPdf } from './pictures.ts'

const headingSystem = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings'
const heading = (code: string, words: string): CodeableConcept => ({
  coding: [{ system: headingSystem, code }],
  text: words,
})

export function wishes({ wishes: told }: Life, patient: string, now: Moment): readonly FhirResource[] {
  if (told === undefined) return []
  const subject = { reference: `Patient/${patient}` }
  const on = (daysAgo: number) => isoStamp(momentOf(before(dayOf(now), daysAgo), 11, 20))
  const make = { id: (name: string) => `${patient}-${name}`, subject, on }
  return [
    ...plans(told, make),
    ...cautions(told, make),
    ...ownWords(told, make),
    ...done(told, make),
    ...files(told, make),
  ]
}

type Make = {
  readonly id: (name: string) => string
  readonly subject: { readonly reference: string }
  readonly on: (daysAgo: number) => string
}

function plans({ endOfLife, attorney, resuscitation }: Wishes, { id, subject, on }: Make): readonly FhirResource[] {
  const found: FhirResource[] = []
  if (endOfLife)
    found.push({
      resourceType: 'CarePlan',
      id: id('end-of-life'),
      meta: { profile: ukCore('CarePlan'), security: [testLabel] },
      status: 'active',
      intent: 'plan',
      category: [heading('end-of-life-care', 'End-of-life care')],
      title: 'End-of-life care plan (synthetic)',
      description: endOfLife.summary,
      subject,
      period: { start: on(endOfLife.daysAgo) },
      created: on(endOfLife.daysAgo),
      author: requester,
      activity: endOfLife.steps.map(([what, words]) => ({
        detail: { status: 'in-progress', code: { text: what }, description: words },
      })),
    })
  if (resuscitation)
    found.push({
      resourceType: 'Flag',
      id: id('resuscitation'),
      meta: { profile: ukCore('Flag'), security: [testLabel] },
      status: 'active',
      category: [heading('legal-information', 'Resuscitation decision')],
      code: { text: resuscitation.words },
      subject,
      period: { start: on(resuscitation.daysAgo) },
      author: requester,
    })
  if (attorney)
    found.push({
      resourceType: 'Consent',
      id: id('attorney'),
      meta: { profile: ukCore('Consent'), security: [testLabel] },
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'adr' }] },
      category: [{ text: 'Lasting power of attorney: health and welfare' }],
      patient: subject,
      dateTime: on(attorney.daysAgo),
      policyRule: { text: 'Registered with the Office of the Public Guardian (synthetic)' },
      provision: {
        type: 'permit',
        actor: [
          { role: { text: `Attorney (${attorney.relation.toLowerCase()})` }, reference: { display: attorney.name } },
        ],
      },
    })
  return found
}

function cautions({ safeguarding, risk, referral }: Wishes, { id, subject, on }: Make): readonly FhirResource[] {
  const found: FhirResource[] = []
  if (safeguarding)
    found.push({
      resourceType: 'Flag',
      id: id('safeguarding'),
      meta: { profile: ukCore('Flag'), security: [testLabel] },
      status: 'active',
      category: [heading('safeguarding', 'Safeguarding')],
      code: { text: safeguarding.words },
      subject,
      period: { start: on(safeguarding.daysAgo) },
      author: requester,
    })
  if (risk !== undefined)
    found.push({
      resourceType: 'Flag',
      id: id('risk'),
      meta: { profile: ukCore('Flag'), security: [testLabel] },
      status: 'active',
      category: [heading('risk-information', 'Risk')],
      code: { text: risk },
      subject,
      period: { start: on(50) },
    })
  if (referral)
    found.push(
      {
        resourceType: 'ServiceRequest',
        id: id('referral'),
        meta: { profile: ukCore('ServiceRequest'), security: [testLabel] },
        status: 'active',
        intent: 'order',
        category: [{ text: 'Referral' }],
        code: { text: `Referral to ${referral.to}` },
        subject,
        authoredOn: on(referral.daysAgo),
        requester,
        reasonCode: [{ text: referral.why }],
      },
      {
        resourceType: 'Task',
        id: id('referral-task'),
        meta: { profile: ukCore('Task'), security: [testLabel] },
        status: 'in-progress',
        intent: 'order',
        code: { text: `Referral to ${referral.to}: where it is` },
        businessStatus: { text: referral.state },
        focus: { reference: `ServiceRequest/${id('referral')}` },
        for: subject,
        authoredOn: on(referral.daysAgo - 2),
        requester,
      },
    )
  return found
}

function ownWords({ aboutMe, social = [], pregnancy }: Wishes, { id, subject, on }: Make): readonly FhirResource[] {
  const observed = (name: string, words: string, daysAgo: number, category: string): FhirResource => ({
    resourceType: 'Observation',
    id: id(name),
    meta: { profile: ukCore('Observation'), security: [testLabel] },
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
    code: { text: words },
    subject,
    effectiveDateTime: on(daysAgo),
  })
  return [
    ...(aboutMe
      ? [
          {
            resourceType: 'QuestionnaireResponse' as const,
            id: id('about-me'),
            meta: { profile: ukCore('QuestionnaireResponse'), security: [testLabel] },
            questionnaire: 'https://market-street.example/questionnaire/about-me',
            status: 'completed' as const,
            subject,
            authored: on(aboutMe.daysAgo),
            author: aboutMe.by === undefined ? subject : { display: aboutMe.by },
            item: aboutMe.answers.map(([text, answer], at) => ({
              linkId: String(at + 1),
              text,
              answer: [{ valueString: answer }],
            })),
          },
        ]
      : []),
    ...social.map((words, at) => observed(`social-${at}`, words, 130, 'social-history')),
    ...(pregnancy ? [observed('pregnancy', pregnancy.words, pregnancy.daysAgo, 'exam')] : []),
  ]
}

function done(
  { procedures = [], familyHistory = [], equipment = [], childVaccines }: Wishes,
  { id, subject, on }: Make,
): readonly FhirResource[] {
  return [
    ...procedures.map(
      ({ daysAgo, name, site }, at): FhirResource => ({
        resourceType: 'Procedure',
        id: id(`procedure-${at}`),
        meta: { profile: ukCore('Procedure'), security: [testLabel] },
        status: 'completed',
        code: { text: name },
        ...(site === undefined ? {} : { bodySite: [{ text: site }] }),
        subject,
        performedDateTime: on(daysAgo).slice(0, 10),
      }),
    ),
    ...familyHistory.map(
      ([relation, condition], at): FhirResource => ({
        resourceType: 'FamilyMemberHistory',
        id: id(`family-${at}`),
        meta: { security: [testLabel] },
        status: 'completed',
        patient: subject,
        date: on(600),
        relationship: { text: relation },
        condition: [{ code: { text: condition } }],
      }),
    ),
    ...equipment.map(
      (name, at): FhirResource => ({
        resourceType: 'DeviceUseStatement',
        id: id(`equipment-${at}`),
        meta: { security: [testLabel] },
        status: 'active',
        subject,
        recordedOn: on(80),
        device: { display: name },
      }),
    ),
    ...(childVaccines
      ? [
          ['DTaP/IPV/Hib/HepB vaccine', 2300],
          ['MMR vaccine', 2050],
          ['MMR vaccine, second dose', 1200],
        ].map(
          ([name, daysAgo], at): FhirResource => ({
            resourceType: 'Immunization',
            id: id(`child-vaccine-${at}`),
            meta: { profile: ukCore('Immunization'), security: [testLabel] },
            status: 'completed',
            vaccineCode: { text: String(name) },
            patient: subject,
            occurrenceDateTime: on(Number(daysAgo)).slice(0, 10),
            primarySource: true,
          }),
        )
      : []),
  ]
}

function files({ picture, form }: Wishes, { id, subject, on }: Make): readonly FhirResource[] {
  const document = (
    name: string,
    title: string,
    daysAgo: number,
    attachment: { contentType: string; data: string },
  ): FhirResource => ({
    resourceType: 'DocumentReference',
    id: id(name),
    meta: { profile: ukCore('DocumentReference'), security: [testLabel] },
    status: 'current',
    type: {
      coding: [{ system: snomed, code: '823751000000102', display: 'Letter' }],
      text: name === 'picture' ? 'Clinical photograph' : 'Scanned form',
    },
    subject,
    date: on(daysAgo),
    author: [requester],
    description: title,
    content: [{ attachment: { ...attachment, title, creation: on(daysAgo) } }],
  })
  return [
    ...(picture
      ? [document('picture', picture.title, picture.daysAgo, { contentType: 'image/png', data: drawing })]
      : []),
    ...(form
      ? [document('form', form.title, form.daysAgo, { contentType: 'application/pdf', data: smallPdf(form.lines) })]
      : []),
  ]
}
