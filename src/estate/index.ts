/**
 * Estate: the kit that people work on, and how long it takes from power-on to the first useful page.
 * Owns the tables of migration 0011. Written by the start-up scripts of `deploy/start-up/` and by the browser, both by way of the staff app;
 * read by its page. About devices only: never holds who used one, an address, or anything of a patient.
 */
export { readStartTimes, type SiteTimes, type SlowDevice, type StartTimes, startBands } from './read-times.ts'
export {
  noteFirstPage,
  notePageTimes,
  openStart,
  type PageTimes,
  parsePageTimes,
  parseStartReport,
  recordStart,
  type StartKey,
  type StartReport,
} from './starts.ts'
