/**
 * Loaded before a program with `node --import`, makes its clock begin at `CLOCK_STARTS_AT` (ISO 8601) and go on from there, so that
 * pictures taken on different days differ only by what was changed. For pictures and trials, never for a real record.
 */
const started = Date.parse(process.env.CLOCK_STARTS_AT ?? '')
if (!Number.isFinite(started)) throw new Error('CLOCK_STARTS_AT is no moment. Write it as 2026-11-22T10:20:00Z.')
const RealDate = Date
const behind = RealDate.now() - started

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() - behind)
    else super(...given)
  }
  static now() {
    return RealDate.now() - behind
  }
}
