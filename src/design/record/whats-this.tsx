import type { Safe } from '../jsx/jsx-runtime.ts'
import { type Term, termIn } from '../words/glossary.ts'

/**
 * “What’s this?” beside a clinical word: one press opens its meaning in place, without script. Nothing where no term is known.
 * @param of a term's id's word or a name that holds one: `Serum creatinine`
 */
export function WhatsThis({ of }: { readonly of: string }): Safe {
  const term = termIn(of)
  return term ? <Meaning term={term} /> : <></>
}

function Meaning({ term: { name, meaning } }: { readonly term: Term }): Safe {
  return (
    <details class="app-whats">
      <summary>What’s {name}?</summary>
      <p>{meaning}</p>
    </details>
  )
}

/** A name in a dense list with its meaning one page away: a link beside it costs two nodes only. @param page address of the page of words */
export function WordLink({ of, page }: { readonly of: string; readonly page: (id: string) => string }): Safe {
  const term = termIn(of)
  return term ? <a href={page(term.id)}>What’s {term.name}?</a> : <></>
}
