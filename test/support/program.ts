import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

/** The built program as its users run it: a process of its own, with its own private PostgreSQL and ports. */
export type Program = {
  readonly folder: string
  readonly url: string
  readonly port: number
  readonly mllpPort: number
  /** Starts it and waits until it is ready. @returns milliseconds until it was */
  start(): Promise<number>
  /** SIGKILL, as a power cut to this process would be; the private PostgreSQL goes on. */
  kill(): Promise<void>
  /** SIGKILL to the private PostgreSQL, under the running server. */
  killDatabase(): void
  /** Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>
  /** All that it printed so far. */
  readonly printed: () => string
}

export async function aProgram(environment: Readonly<Record<string, string>> = {}): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-program-'))
  const [port, mllpPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let text = ''

  function ended(): Promise<number | null> {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null)
      return Promise.resolve(running?.exitCode ?? null)
    return new Promise((done) => running.once('exit', (code) => done(code)))
  }

  const program: Program = {
    folder,
    url,
    port,
    mllpPort,
    printed: () => text,
    async start() {
      const began = performance.now()
      child = spawn(process.execPath, [main, 'serve'], {
        env: {
          ...process.env,
          DATA_DIR: folder,
          PORT: String(port),
          MLLP_PORT: String(mllpPort),
          DEMO_PEOPLE: '0',
          LOG_LEVEL: 'warn',
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child.stdout?.on('data', (chunk) => {
        text += chunk
      })
      child.stderr?.on('data', (chunk) => {
        text += chunk
      })
      for (;;) {
        const ready = await fetch(`${url}/ready`).then(
          (answer) => answer.ok,
          () => false,
        )
        if (ready) return performance.now() - began
        if (child.exitCode !== null) throw new Error(`the program ended while starting: ${text}`)
        if (performance.now() - began > 60_000) throw new Error(`the program did not become ready: ${text}`)
        await new Promise((done) => setTimeout(done, 15))
      }
    },
    async kill() {
      const gone = ended()
      child?.kill('SIGKILL')
      await gone
    },
    killDatabase() {
      const pid = Number(readFileSync(join(folder, 'postgres', 'files', 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 'SIGKILL')
    },
    async stop() {
      const gone = ended()
      child?.kill('SIGINT')
      return await gone
    },
  }
  afterAll(async () => {
    // Whatever the tests did to it, nothing of it stays behind.
    if (child && child.exitCode === null && child.signalCode === null) await program.stop()
    else
      await program.start().then(
        () => program.stop(),
        () => {},
      )
    rmSync(folder, { recursive: true, force: true })
  })
  return program
}

async function freePort(): Promise<number> {
  return await new Promise((done, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
