import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLEAN_ENVIRONMENT } from './init-cluster.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresHome } from './postgres-home.ts'
import { processStart } from './process-start.ts'

const START_MS = 60_000
const FAST_STOP_MS = 15_000
const LOG_BYTES = 10_000_000
const MB = 2 ** 20

/** Starts Postgres on an existing cluster; resolves once it takes connections. */
export async function startPostmaster(
  home: PostgresHome,
  binaries: PostgresBinaries,
  port: number,
  logFile: string,
): Promise<ChildProcess> {
  const log = openLogFile(logFile)
  const child = spawn(binaries.postgres, ['-D', home.cluster, '-p', String(port), ...settings()], {
    ...home.user,
    cwd: home.folder,
    env: CLEAN_ENVIRONMENT,
    // A group of its own: Ctrl-C does not reach it before we have drained.
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let failure: unknown
  child.once('error', (error) => {
    failure = error
  })
  const end = performance.now() + START_MS
  while (!isReady(home, child.pid)) {
    if (failure || child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Postgres did not start; it said:\n${lastLines(logFile)}`, { cause: failure })
    if (performance.now() > end) {
      child.kill('SIGQUIT')
      throw new Error(
        `Postgres did not become ready within ${START_MS / 1000} s; it said:\n${lastLines(logFile)}`,
      )
    }
    await sleep(20)
  }
  return child
}

/** Stops a Postgres at once, but cleanly: connections are ended, what was committed is on disk. */
export async function stopPostmaster(
  pid: number,
  home: PostgresHome,
  binaries: PostgresBinaries,
): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync(binaries.ctl, ['stop', '-D', home.cluster, '-m', 'fast'])
    return
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    kill(pid, signal)
    for (const end = performance.now() + FAST_STOP_MS; performance.now() < end; await sleep(20))
      if (processStart(pid) === undefined) return
  }
  throw new Error(`Postgres (process ${pid}) does not end`)
}

/** What a dead owner left behind is ended, where it is truly the Postgres of this cluster; else its lock is cleared. */
export async function endLeftOver(
  home: PostgresHome,
  binaries: PostgresBinaries,
): Promise<number | undefined> {
  const lock = join(home.cluster, 'postmaster.pid')
  const pid = postmasterPid(home)
  if (pid === undefined) return undefined
  if (processStart(pid) !== undefined && isPostgresOf(pid, home)) {
    await stopPostmaster(pid, home, binaries)
    return pid
  }
  rmSync(lock, { force: true })
  return undefined
}

function postmasterPid(home: PostgresHome): number | undefined {
  try {
    const pid = Number(lockLines(home)[0])
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

/** Numbers of processes are used again, so a living one says little. */
function isPostgresOf(pid: number, home: PostgresHome): boolean {
  try {
    // Postgres works in its data folder; that says more than the path that it was started with.
    if (process.platform === 'linux')
      return (
        readlinkSync(`/proc/${pid}/cwd`) === realpathSync(home.cluster) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
      )
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes('postgres') && command.includes(`-D ${home.cluster} `)
  } catch {
    return false
  }
}

const lockLines = (home: PostgresHome) =>
  readFileSync(join(home.cluster, 'postmaster.pid'), 'utf8').split('\n')

/** The lock's eighth line says how far Postgres has come. */
function isReady(home: PostgresHome, pid: number | undefined): boolean {
  try {
    const lines = lockLines(home)
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

function settings(): string[] {
  const shared = Math.round(Math.min(512, Math.max(64, totalmem() / MB / 16)))
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: `${shared}MB`,
    // Parallel workers would need /dev/shm, which is small in containers; our statements are small.
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    max_wal_size: '1GB',
    // Until it has looked at a table it keeps to what it planned when that was empty.
    autovacuum_naptime: '5s',
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function openLogFile(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}

const lastLines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-15).join('\n')

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
