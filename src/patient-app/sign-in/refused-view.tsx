import type { Safe } from '../../design/index.ts'
import type { Refusal } from '../../sign-in/index.ts'
import { paths } from '../paths.ts'
import { PatientPage, type PatientShell } from '../shell.tsx'

type Words = { readonly heading: string; readonly why: string; readonly next: string }

const again = 'You can try again.'
const trouble: Words = {
  heading: 'You are not signed in',
  why: 'Something went wrong while you signed in.',
  next: again,
}

/** What happened and what to do, in plain words. The page shows nothing that NHS login said of anybody. */
const words: Readonly<Record<Refusal, Words>> = {
  'not-finished': { heading: 'You did not finish signing in', why: 'You turned back at NHS login.', next: again },
  'consent-not-given': {
    heading: 'You chose not to share your NHS login details',
    why: 'Without them we cannot know whose record is yours, so we cannot show it.',
    next: 'If you change your mind, sign in again and agree to share. To use your record without NHS login, ask your GP practice.',
  },
  'provider-error': trouble,
  'provider-away': {
    heading: 'NHS login cannot be reached now',
    why: 'Nobody can sign in until it answers.',
    next: 'Try again in a few minutes.',
  },
  'not-trusted': {
    ...trouble,
    next: 'Go back and start again from this page, not from a link that somebody sent you.',
  },
  expired: { heading: 'Signing in took too long', why: 'For your safety you have 10 minutes.', next: again },
  'too-weak': {
    heading: 'You need a safer way to sign in',
    why: 'Your health record needs your password with a security code, or a passkey.',
    next: 'Sign in again and choose one of these.',
  },
  'needs-proof': {
    heading: 'You need to prove who you are',
    why: 'Your NHS login works, but it has not proved who you are yet. A health record is shown only after that.',
    next: 'NHS login can do this now: you need photo identification, or the details your GP practice gave you.',
  },
  'too-young': {
    heading: 'You are too young to sign in here',
    why: 'You need to be 13 or over to see your record by yourself.',
    next: 'Ask a parent or carer, or your GP practice.',
  },
  'no-role': trouble,
  'other-organisation': trouble,
  'not-their-role': trouble,
  'other-person': {
    heading: 'We cannot be sure which record is yours',
    why: 'This NHS login was used before with other details than it has now.',
    next: 'We show nothing until a person has checked it. Ask your GP practice.',
  },
}

export function refusedView({ shell, refused }: { readonly shell: PatientShell; readonly refused: Refusal }): Safe {
  const { heading, why, next } = words[refused]
  return (
    <PatientPage shell={shell} title={heading} at="none" failed>
      <h1>{heading}</h1>
      <p class="app-lead">{why}</p>
      <p>{next}</p>
      <p>
        {refused === 'needs-proof' ? (
          <a class="nhsuk-button" href={`${paths.signInStart}?prove=yes`}>
            Prove who you are with NHS login
          </a>
        ) : (
          <a class="nhsuk-button" href={paths.signIn}>
            Back to sign in
          </a>
        )}
      </p>
    </PatientPage>
  )
}
