import { Pagination, type Safe } from '../../design/index.ts'

/** About so many elements of entries on one page; the banner, links and headings come on top (ui.md §6). */
const costMax = 640

/** One page of entries of unlike length: as many as fit, at least one. @param page from 1 */
export function pagesOf<T>(
  all: readonly T[],
  cost: (item: T) => number,
  page: number,
  href: (page: number) => string,
): { readonly rows: readonly T[]; readonly links: Safe; readonly words: string; readonly first: boolean } {
  const pages: T[][] = [[]]
  let spent = 0
  for (const item of all) {
    const price = cost(item)
    if (spent > 0 && spent + price > costMax) {
      pages.push([])
      spent = 0
    }
    pages.at(-1)?.push(item)
    spent += price
  }
  const at = Math.min(Math.max(1, page), pages.length)
  const neighbour = (number: number) =>
    number < 1 || number > pages.length ? undefined : { href: href(number), page: `${number} of ${pages.length}` }
  return {
    rows: pages[at - 1] ?? [],
    links: Pagination({ previous: neighbour(at - 1), next: neighbour(at + 1) }),
    words: pages.length === 1 ? '' : `Page ${at} of ${pages.length}`,
    first: at === 1,
  }
}
