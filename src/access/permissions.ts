/**
 * Who may do what. This is the whole table: a privacy officer can read it here, and change it nowhere else.
 * Roles come from the identity provider's configuration, not from national role codes (facts/access-and-safety.md §3).
 */
export type Permission =
  | 'find-people' //      look for a person by name, birth date, NHS number, postcode
  | 'open-record' //      open a person's record, and from a fact the message that told it
  | 'see-safeguarding' // what safeguarding entries say; without it they stand as "Hidden"
  | 'write-record' //     add to a person's record, and correct or withdraw what one wrote
  | 'see-worklist' //     what waits for oneself, one's team and one's organisation
  | 'answer-results' //   acknowledge a result, and take that back
  | 'do-tasks' //         make a task about a person, hand it over, complete it
  | 'see-lists' //        lists of people: own caseload, one's wards, practice and teams
  | 'see-feeds' //        which feeds are healthy, what waits and why
  | 'read-messages' //    read a message as it came: it holds patients' data
  | 'mend-feeds' //       replay, set aside, change a source
  | 'settle-identity' //  decide whether two Patients are one person; merge and undo
  | 'read-trail' //       who looked at what, about anybody
  | 'review-access' //    uses of emergency access, to be reviewed
  | 'manage-policy' //    read, try and change who may see what
  | 'see-progress' //     figures that name nobody
  | 'see-estate' //       how long devices take to start, by device and site

export type StaffRole = keyof typeof staffPermissions

export const staffPermissions = {
  clinician: [
    'find-people',
    'open-record',
    'write-record',
    'see-safeguarding',
    'see-worklist',
    'answer-results',
    'do-tasks',
    'see-lists',
    'see-progress',
  ],
  nurse: [
    'find-people',
    'open-record',
    'write-record',
    'see-safeguarding',
    'see-worklist',
    'answer-results',
    'do-tasks',
    'see-lists',
    'see-progress',
  ],
  pharmacist: ['find-people', 'open-record', 'write-record', 'see-worklist', 'do-tasks', 'see-lists', 'see-progress'],
  'social-worker': [
    'find-people',
    'open-record',
    'see-safeguarding',
    'see-worklist',
    'do-tasks',
    'see-lists',
    'see-progress',
  ],
  'integration-analyst': ['see-feeds', 'read-messages', 'mend-feeds', 'see-worklist', 'see-progress', 'see-estate'],
  'identity-officer': ['find-people', 'settle-identity', 'read-messages', 'see-worklist', 'see-progress'],
  'privacy-officer': ['find-people', 'read-trail', 'review-access', 'manage-policy', 'see-worklist', 'see-progress'],
  'booking-clerk': ['find-people', 'see-progress'],
  'digital-leader': ['see-feeds', 'see-progress', 'see-estate'],
} as const satisfies Readonly<Record<string, readonly Permission[]>>

/** As people say it. */
export const roleNames: Readonly<Record<StaffRole, string>> = {
  clinician: 'Clinician',
  nurse: 'Nurse',
  pharmacist: 'Pharmacist',
  'social-worker': 'Social worker',
  'integration-analyst': 'Integration analyst',
  'identity-officer': 'Identity officer',
  'privacy-officer': 'Privacy officer',
  'booking-clerk': 'Booking clerk',
  'digital-leader': 'Digital leader',
}

export function isStaffRole(text: string): text is StaffRole {
  return Object.hasOwn(staffPermissions, text)
}

/** Whether a role grants a permission: for showing or hiding a way there. The door itself checks again. */
export function mayStaff(role: StaffRole, permission: Permission): boolean {
  const granted: readonly Permission[] = staffPermissions[role]
  return granted.includes(permission)
}
