/**
 * Benchmarks: `npm run bench -- <name>`. Each prints one JSON line with rates, percentiles, processor time and the ratio to its floor,
 * measured in the same run. Compare ratios, not seconds: machines differ and are shared.
 */

import { auditSeal } from './audit-seal.ts'
import { fhirRead } from './fhir-read.ts'
import { find } from './find.ts'
import { ingestFhir } from './ingest-fhir.ts'
import { ingestHl7 } from './ingest-hl7.ts'
import { recordPage } from './record-page.ts'
import { slowKit } from './slow-kit.ts'
import { start } from './start.ts'

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<object>>> = {
  'ingest-hl7': ingestHl7,
  'ingest-fhir': ingestFhir,
  'record-page': recordPage,
  find,
  'fhir-read': fhirRead,
  'audit-seal': auditSeal,
  'slow-kit': slowKit,
  start,
}

const [name = '', ...args] = process.argv.slice(2)
const bench = benches[name]
if (!bench) {
  console.error(`npm run bench -- <name>, one of: ${Object.keys(benches).join(', ')}`)
  process.exitCode = 2
} else {
  console.log(JSON.stringify({ bench: name, ...(await bench(args)) }))
}
