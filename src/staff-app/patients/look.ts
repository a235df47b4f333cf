import type { KeptLine } from '../../audit/index.ts'
import type { Look } from './access.tsx'
import { momentWords } from './moment.ts'

const whats: Readonly<Record<string, string>> = {
  'record-page': 'Record',
  'fact-lineage': 'Where a fact came from',
  'letter-file': 'A letter’s file',
  'worklist-item': 'Opened from the worklist',
  'result-acknowledged': 'Acknowledged a result',
  'acknowledgement-undone': 'Took an acknowledgement back',
  'result-handed-over': 'Handed a result over',
  'task-form': 'Began a task',
  'task-made': 'Made a task',
  'task-changed': 'Changed a task',
  'list-put-on': 'Put on a list',
  'list-taken-off': 'Taken off a list',
  'search-result': 'Shown in a search',
  'patient-record': 'Own record',
  'summary-export': 'Summary taken out',
  'summary-print': 'Summary printed',
  'downtime-pack': 'Summary put in a downtime pack',
  'fhir-read': 'Read by a system',
  'fhir-search': 'Searched by a system',
}
const whys: Readonly<Record<KeptLine['purpose'], string>> = {
  TREAT: 'Care',
  ETREAT: 'Emergency care',
  PATRQT: 'At the patient’s own request',
  HOPERAT: 'Running the service',
  SYSADMIN: 'Running the system',
}

const formats: Readonly<Record<string, string>> = { pdf: 'letter, PDF', ips: 'International Patient Summary, FHIR' }

/** A line of the trail in a reader's words; a kind of look that has none is shown as it is written. */
export function lookOf({ at, actor, what, purpose, outcome, detail }: KeptLine): Look {
  const section =
    typeof detail?.section === 'string'
      ? `: ${detail.section.replaceAll('-', ' ').replace('/:key', ', one of them')}`
      : typeof detail?.format === 'string'
        ? ` (${formats[detail.format] ?? detail.format})`
        : ''
  const moment = typeof detail?.at === 'string' ? new Date(detail.at) : undefined
  const then = moment === undefined || Number.isNaN(moment.getTime()) ? '' : `, as known at ${momentWords(moment)}`
  return {
    at: new Date(at),
    who: actor.name,
    role: actor.role?.replaceAll('-', ' ') ?? (actor.kind === 'patient' ? 'the patient' : ''),
    organisation: actor.organisation ?? '',
    what: `${whats[what] ?? what.replaceAll('-', ' ')}${section}${then}`,
    why: whys[purpose],
    refused: outcome !== 0,
  }
}
