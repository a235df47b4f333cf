/** How entries that were written here are known again: by us when we change them, by receivers, and when a source tells them back to us. */

/** Identifier system of every entry written here; the value is unique for ever. */
export const entrySystem = 'urn:throughline:entry'

/** Our name where HL7 v2 wants one: MSH-3, and the authority (EI-2) of the numbers that we give. */
export const ownApplication = 'THROUGHLINE'

/** The sources under which entries written here are kept: one for each organisation whose staff write. */
export function isOwnSource(id: string): boolean {
  return id.startsWith(ownSourcePrefix)
}

export const ownSourcePrefix = 'throughline-'
