/** Why somebody was not let in. Each has words of its own on the page; `why` is for the trail and names no more than a code. */
export type Refusal =
  | 'not-finished' //       they turned back at the provider
  | 'consent-not-given' //  NHS login: they did not agree to share their details
  | 'provider-error' //     the provider refused what we asked
  | 'provider-away' //      the provider could not be reached
  | 'not-trusted' //        what came back does not hold: signature, state, nonce, issuer, time, code
  | 'expired' //            begun too long ago, or finished already
  | 'too-weak' //           proven less well than we ask for
  | 'needs-proof' //        NHS login below P9: they may prove who they are, and come again
  | 'too-young'
  | 'no-role' //            no role that may work here
  | 'other-organisation' // the role is of an organisation that does not share this record
  | 'not-their-role' //     the role chosen is none of theirs
  | 'other-person' //       the account was another person's before

export type Refused = { readonly refused: Refusal; readonly why: string }

export function isRefused(outcome: object): outcome is Refused {
  return 'refused' in outcome
}
