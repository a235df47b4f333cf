/** What an app may do with one person's record: read and search, by resource type. @see SMART App Launch 2.2, scopes for clinical data */

const forms: Readonly<Record<string, string>> = { read: 'rs', '*': 'rs' }

/** Whether any of the scopes lets the app read (r) or search (s) this type. A scope narrowed by a query grants nothing here. */
export function grantsAppScope(scopes: readonly string[], right: 'r' | 's', type: string): boolean {
  return scopes.some((scope) => {
    const [, of = '', said = ''] = /^patient\/(\*|[A-Z][A-Za-z]+)\.(\*|read|rs|r|s)$/.exec(scope) ?? []
    return (of === '*' || of === type) && (forms[said] ?? said).includes(right)
  })
}

/** Every scope that an app can be given, for these types. */
export function allAppScopes(types: readonly string[]): readonly string[] {
  const clinical = ['*', ...types].flatMap((type) =>
    ['rs', 'r', 's', 'read'].map((right) => `patient/${type}.${right}`),
  )
  return ['openid', 'fhirUser', 'profile', 'offline_access', 'launch/patient', ...clinical]
}

/** The scopes as people read them before they say yes. */
export function scopeWords(scopes: readonly string[]): readonly string[] {
  const types = scopes.flatMap((scope) => /^patient\/(\*|[A-Z][A-Za-z]+)\./.exec(scope)?.[1] ?? [])
  const words = types.includes('*')
    ? ['Read all of the record that is shown here']
    : [...new Set(types)].map(
        (type) => `Read this of the record: ${type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()}`,
      )
  if (scopes.includes('openid') || scopes.includes('fhirUser')) words.push('Know who you are')
  if (scopes.includes('offline_access')) words.push('Do so also while you are not using it, until you stop it')
  return words
}
