import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = mainOf()

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
  /** Stops it, whatever was done to it, and removes its folder. */
  remove(): Promise<void>
  /** Processor time in microseconds so far: of the server, and of its database's processes. Linux only. */
  processorTime(): { readonly server: number; readonly database: number }
  /** Resident memory of the server in bytes. Linux only. */
  memory(): number
  /** All that it printed so far. */
  readonly printed: () => string
}

export async function aProgram(environment: Readonly<Record<string, string>> = {}): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-program-'))
  // As root the database runs under another account, which must be able to walk in.
  chmodSync(folder, 0o755)
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
      child = spawn(process.execPath, ['--max-semi-space-size=64', main, 'serve'], {
        env: {
          ...process.env,
          DATA_DIR: folder,
          PORT: String(port),
          MLLP_PORT: String(mllpPort),
          DEMO_PEOPLE: '0',
          LOG_LEVEL: 'warn',
          RATE_SESSION_MAX: '10000000',
          RATE_SYSTEM_MAX: '100000000',
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
    async remove() {
      if (child && child.exitCode === null && child.signalCode === null) await program.stop()
      // Killed: its database may still be running, and is stopped by a start that is stopped.
      else
        await program.start().then(
          () => program.stop(),
          () => {},
        )
      rmSync(folder, { recursive: true, force: true })
    },
    processorTime() {
      const postmaster = Number(
        readFileSync(join(folder, 'postgres', 'files', 'postmaster.pid'), 'utf8').split('\n')[0],
      )
      const all = processes()
      const sum = (chosen: (one: { readonly pid: number; readonly parent: number }) => boolean) =>
        all.filter(chosen).reduce((total, { time }) => total + time, 0)
      return {
        server: sum(({ pid }) => pid === child?.pid),
        database: sum(({ pid, parent }) => pid === postmaster || parent === postmaster),
      }
    },
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child?.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    async stop() {
      const gone = ended()
      child?.kill('SIGINT')
      return await gone
    },
  }
  return program
}

/** The built program, whether this runs from its sources or is built itself. */
function mainOf(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'package.json'))) at = dirname(at)
  return join(at, 'dist', 'src', 'cli', 'main.js')
}

function processes(): readonly { readonly pid: number; readonly parent: number; readonly time: number }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      // ppid, utime and stime are fields 4, 14 and 15 of proc(5); times are in hundredths of a second.
      return [
        { pid: Number(name), parent: Number(fields[1]), time: (Number(fields[11]) + Number(fields[12])) * 10_000 },
      ]
    } catch {
      return [] // it ended while we looked
    }
  })
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
