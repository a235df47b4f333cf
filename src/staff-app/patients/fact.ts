/** What the lineage page shows of a fact: its words, the line asked about, and the original with that place marked. */
import type { Format, Source } from '../../feeds/index.ts'
import type { Lineage, LineageLine, PersonRecord } from '../../record/index.ts'
import type { OriginalModel } from '../feeds/original-part.tsx'

/** What the fact says: its line in the record, else its type. */
export function factWords(record: PersonRecord, { type, id }: Pick<Lineage, 'type' | 'id'>): string {
  const isIt = ({ origins }: { readonly origins: readonly { readonly type: string; readonly id: string }[] }) =>
    origins.some((origin) => origin.type === type && origin.id === id)
  const words =
    record.problems.find(isIt)?.title ??
    record.medicines.find(isIt)?.name ??
    [...record.allergies.allergies, ...record.allergies.withdrawn].find(isIt)?.substance ??
    record.allergies.negatives.find(isIt)?.text ??
    [...record.tests, ...record.vitalSigns].find(isIt)?.name ??
    record.letters.find(isIt)?.title ??
    [...record.timeline, ...record.other, ...record.carePlans].find(isIt)?.title
  const kind = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words === undefined ? kind : `${words} (${kind})`
}

// Elements that say most of a fact: shown first when none was asked for.
const telling = [
  /^code/,
  /^medication/,
  /^vaccineCode/,
  /^value/,
  /^name/,
  /^title/,
  /^description/,
  /^payload/,
  /^content/,
  /^reason/,
  /^type/,
  /^class/,
  /^(period|occurrence|effective|start|sent|authoredOn)/,
]

/** The line whose place was asked for; with none asked, the line of the element that tells most: of a result, its value. */
export function chosenLine({ type, lines, message }: Lineage, place: string): LineageLine | undefined {
  const own = lines.filter(({ messageId }) => messageId === message.id)
  if (place !== '') return own.find(({ from }) => from === place)
  // `value` alone names the type of the value (OBX-2), not what it says.
  const value = [/^value[A-Z]\w*(\.value)?$/, /^value[A-Z]/]
  for (const element of type === 'Observation' ? [...value, ...telling] : telling) {
    const found = own.find(({ to, from }) => element.test(to) && from !== '')
    if (found) return found
  }
  return own.find(({ to, from }) => to !== '' && from !== '') ?? own.find(({ from }) => from !== '') ?? own[0]
}

/** The message as text, with the place marked; as plain text when nobody here speaks its format any more. */
export function originalOf(
  lineage: Lineage,
  {
    place,
    source,
    format,
    whole,
    href,
  }: {
    readonly place: string
    readonly source: Source | undefined
    readonly format: Format | undefined
    readonly whole: boolean
    readonly href: string
  },
): OriginalModel {
  const text = source && format ? format.text(lineage.original, source) : new TextDecoder().decode(lineage.original)
  const highlight = format && place !== '' ? (format.locate(text, place) ?? undefined) : undefined
  return {
    text,
    ...(place === '' ? {} : { place }),
    ...(highlight ? { highlight } : {}),
    whole,
    wholeHref: `${href}${href.includes('?') ? '&' : '?'}whole=yes`,
  }
}
