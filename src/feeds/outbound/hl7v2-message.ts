/** A fact of ours as the HL7 v2 message that hospitals take: ORU^R01, ADT^A60, PPR^PC1 to PC3, MDM^T02, T08 and T11. Pure. @see HL7 v2.4 §3, §7, §9, §12; facts: hl7v2-uk */
import { ownApplication } from '../../fhir/index.ts'
import type { Traits } from '../../identity/index.ts'
import type { Source } from '../source.ts'
import type { ResourceJson } from '../written/entry-resource.ts'
import { type Component, type Field, header, hl7Time, message, segment } from './hl7-writer.ts'
import { at, isWithdrawn, listAt, textAt } from './json-path.ts'
import type { DeliveryAction } from './queue.ts'

export type Telling = {
  readonly fact: ResourceJson
  readonly action: DeliveryAction
  /** What the receiver says of the person. */
  readonly patient: Traits
  readonly target: Source
  /** ODS code of whose staff wrote it: MSH-4. */
  readonly organisation: string
  readonly controlId: string
  readonly now: Date
}

const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number'

/** Undefined: the receiver gave us no number by which it would know the person. */
export function hl7v2Message(telling: Telling): Uint8Array | undefined {
  const pid = pidOf(telling)
  if (pid === undefined) return undefined
  switch (telling.fact.resourceType) {
    case 'Observation':
      return message([msh(telling, ['ORU', 'R01', 'ORU_R01']), pid, ...results(telling)])
    case 'AllergyIntolerance':
      return message([msh(telling, ['ADT', 'A60', 'ADT_A60']), evn(telling, 'A60'), pid, iam(telling)])
    case 'Condition': {
      const event = { add: 'PC1', change: 'PC2', withdraw: 'PC3' }[telling.action]
      return message([msh(telling, ['PPR', event, 'PPR_PC1']), pid, ...problem(telling)])
    }
    default: {
      const event = { add: 'T02', change: 'T08', withdraw: 'T11' }[telling.action]
      const structure = event === 'T11' ? 'MDM_T01' : 'MDM_T02'
      return message([
        msh(telling, ['MDM', event, structure]),
        evn(telling, event),
        pid,
        segment('PV1', { 1: '1', 2: 'N' }),
        ...document(telling),
      ])
    }
  }
}

function msh({ target, organisation, controlId, now }: Telling, type: readonly string[]): string {
  const { accepts, hl7v2 } = target.settings
  return header({
    3: ownApplication,
    4: organisation,
    5: accepts?.receivingApplication ?? hl7v2?.sendingApplication,
    6: accepts?.receivingFacility ?? hl7v2?.sendingFacility ?? target.organisation.code,
    7: hl7Time(now.toISOString()),
    9: type,
    10: controlId,
    11: 'P',
    12: accepts?.version ?? '2.4',
    17: 'GBR',
    18: 'UNICODE UTF-8',
  })
}

const evn = ({ now }: Telling, event: string) => segment('EVN', { 1: event, 2: hl7Time(now.toISOString()) })

/** The numbers and names that the receiver itself told us: ours would mean nothing there. */
function pidOf({ patient, target }: Telling): string | undefined {
  const local = (patient.identifiers ?? []).flatMap(({ system, value }) => {
    const authority = authorityOf(target, system)
    return authority === undefined ? [] : [[value, '', '', authority, 'MR'] as const]
  })
  const nhs = patient.nhsNumber === undefined ? [] : [[patient.nhsNumber, '', '', 'NHS', 'NH'] as const]
  if (local.length + nhs.length === 0) return undefined
  const [given, ...middle] = patient.given ?? []
  return segment('PID', {
    1: '1',
    3: { repeats: [...local, ...nhs] },
    5: [patient.family, given, middle.join(' ')],
    7: patient.birthDate === undefined ? undefined : hl7Time(patient.birthDate),
    8: { male: 'M', female: 'F', other: 'O', unknown: 'U' }[patient.gender ?? 'unknown'] ?? 'U',
  })
}

/** The name that the source gave to an identifier system: what `authoritySystem` turned round. */
function authorityOf({ id, settings }: Source, system: string): string | undefined {
  if (system === nhsNumberSystem) return undefined
  const declared = Object.entries(settings.authorities ?? {}).find(([, one]) => one === system)?.[0]
  if (declared !== undefined) return declared
  const own = `urn:throughline:source:${id}:`
  const name = system.startsWith(own) ? decodeURIComponent(system.slice(own.length)) : undefined
  return name === 'id' || name === 'nhs-number-unverified' ? undefined : name
}

const codeSystems: Readonly<Record<string, string>> = { 'http://loinc.org': 'LN', 'http://snomed.info/sct': 'SCT' }

/** CE: code, text, system. Words alone stand in the text. */
function ce(concept: unknown): readonly Component[] {
  const coding = at(concept, 'coding', 0)
  const system = codeSystems[textAt(coding, 'system') ?? '']
  const words = textAt(concept, 'text') ?? textAt(coding, 'display')
  return system === undefined ? ['', words] : [textAt(coding, 'code'), words, system]
}

/** EI: our number, and ours by name. By it the fact is known again when it comes back. */
function number({ fact }: Telling): readonly Component[] {
  return [textAt(fact, 'identifier', 0, 'value'), ownApplication]
}

const author = ({ fact }: Telling): readonly Component[] => [
  '',
  textAt(fact, 'recorder', 'display') ??
    textAt(fact, 'performer', 0, 'display') ??
    textAt(fact, 'author', 0, 'display'),
]

function reason({ fact }: Telling): string | undefined {
  const notes = listAt(fact, 'note')
  return isWithdrawn(fact) ? textAt(notes.at(-1), 'text') : undefined
}

function results(telling: Telling): readonly string[] {
  const { fact } = telling
  const taken = timeAt(fact, 'effectiveDateTime')
  const status = isWithdrawn(fact) ? 'W' : telling.action === 'change' ? 'C' : 'F'
  const parts = listAt(fact, 'component')
  const rows = parts.length > 0 ? parts : [fact]
  const why = reason(telling)
  return [
    segment('OBR', {
      1: '1',
      3: number(telling),
      4: ce(fact.code),
      7: taken,
      22: timeAt(fact, 'issued'),
      25: status === 'F' ? 'F' : 'C',
    }),
    ...rows.map((row, n) => {
      const unit = textAt(row, 'valueQuantity', 'code')
      const answer = at(row, 'valueCodeableConcept')
      const fields: Readonly<Record<number, Field>> = {
        1: String(n + 1),
        2: answer === undefined ? 'NM' : 'CE',
        3: ce(at(row, 'code')),
        5: answer === undefined ? textAt(row, 'valueQuantity', 'value') : ce(answer),
        ...(unit === undefined || unit === '1' ? {} : { 6: [unit, textAt(row, 'valueQuantity', 'unit'), 'UCUM'] }),
        11: status,
        14: taken,
        16: author(telling),
      }
      return segment('OBX', fields)
    }),
    ...(why === undefined ? [] : [segment('NTE', { 1: '1', 3: why })]),
  ]
}

const allergyKinds: Readonly<Record<string, string>> = { medication: 'DA', food: 'FA', environment: 'EA' }

function iam(telling: Telling): string {
  const { fact, action } = telling
  const certainty = textAt(fact, 'verificationStatus', 'coding', 0, 'code')
  const severity = { severe: 'SV', moderate: 'MO', mild: 'MI' }[textAt(fact, 'reaction', 0, 'severity') ?? '']
  return segment('IAM', {
    1: '1',
    2: allergyKinds[textAt(fact, 'category', 0) ?? ''] ?? 'MA',
    3: ce(fact.code),
    4: severity ?? 'U',
    5: textAt(fact, 'reaction', 0, 'manifestation', 0, 'text'),
    6: { add: 'A', change: 'U', withdraw: 'D' }[action],
    7: number(telling),
    8: reason(telling),
    9: textAt(fact, 'type') === 'allergy' ? 'AL' : textAt(fact, 'type') === 'intolerance' ? 'IN' : undefined,
    13: timeAt(fact, 'recordedDate'),
    14: author(telling),
    17: isWithdrawn(fact) ? 'E' : certainty === 'confirmed' ? 'C' : 'U',
  })
}

function problem(telling: Telling): readonly string[] {
  const { fact, action, now } = telling
  const comment = reason(telling) ?? textAt(fact, 'note', 0, 'text')
  return [
    segment('PRB', {
      1: { add: 'AD', change: 'UP', withdraw: 'DE' }[action],
      2: hl7Time(now.toISOString()),
      3: ce(fact.code),
      4: number(telling),
      7: timeAt(fact, 'recordedDate'),
      13: isWithdrawn(fact) ? ['E', 'Entered in error'] : [textAt(fact, 'verificationStatus', 'coding', 0, 'display')],
      14: 'Active',
      16: timeAt(fact, 'onsetDateTime'),
    }),
    ...(comment === undefined ? [] : [segment('NTE', { 1: '1', 3: comment })]),
  ]
}

function document(telling: Telling): readonly string[] {
  const { fact, action } = telling
  const written = timeAt(fact, 'date')
  const title = textAt(fact, 'content', 0, 'attachment', 'title') ?? 'Note'
  const words = Buffer.from(textAt(fact, 'content', 0, 'attachment', 'data') ?? '', 'base64').toString('utf8')
  return [
    segment('TXA', {
      1: '1',
      2: ['PN', 'Progress note'],
      3: 'TX',
      4: written,
      6: written,
      9: author(telling),
      12: number(telling),
      17: 'AU',
      19: action === 'withdraw' ? 'CA' : 'AV',
      25: action === 'withdraw' ? textAt(fact, 'description') : title,
    }),
    ...(action === 'withdraw'
      ? []
      : [segment('OBX', { 1: '1', 2: 'TX', 3: ['', title], 5: words, 11: 'F', 14: written })]),
  ]
}

function timeAt(fact: ResourceJson, element: string): string | undefined {
  const text = textAt(fact, element)
  return text === undefined ? undefined : hl7Time(text)
}
