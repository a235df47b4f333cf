/** The time now. Handed in, so that tests choose it; only `server.ts` and `cli/` read the real one. */
export type Clock = () => Date

/** An instant as ISO 8601 text with offset or Z, e.g. `2026-11-22T10:20:00.000Z`. */
export type Instant = string

/** A calendar day as `YYYY-MM-DD`, with no time zone. */
export type Day = string
