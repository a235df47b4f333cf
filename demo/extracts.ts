import type { SourceSettings } from '../src/feeds/index.ts'

type Extracts = NonNullable<SourceSettings['csv']>

export const communityExtracts: Extracts = {}
export const councilExtracts: Extracts = {}
