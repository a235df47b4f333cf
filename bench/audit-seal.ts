import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeMonths, parseSealKeys, recordAudit, rotateKeys, sealOnce, verifyTrail } from '../src/audit/index.ts'
import { migrate, openPool, startEmbeddedPostgres } from '../src/store/index.ts'
import { percentiles, rounded } from './figures.ts'

const seconds = 8
const wanted = 10_000

/** Lines are written at 10,000 a second, two hundred a transaction, and sealed meanwhile as the server does. */
export async function auditSeal(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-seal-'))
  chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
  const pool = openPool({ ...server.connection, max: 6 })
  try {
    await migrate(pool, migrations())
    await makeMonths(pool, new Date())
    const keys = parseSealKeys(rotateKeys(''), 'bench')
    if (!keys.ok) throw new Error('no key')
    const clock = () => new Date()
    const began = performance.now()
    let written = 0
    let writing = true
    const lags: number[] = []
    const passes: number[] = []
    const sealing = (async () => {
      while (writing) {
        await new Promise((done) => setTimeout(done, 400))
        const start = performance.now()
        const sealed = await sealOnce(pool, { keys: keys.value, clock })
        passes.push(performance.now() - start)
        if (sealed) lags.push(400 + performance.now() - start)
      }
    })()
    const cpu = process.cpuUsage()
    while (performance.now() - began < seconds * 1_000) {
      const due = Math.floor(((performance.now() - began) / 1_000) * wanted) - written
      if (due < 200) {
        await new Promise((done) => setTimeout(done, 4))
        continue
      }
      await pool.begin((tx) =>
        recordAudit(
          tx,
          Array.from({ length: 200 }, (_, n) => line(written + n)),
        ),
      )
      written += 200
    }
    const took = (performance.now() - began) / 1_000
    writing = false
    await sealing
    for (;;) if (!(await sealOnce(pool, { keys: keys.value, clock }))) break
    const node = process.cpuUsage(cpu)
    const start = performance.now()
    const verified = await verifyTrail(pool, { keys: keys.value.all })
    return {
      writtenPerSecond: rounded(written / took),
      sealMs: percentiles(passes),
      behindMsAtMost: rounded(Math.max(...lags)),
      nodeMicrosecondsALine: rounded((node.user + node.system) / written, 1),
      verified: {
        lines: verified.lines,
        findings: verified.findings.length,
        perSecond: rounded(verified.lines / ((performance.now() - start) / 1_000)),
      },
    }
  } finally {
    await pool.end()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function line(n: number) {
  return {
    at: new Date(),
    action: 'R' as const,
    what: 'fhir-read',
    actor: { kind: 'system' as const, id: `system-${n % 5}`, name: 'A system' },
    purpose: 'HOPERAT' as const,
    outcome: 0 as const,
    person: `person-${n % 1_000}`,
    detail: { id: `observation-${n}`, interaction: 'read', type: 'Observation' },
    address: '10.0.0.1',
    requestId: `request-${n}`,
  }
}

function migrations(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'package.json'))) at = dirname(at)
  return join(at, 'migrations')
}
