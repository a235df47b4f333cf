/**
 * Demo: Riverton, an area that does not exist.
 * Invents people, their lives and what eight systems would send about them, from a seed; sends it through the real doors.
 * Called by the command line. Never touches a table, never tells a real person's story: everything it makes says "synthetic".
 */
export { type Area, type AreaNeeds, demoArea } from './area.ts'
export { type AwkwardTruth, awkwardTruths, type CaseName } from './awkward.ts'
export { type DemoPatient, demoPatients } from './patients.ts'
export { openHospital } from './receive/hospital.ts'
export { openPractice } from './receive/practice.ts'
export { type AreaAddress, type SendProgress, sendArea } from './send/send-area.ts'
export { accepting, demoSources, organisations, type SourceId } from './sources.ts'
export { type DemoStaff, demoStaff, type StaffRole } from './staff.ts'
export { type DemoStart, demoStarts } from './starts.ts'
export type { DemoMessage } from './write/message.ts'
export { writeArea } from './write-area.ts'
