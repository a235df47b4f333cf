/**
 * The ten staff tasks of the UI guide (§6), in its words, with the presses that each may take from the start page, typing free. What each
 * costs is held by `test/flows/budgets.test.ts` (bytes, nodes, statements of the pages that are passed) and by the journeys in the browser.
 */
export type StaffTask = {
  readonly words: string
  readonly clicks: number
  /** The pages that are passed, by what their addresses end in; absent: the journey itself measures them. */
  readonly passes?: readonly RegExp[]
  /** SQL statements of all of them together, those of sessions, of the trail and of what keeps the worklist up to date among them. */
  readonly statements?: number
  /** There is no such work yet: it comes with advice and referrals. */
  readonly later?: true
}

const found = /\/staff\/find\/[^/]+$/
const record = /\/staff\/patients\/[a-z0-9]{20}$/

export const staffTasks = [
  { words: 'Open a patient by NHS number', clicks: 1, passes: [found, record], statements: 13 },
  { words: 'See allergies', clicks: 1, passes: [found, record], statements: 13 },
  { words: 'See current medicines', clicks: 1, passes: [found, record], statements: 13 },
  {
    words: 'See the latest result and its trend',
    clicks: 2,
    passes: [found, record, /\/tests\/potassium$/],
    statements: 20,
  },
  { words: 'Read the last discharge letter', clicks: 2, passes: [found, record, /\/letters\/[^/]+$/], statements: 19 },
  { words: 'Ask a specialist for advice', clicks: 4, later: true },
  { words: 'Refer', clicks: 5, later: true },
  {
    words: 'Answer the top worklist item',
    clicks: 2,
    passes: [/\/staff$/, /\/worklist\/result-[^/]+$/],
    statements: 50,
  },
  {
    words: 'See what happened since I last looked',
    clicks: 2,
    passes: [found, record, /\/compare$/],
    statements: 27,
  },
  { words: 'Emergency access', clicks: 3 },
] as const satisfies readonly StaffTask[]

/** How many presses the UI guide allows for this task, which is one of its ten. */
export function clicksOf(words: (typeof staffTasks)[number]['words']): number {
  const task = staffTasks.find((one) => one.words === words)
  if (task === undefined) throw new Error(`${words} is no task of the UI guide`)
  return task.clicks
}
