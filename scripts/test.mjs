// Runs everything that `npm test` promises, browser tests included, and closes with one line: N passed, N failed.
// As root it installs Chromium from Debian's packages when there is none; otherwise it says what is lacking (in CI that is a failure).
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const only = process.argv.slice(2)

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
}

function installChromium() {
  const apt = (args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  console.log("Installing Chromium from Debian's packages for the browser tests …")
  return apt(['update', '-q']) && apt(['install', '-y', '-q', '--no-install-recommends', 'chromium'])
}

let chromium = findChromium()
if (!chromium && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && installChromium())
  chromium = findChromium()
if (!chromium) {
  console.error(
    'CHROMIUM IS ABSENT: the browser tests do not run. Install it (apt-get install chromium) or name it in CHROMIUM.',
  )
  if (process.env.CI) process.exit(1)
}

const run = (program, args, env) =>
  spawnSync(join(root, 'node_modules', '.bin', program), args, { cwd: root, stdio: 'inherit', env }).status ?? 1

// The journeys run the built program, as its users do.
if (spawnSync('node', [join(root, 'scripts', 'build.mjs'), '--if-stale'], { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exit(1)

const folder = mkdtempSync(join(tmpdir(), 'throughline-results-'))
const results = join(folder, 'results.json')
const status = run(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...only],
  { ...process.env, ...(chromium ? { CHROMIUM: chromium } : {}) },
)

let passed = 0
let failed = 1
let skipped = 0
if (existsSync(results)) {
  const report = JSON.parse(readFileSync(results, 'utf8'))
  passed = report.numPassedTests
  skipped = report.numPendingTests + report.numTodoTests
  // A file that could not be loaded has no tests to count, yet it failed.
  failed =
    report.numFailedTests +
    report.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
    ).length
}
if (status !== 0 && failed === 0) failed = 1
rmSync(folder, { recursive: true, force: true })
console.log(
  skipped > 0 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : `${passed} passed, ${failed} failed`,
)
process.exit(failed === 0 ? 0 : 1)
