import type { Entry, PersonRecord } from '../../record/index.ts'

/** As headed facts say, and the languages that sources say the person speaks. */
export function needsOf(record: Pick<PersonRecord, 'headings' | 'identity'>): readonly Entry[] {
  const languages = record.identity.languages
    .filter(({ text }) => !/^en(?:g|glish)?\b/i.test(text))
    .map(
      ({ text, origins }): Entry => ({
        kind: 'Patient details',
        title: `Speaks ${text.replace(' (preferred)', '')}`,
        detail: /preferred/.test(text) ? 'Preferred language' : '',
        status: '',
        people: [],
        origins,
      }),
    )
  return [...record.headings.needs, ...languages]
}
