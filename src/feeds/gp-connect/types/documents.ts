/** Lists, letters and forms, STU3 to R4. */
import { copy, isObject, type Json } from '../reading.ts'
import {
  kept,
  keptChoice,
  listed,
  notSaid,
  type Rule,
  type Rules,
  renamed,
  type TypeRules,
  tell,
  within,
} from '../rules.ts'

/**
 * A heading of the record with what stands under it. An empty list keeps its `emptyReason` and note: "no content recorded" is what the
 * GP system says of its own record, never "no known allergies".
 */
const list: TypeRules = {
  to: 'List',
  elements: kept(
    'identifier',
    'status',
    'mode',
    'title',
    'code',
    'subject',
    'encounter',
    'date',
    'source',
    'orderedBy',
    'note',
    'entry',
    'emptyReason',
  ),
}

/** The date a document was made: in R4 the date of its attachment. */
const created: Rule = (from, to) => {
  const value = copy(from.value, from.place, from.reading)
  if (typeof value !== 'string') return
  const contents = Array.isArray(to.source.content) ? to.source.content : []
  if (contents.every((each) => isObject(each) && isObject(each.attachment) && each.attachment.creation !== undefined)) {
    from.reading.used.delete(from.place)
    return
  }
  to.made.created = value
}

const documentReference: TypeRules = {
  to: 'DocumentReference',
  elements: {
    ...kept(
      'masterIdentifier',
      'identifier',
      'status',
      'docStatus',
      'type',
      'subject',
      'author',
      'authenticator',
      'custodian',
    ),
    ...kept('relatesTo', 'description', 'securityLabel', 'content'),
    class: listed('category'),
    indexed: renamed('date'),
    created,
    context: within('context', {
      ...kept('event', 'period', 'facilityType', 'practiceSetting', 'sourcePatientInfo'),
      encounter: listed(),
      // R4 keeps the reference; an identifier alone becomes a logical one.
      related: (from, to) => {
        if (!Array.isArray(from.value)) return
        const references = from.value.flatMap((item, index) => {
          if (!isObject(item)) return []
          const at = `${from.place}[${index}]`
          const reference = copy(item.ref, `${at}.ref`, from.reading)
          const identifier = copy(item.identifier, `${at}.identifier`, from.reading)
          const made: Json = {
            ...(isObject(reference) ? reference : {}),
            ...(identifier === undefined ? {} : { identifier }),
          }
          return Object.keys(made).length > 0 ? [made] : []
        })
        if (references.length > 0) to.made.related = references
      },
    }),
  },
  complete: (to) => {
    const { created: madeOn, ...made } = to.made
    if (madeOn === undefined || !Array.isArray(made.content)) return
    delete to.made.created
    to.made.content = made.content.map((each: unknown) => {
      if (!isObject(each)) return each
      const attachment = isObject(each.attachment) ? each.attachment : {}
      return { ...each, attachment: { creation: madeOn, ...attachment } }
    })
    tell(to, 'content[0].attachment.creation', { name: 'created', place: `${to.place}.created` })
  },
}

const section: Rules = {
  ...kept('title', 'code', 'text', 'mode', 'orderedBy', 'entry', 'emptyReason'),
  section: (from, to) => within('section', section)(from, to),
}

const composition: TypeRules = {
  to: 'Composition',
  elements: {
    ...kept(
      'identifier',
      'status',
      'type',
      'subject',
      'encounter',
      'date',
      'author',
      'title',
      'confidentiality',
      'custodian',
    ),
    ...kept('relatesTo', 'event'),
    class: listed('category'),
    attester: within('attester', {
      ...kept('time', 'party'),
      // R4 has one mode for each attester: the first; any other stays in the original.
      mode: (from, to) => {
        const [value, place] = Array.isArray(from.value)
          ? [from.value[0], `${from.place}[0]`]
          : [from.value, from.place]
        const mode = copy(value, place, from.reading)
        if (mode !== undefined) to.made.mode = mode
      },
    }),
    section: within('section', section),
  },
}

const items: Rules = {
  ...kept('linkId', 'definition', 'text'),
  answer: within('answer', {
    ...keptChoice(
      'value',
      'Boolean',
      'Decimal',
      'Integer',
      'Date',
      'DateTime',
      'Time',
      'String',
      'Uri',
      'Attachment',
      'Coding',
      'Quantity',
      'Reference',
    ),
    item: (from, to) => within('item', items)(from, to),
  }),
  item: (from, to) => within('item', items)(from, to),
}

const questionnaireResponse: TypeRules = {
  to: 'QuestionnaireResponse',
  elements: {
    ...kept('identifier', 'basedOn', 'status', 'subject', 'authored', 'author', 'source'),
    parent: renamed('partOf'),
    context: renamed('encounter'),
    // A Reference in STU3, a canonical in R4: only an absolute address can be one.
    questionnaire: (from, to) => {
      const address = isObject(from.value) ? from.value.reference : from.value
      if (typeof address !== 'string' || !/^[a-z][a-z0-9+.-]*:/i.test(address)) return
      from.reading.used.add(isObject(from.value) ? `${from.place}.reference` : from.place)
      to.made.questionnaire = address
      tell(to, 'questionnaire', from)
    },
    item: within('item', items),
  },
}

const binary: TypeRules = {
  to: 'Binary',
  elements: { ...kept('contentType', 'securityContext', 'data'), content: renamed('data') },
}

const detectedIssue: TypeRules = {
  to: 'DetectedIssue',
  elements: {
    ...kept('identifier', 'status', 'severity', 'patient', 'author', 'implicated', 'detail', 'reference', 'mitigation'),
    category: renamed('code'),
    date: renamed('identifiedDateTime'),
  },
  complete: (to) => {
    to.made.status ??= 'final'
    if (to.made.code === undefined) to.made.code = notSaid
  },
}

export const documents = {
  List: list,
  DocumentReference: documentReference,
  Composition: composition,
  QuestionnaireResponse: questionnaireResponse,
  Binary: binary,
  DetectedIssue: detectedIssue,
} as const satisfies Readonly<Record<string, TypeRules>>
