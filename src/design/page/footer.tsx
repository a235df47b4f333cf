import type { Safe } from '../jsx/jsx-runtime.ts'
import type { Shell } from './page.tsx'

export type FooterLink = { readonly text: string; readonly href: string }

/** The feedback strip, the links and, in the demo area, the words that everyone is made up. @see nhsuk footer */
export function Footer({ shell }: { readonly shell: Pick<Shell, 'footer' | 'feedback' | 'notes' | 'demo'> }): Safe {
  const synthetic = shell.demo ? ['Synthetic data: all people and records shown here are made up.'] : []
  const notes = [...(shell.notes ?? []), ...synthetic]
  return (
    <footer class="nhsuk-footer" role="contentinfo">
      {shell.feedback === undefined ? undefined : (
        <div class="app-feedback">
          <div class="nhsuk-width-container">
            <a href={shell.feedback}>Is this page getting in your way? Tell us</a>
          </div>
        </div>
      )}
      <div class="nhsuk-width-container">
        <div class="nhsuk-footer__navigation">
          <ul class="nhsuk-footer__list app-footer__list">
            {shell.footer.map(({ text, href }) => (
              <li class="nhsuk-footer__list-item">
                <a class="nhsuk-footer__list-item-link" href={href}>
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </div>
        {notes.length > 0 ? (
          <div class="nhsuk-footer__meta">
            {notes.map((note) => (
              <p class="nhsuk-body-s">{note}</p>
            ))}
          </div>
        ) : undefined}
      </div>
    </footer>
  )
}
