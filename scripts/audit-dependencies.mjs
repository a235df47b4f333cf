/**
 * Asks the registry whether a weakness is known in what runs in production. Exit 1: one is, of high or critical severity. Without a network it
 * says loudly that nothing was asked, and exits 0: no build may depend on another's machine. AUDIT_MUST_ANSWER=true makes that exit 2.
 */
import { spawnSync } from 'node:child_process'

const asked = spawnSync('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=1', '--fetch-timeout=20000'], {
  encoding: 'utf8',
  timeout: 90_000,
})
let found
try {
  found = JSON.parse(asked.stdout).metadata?.vulnerabilities
} catch {
  found = undefined
}
if (!found) {
  console.error(
    '\n*** DEPENDENCIES WERE NOT AUDITED: the registry gave no answer. Nothing is known of new weaknesses. ***\n',
  )
  process.exit(process.env.AUDIT_MUST_ANSWER === 'true' ? 2 : 0)
}
console.log(`Known weaknesses in production dependencies: ${JSON.stringify(found)}`)
process.exit(found.high + found.critical > 0 ? 1 : 0)
