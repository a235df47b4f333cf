import type { Format, FormatId, Sources } from '../../feeds/index.ts'
import type { OriginalModel } from './original-part.tsx'

type Readers = { readonly sources: Pick<Sources, 'get'>; readonly format: (id: string) => Format | undefined }

type Asked = {
  readonly format: FormatId | string
  readonly source: string
  readonly body: Uint8Array
  readonly place: string | undefined
  readonly whole: boolean
  readonly wholeHref: string
}

/** An original message as text, with the marked place found by the format that reads it. A message of no known format is shown as UTF-8. */
export function originalOf(
  { sources, format }: Readers,
  { format: id, source, body, place, whole, wholeHref }: Asked,
): OriginalModel {
  const language = format(id)
  const speaker = sources.get(source)
  const text = language && speaker ? language.text(body, speaker) : new TextDecoder().decode(body)
  const span = place === undefined || place === '' ? null : (language?.locate(text, place) ?? null)
  return {
    text,
    whole,
    wholeHref,
    ...(place === undefined ? {} : { place }),
    ...(span === null ? {} : { highlight: span }),
  }
}
