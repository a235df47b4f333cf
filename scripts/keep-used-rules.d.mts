export type ClassesUsed = { readonly whole: ReadonlySet<string>; readonly beginnings: readonly string[] }
export function classesUsed(sources: readonly string[]): ClassesUsed
export function keepUsedRules(css: string, used: ClassesUsed): string
