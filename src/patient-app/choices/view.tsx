import { type ActsFor, basisWords, type Choice, mayEnd, type ProxyAccess, partWords } from '../../access/index.ts'
import { Button, dateAndTime, longDate, Notice, type Safe } from '../../design/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

type Shell = { readonly shell: PatientShell }

const doneWords: Readonly<Record<string, string>> = {
  object: 'Your record is not shared any more. You can change this at any time.',
  share: 'Your record is shared again with those who care for you.',
  ended: 'They cannot act for you any more. They were not told.',
}

/** Sharing or not, said plainly, with what each means; and who may act for me. */
export function choicesView({
  shell,
  choices,
  proxies,
  acting,
  done,
}: Shell & {
  readonly choices: readonly Choice[]
  readonly proxies: readonly ProxyAccess[]
  readonly acting: boolean
  readonly done: string
}): Safe {
  const [newest] = choices
  const objects = newest !== undefined && newest.until === null
  return (
    <PatientPage shell={shell} title="Choices" at="none">
      <h1>Choices about your record</h1>
      {!Object.hasOwn(doneWords, done) ? undefined : (
        <Notice kind="success">
          <p>{doneWords[done]}</p>
        </Notice>
      )}
      <h2>Sharing with people who care for you</h2>
      <p>
        <strong>
          {objects
            ? `You asked us not to share your record, on ${dateAndTime(newest.since)}.`
            : 'Your record is shared with people who care for you.'}
        </strong>
      </p>
      <p>If your record is not shared:</p>
      <ul>
        <li>staff who look after you cannot open it, and other systems are not given it</li>
        <li>
          in an emergency a doctor or nurse can still open it. They must say why, you will see it here, and somebody
          checks it
        </li>
        <li>your surgery and hospitals still have their own notes about you</li>
        <li>you still see it here</li>
      </ul>
      <p>People who treat you may not know about your allergies or medicines. Tell them yourself.</p>
      {acting ? (
        <p>Only the person themselves can change this here. They can also ask their surgery.</p>
      ) : (
        <form action={paths.choices} method="post" novalidate>
          {objects ? (
            <Button text="Share my record again" name="do" value="share" />
          ) : (
            <Button text="Do not share my record" look="secondary" name="do" value="object" />
          )}
        </form>
      )}
      {choices.length === 0 ? undefined : (
        <details class="nhsuk-details">
          <summary class="nhsuk-details__summary">
            <span class="nhsuk-details__summary-text">What you chose before</span>
          </summary>
          <div class="nhsuk-details__text">
            <ul>
              {choices.map(({ since, until }) => (
                <li>
                  Not shared from {dateAndTime(since)}
                  {until === null ? ' until now' : ` to ${dateAndTime(until)}`}
                </li>
              ))}
            </ul>
          </div>
        </details>
      )}
      <p>
        Research and planning is another choice, the national data opt-out. You make it at nhs.uk/your-nhs-data-matters.
        What you choose there holds here too.
      </p>
      <h2>People who can act for you</h2>
      {acting || proxies.length === 0 ? (
        <p>{acting ? 'Only the person themselves sees this.' : 'Nobody can act for you here.'}</p>
      ) : (
        <ul class="app-plain">
          {proxies.map((proxy) => (
            <li>
              <p>
                <strong>{proxy.basis === 'parent' ? 'A parent or guardian' : 'A carer or somebody you trust'}</strong>:{' '}
                {partWords[proxy.sees].toLowerCase()}, until {longDate(proxy.until.toISOString().slice(0, 10))}
              </p>
              <p class="app-quiet">
                Because: {basisWords[proxy.basis]}. Checked by {proxy.verifiedBy}.
              </p>
              {mayEnd(proxy) ? (
                <form action={paths.choices} method="post" novalidate>
                  <Button text="End this" look="secondary" name="proxy" value={proxy.id} />
                </form>
              ) : (
                <p>Ask your surgery if you want this to end.</p>
              )}
            </li>
          ))}
        </ul>
      )}
    </PatientPage>
  )
}

/** Whom I act for, and why not where I do not. */
export function peopleView({
  shell,
  people,
  acting,
}: Shell & {
  readonly people: readonly ActsFor[]
  readonly acting: { readonly proxy: string } | undefined
}): Safe {
  return (
    <PatientPage shell={shell} title="People you act for" at="none">
      <h1>People you act for</h1>
      {people.length === 0 ? (
        <p>
          You act for nobody here. To help a child or somebody you care for, ask their surgery. They check who you are
          and whether the person agrees.
        </p>
      ) : undefined}
      <ul class="app-plain">
        {people.map(({ id, name, sees, until, whyNot }) => (
          <li>
            <h2>{name}</h2>
            {whyNot === undefined ? (
              <>
                <p>
                  You see: {partWords[sees].toLowerCase()}, until {longDate(until.toISOString().slice(0, 10))}. Some
                  things stay between the person and their doctor.
                </p>
                {acting?.proxy === id ? (
                  <p>
                    <strong>You are acting for them now.</strong>
                  </p>
                ) : (
                  <form action={paths.people} method="post" novalidate>
                    <Button text={`Act for ${name}`} name="proxy" value={id} />
                  </form>
                )}
              </>
            ) : (
              <p>You cannot act for them now. {whyNot}.</p>
            )}
          </li>
        ))}
      </ul>
      {acting === undefined ? undefined : (
        <form action={paths.people} method="post" novalidate>
          <Button text="Stop, and go back to my own record" look="secondary" name="proxy" value="" />
        </form>
      )}
    </PatientPage>
  )
}
