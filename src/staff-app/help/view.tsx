import type { Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { StaffPage, type StaffShell } from '../shell.tsx'

/** How to use this service, in the same place on every page (WCAG 3.2.6). */
export function helpView({ shell }: { readonly shell: StaffShell }): Safe {
  return (
    <StaffPage shell={shell} title={['Help']} at="none">
      <h1>Help</h1>
      <h2>Find somebody</h2>
      <p>
        Go to <a href={paths.find}>Find a patient</a> and type an NHS number, or any of name, date of birth and
        postcode. Write dates as 14/5/1958 or 14 May 1958.
      </p>
      <h2>Where a fact came from</h2>
      <p>
        Every fact says which organisation it is from and when it reached us. Press that line to see the original
        message with the very field marked, and the rule that read it.
      </p>
      <h2>If the screen is small, the line slow, or the mouse gone</h2>
      <p>
        Every page works <a href={paths.keyboard}>from the keyboard</a>, in browsers as old as Chrome 109 and Firefox
        115, without scripts, and at four times its size. Nothing waits for a live connection: where a page may change
        it says when it was last updated, beside Refresh.
      </p>
      <h2>What the words mean</h2>
      <p>
        Clinical words are explained under <a href={paths.words()}>What words mean</a>. Beside some of them stands
        “What’s this?”.
      </p>
      <ul>
        <li>“None recorded” means that organisations answered, and none has any.</li>
        <li>“Not recorded” means that nobody filled this in. It does not mean no.</li>
        <li>“Not available now” means that an organisation did not answer.</li>
        <li>“No known allergies” stands only where somebody recorded that.</li>
      </ul>
      <h2>Who can see that I looked</h2>
      <p>
        Every record you open is written down with your name, role, the time and the reason. The patient can see it.
      </p>
      <h2>Something is wrong</h2>
      <p>
        If a record seems to hold two people, or one person has two records, it may already wait under{' '}
        <a href={paths.identity}>Identity</a>. If a message could not be read, it waits under{' '}
        <a href={paths.feeds}>Feeds</a> with the reason and what to do.
      </p>
      <h2>Who to ask</h2>
      <ul>
        <li>What a record says: the organisation named under the fact. Only it can correct what it sent.</li>
        <li>Which record is whose: your identity officer. Messages that wait: your integration analyst.</li>
        <li>Who looked, and whether they should have: your privacy officer.</li>
        <li>
          A slow or broken device, or you cannot sign in: your service desk. Give the number that an error page shows.
        </li>
      </ul>
    </StaffPage>
  )
}
