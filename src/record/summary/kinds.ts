/** Which entries are devices, plans to be known before all else, social history or pregnancy: by type and by code, and by their words where sources send no code. */
import type { Entry, PersonRecord, Test } from '../model.ts'

/** Decisions made ahead, and what to do in a crisis: whoever opens the summary must see these first. */
const ahead =
  /\b(?:ReSPECT|DNA ?CPR|DNAR|resuscitat\w*|advance (?:care plan|decision|directive|statement)|end.of.life|EPaCCS|treatment escalation|lasting power of attorney|living will|crisis plan|emergency care plan)\b/i

export function advancePlans(record: Pick<PersonRecord, 'carePlans' | 'other' | 'flags' | 'readAt'>): readonly Entry[] {
  const entries = [
    ...record.carePlans,
    ...record.other.filter(({ kind }) => kind !== 'Patient details'),
    ...record.flags,
  ]
  return entries.filter(
    ({ title, detail, status, origins }) =>
      status === '' &&
      (origins.some(({ type }) => type === 'Consent') ? ahead.test(`${title} ${detail}`) : ahead.test(title)),
  )
}

export function deviceEntries({ other, timeline }: Pick<PersonRecord, 'other' | 'timeline'>): readonly Entry[] {
  const seen = new Set<string>()
  return [...other, ...timeline].filter(({ origins }) => {
    const [first] = origins
    const key = first && `${first.type}/${first.id}`
    if (!first || !key || !/^Device(?:UseStatement)?$/.test(first.type) || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

// LOINC tobacco smoking status, alcohol; SNOMED CT smoking and alcohol findings. @see IPS, tobacco use and alcohol use
const socialCodes = new Set([
  '72166-2',
  '11367-0',
  '74013-4',
  '77176002',
  '266919005',
  '8517006',
  '160573003',
  '228273003',
])
const socialWords = /\b(?:smok\w*|tobacco|alcohol\w*|housing|occupation|employment)\b/i

export function isSocial({ code, name, group }: Pick<Test, 'code' | 'name' | 'group'>): boolean {
  return group === 'other' && ((code !== undefined && socialCodes.has(code)) || socialWords.test(name))
}

// LOINC pregnancy status, expected delivery date, pregnancy outcomes. @see IPS, pregnancy status
const pregnancyCodes = new Set(['82810-3', '11778-8', '11779-6', '11780-4', '11636-8', '11637-6', '77386006'])

export function isPregnancy({ code, name }: Pick<Test, 'code' | 'name'>): boolean {
  return (
    (code !== undefined && pregnancyCodes.has(code)) ||
    /\bpregnan(?:t|cy) (?:status|outcome)\b|expected date of delivery/i.test(name)
  )
}
