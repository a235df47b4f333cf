import { type Clock, opaqueId, Problem, type Sql } from '../base/index.ts'
import type { FormatId } from './format.ts'
import { mllpHeader } from './mllp-header.ts'
import type { Source, SourceKind, SourceSettings } from './source.ts'
import { parseSettings } from './source-settings.ts'

/** Messages from senders that nobody declared are kept under this source, and wait. */
export const unrecognised = 'unrecognised'

type Row = {
  readonly id: string
  readonly name: string
  readonly kind: SourceKind
  readonly organisation_code: string
  readonly organisation_name: string
  readonly formats: readonly FormatId[]
  readonly namespace: string
  readonly settings: SourceSettings
}

/** The declared sources, held in memory and read again when they change here, and every few seconds in case they changed elsewhere. */
export type Sources = {
  get(id: string): Source | undefined
  all(): readonly Source[]
  /** The source whose MLLP settings match MSH-3 and MSH-4; the most exact first. */
  bySender(sender: { readonly application: string; readonly facility: string }): Source | undefined
  refresh(): Promise<void>
}

export async function openSources(sql: Sql): Promise<Sources> {
  let known = new Map<string, Source>()
  let senders = new Map<string, Source>()
  const refresh = async () => {
    known = new Map((await readSources(sql)).map((source) => [source.id, source]))
    senders = new Map()
  }
  await refresh()
  return {
    refresh,
    get: (id) => known.get(id),
    all: () => [...known.values()],
    bySender(sender) {
      const name = `${sender.application}\n${sender.facility}`
      const met = senders.get(name)
      if (met) return met
      const found = matching([...known.values()], sender)
      // Senders can write anything here; what nobody declared is looked for each time.
      if (found && senders.size < 1_000) senders.set(name, found)
      return found
    },
  }
}

function matching(
  sources: readonly Source[],
  { application, facility }: { readonly application: string; readonly facility: string },
): Source | undefined {
  const matches = sources.flatMap((source) => {
    const wanted = source.settings.hl7v2
    if (!wanted || !source.formats.includes('hl7v2')) return []
    if (wanted.sendingApplication === undefined && wanted.sendingFacility === undefined) return []
    if (wanted.sendingApplication !== undefined && wanted.sendingApplication !== application) return []
    if (wanted.sendingFacility !== undefined && wanted.sendingFacility !== facility) return []
    const exact = Number(wanted.sendingApplication !== undefined) + Number(wanted.sendingFacility !== undefined)
    return [{ source, exact }]
  })
  return matches.sort((a, b) => b.exact - a.exact)[0]?.source
}

/** Whose an HL7 v2 message is by MSH-3 and MSH-4, as far as that is declared now. */
export function senderOf(sources: Sources): (body: Uint8Array) => Source | undefined {
  return (body) => {
    const header = mllpHeader(body)
    return header && sources.bySender(header)
  }
}

export async function readSources(sql: Sql): Promise<readonly Source[]> {
  const rows = await sql<
    Row[]
  >`select id, name, kind, organisation_code, organisation_name, formats, namespace, settings from source order by id`
  return rows.map(({ organisation_code, organisation_name, ...row }) => ({
    ...row,
    organisation: { code: organisation_code, name: organisation_name },
  }))
}

/**
 * Declares a source, or changes what is declared of it. Its namespace is made the first time and never changes: ids hang on it.
 * @throws Problem 'invalid' when the id could not stand in an address, or the settings hold mistakes: each with its place
 */
export async function saveSource(
  sql: Sql,
  source: Omit<Source, 'namespace'> & { readonly namespace?: string },
  clock: Clock,
): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(source.id))
    throw new Problem('invalid', 'A source id has small letters, digits and hyphens, at most 63', 'Choose such an id.')
  const settings = parseSettings(source.settings)
  if (!settings.ok)
    throw new Problem(
      'invalid',
      `The settings of ${source.id} cannot be used: ${settings.issues.map(({ place, message }) => `${place || 'settings'}: ${message}`).join('; ')}`,
      'Correct them; docs/configuration.md says what each is for.',
    )
  const now = clock()
  await sql`
    insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, settings, created_at, updated_at)
    values (${source.id}, ${source.name}, ${source.kind}, ${source.organisation.code}, ${source.organisation.name}, ${[...source.formats]},
            ${source.namespace ?? opaqueId()}, ${sql.json(source.settings as never)}, ${now}, ${now})
    on conflict (id) do update set name = excluded.name, kind = excluded.kind, organisation_code = excluded.organisation_code,
      organisation_name = excluded.organisation_name, formats = excluded.formats, settings = excluded.settings, updated_at = excluded.updated_at`
}
