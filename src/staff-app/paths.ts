/** Every address of the staff app, once. Ids in them are opaque: never an NHS number, a name or a date of birth. */
export const base = '/staff'

const within = (...parts: readonly string[]): string => [base, ...parts.map(encodeURIComponent)].join('/')

export const paths = {
  home: base,
  signIn: within('sign-in'),
  signOut: within('sign-out'),
  signedOut: within('signed-out'),
  find: within('find'),
  found: (result: string): string => within('find', result),
  recent: within('recent'),
  help: within('help'),
  feeds: within('feeds'),
  feed: (source: string): string => within('feeds', source),
  message: (id: string): string => within('messages', id),
  /** The original message with the field behind one element of a fact marked. */
  lineage: (type: string, id: string, element?: string): string =>
    within('lineage', type, id) + (element === undefined ? '' : `?element=${encodeURIComponent(element)}`),
  identity: within('identity'),
  review: (id: string): string => within('identity', id),
  decideReview: (id: string): string => within('identity', id, 'decide'),
  undoMerge: (id: string): string => within('identity', 'merges', id, 'undo'),
  /** One person's record; `section` as in ui.md §3: '', 'timeline', 'problems', 'tests', … */
  patient: (person: string, ...section: readonly string[]): string => within('patients', person, ...section),
} as const
