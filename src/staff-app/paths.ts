/** Every address of the staff app, once. Ids in them are opaque: never an NHS number, a name or a date of birth. */
export const base = '/staff'

/** As the router knows them, within `base`. */
export const routes = {
  home: '/',
  signIn: '/sign-in',
  signInStart: '/sign-in/start',
  signInBack: '/sign-in/back',
  signInRole: '/sign-in/role',
  signOut: '/sign-out',
  signOutByProvider: '/sign-out/by-provider',
  signOutAtProvider: '/sign-out/at-provider',
  signedOut: '/signed-out',
  switchUser: '/switch-user',
  session: '/session',
  sessionLeft: '/session/left',
  sessionStay: '/session/stay',
  confirm: '/confirm',
  confirmStart: '/confirm/start',
  drafts: '/drafts',
  draft: '/drafts/:draft',
  find: '/find',
  found: '/find/:result',
  recent: '/recent',
  connect: '/connect/:uid',
  worklist: '/worklist',
  workItem: '/worklist/:item',
  lists: '/lists',
  ward: '/lists/ward/:ward',
  practice: '/lists/practice',
  keptList: '/lists/:list',
  listPeople: '/lists/:list/people',
  help: '/help',
  keyboard: '/help/keyboard',
  words: '/help/words',
  estate: '/estate',
  starts: '/estate/starts',
  start: '/estate/starts/:device/:start',
  pageTimes: '/estate/page-times',
  feeds: '/feeds',
  feed: '/feeds/:source',
  message: '/messages/:message',
  delivery: '/deliveries/:delivery',
  fact: '/patients/:person/facts/:type/:id',
  identity: '/identity',
  review: '/identity/:review',
  links: '/identity/people/:person',
  undoMerge: '/identity/merges/:merge/undo',
  emergency: '/patients/:person/emergency',
  accessReviews: '/assurance/reviews',
  accessReview: '/assurance/reviews/:use',
  policy: '/assurance/policy',
  policyQuestion: '/assurance/policy/question',
  trail: '/assurance/trail',
  trailExport: '/assurance/trail/export',
  trailLine: '/assurance/trail/lines/:line',
  trailProof: '/assurance/trail/lines/:line/proof',
} as const

/** As pages link to them. */
export const paths = {
  home: base,
  signIn: base + routes.signIn,
  signInStart: base + routes.signInStart,
  signInRole: base + routes.signInRole,
  signOut: base + routes.signOut,
  signOutAtProvider: base + routes.signOutAtProvider,
  signedOut: base + routes.signedOut,
  switchUser: base + routes.switchUser,
  /** When the session ends. */
  session: base + routes.session,
  /** Where somebody proves again who they are. */
  confirm: base + routes.confirm,
  confirmStart: base + routes.confirmStart,
  /** What somebody had written when their session ended. */
  draft: (draft: string): string => fill(routes.draft, draft),
  find: base + routes.find,
  found: (result: string): string => fill(routes.found, result),
  recent: base + routes.recent,
  /** Where somebody decides whether an app may read a record. */
  connect: (uid: string): string => fill(routes.connect, uid),
  worklist: base + routes.worklist,
  /** `workItem('result', id)`: one thing that waits. */
  workItem: (kind: string, id: string): string => fill(routes.workItem, `${kind}-${id}`),
  lists: base + routes.lists,
  ward: (ward: string): string => fill(routes.ward, ward),
  practice: base + routes.practice,
  /** `caseload`, or the id of a team's list. */
  keptList: (list: string): string => fill(routes.keptList, list),
  listPeople: (list: string): string => fill(routes.listPeople, list),
  help: base + routes.help,
  keyboard: base + routes.keyboard,
  /** What a word means: `paths.words('egfr')` leads to it. */
  words: (id?: string): string => base + routes.words + (id === undefined ? '' : `#${id}`),
  /** How long devices take to start. */
  estate: base + routes.estate,
  start: (device: string, start: string): string => fill(routes.start, device, start),
  feeds: base + routes.feeds,
  feed: (source: string): string => fill(routes.feed, source),
  message: (message: string): string => fill(routes.message, message),
  /** An entry on its way to another system. */
  delivery: (delivery: string): string => fill(routes.delivery, delivery),
  /** From a fact of a person's record back to the message that told it. */
  fact: (person: string, type: string, id: string): string => fill(routes.fact, person, type, id),
  identity: base + routes.identity,
  review: (review: string): string => fill(routes.review, review),
  /** Which sources' Patients are this person, since when and why, and the merges that can be undone. */
  links: (person: string): string => fill(routes.links, person),
  undoMerge: (merge: string): string => fill(routes.undoMerge, merge),
  /** Uses of emergency access, and one of them. */
  accessReviews: base + routes.accessReviews,
  accessReview: (use: string): string => fill(routes.accessReview, use),
  policy: base + routes.policy,
  policyQuestion: base + routes.policyQuestion,
  trail: base + routes.trail,
  trailExport: base + routes.trailExport,
  trailLine: (line: string): string => fill(routes.trailLine, line),
  trailProof: (line: string): string => fill(routes.trailProof, line),
  /** One person's record: `paths.patient(id)` is the summary; sections as in ui.md §3: 'timeline', 'tests', key … */
  patient: (person: string, ...section: readonly string[]): string =>
    [base, 'patients', ...[person, ...section].map(encodeURIComponent)].join('/'),
} as const

function fill(route: string, ...values: readonly string[]): string {
  const left = [...values]
  return base + route.replaceAll(/:\w+/g, () => encodeURIComponent(left.shift() ?? ''))
}
