import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Child } from '../../../e2e/parts/child.ts'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { until } from '../../../e2e/parts/until.ts'
import { nativeFolder, postgresBinaries } from './embedded/postgres-binaries.ts'
import { postgresUser } from './embedded/postgres-user.ts'
import { processStart } from './embedded/process-start.ts'
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const OWNER = fileURLToPath(new URL('./test-owner.ts', import.meta.url))
const warnings: string[] = []
const log = { debug() {}, info() {}, warn: (text: unknown) => void warnings.push(String(text)), error() {} }

const running = new Set<EmbeddedPostgres>()
afterAll(async () => {
  for (const one of running) await one.stop()
})

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const one = await startEmbeddedPostgres({ dataDir, log })
  running.add(one)
  return one
}

async function stop(one: EmbeddedPostgres): Promise<void> {
  running.delete(one)
  await one.stop()
}

/** A process of its own that has a Postgres; it leads a group of its own, as a command in a terminal does. */
async function startOwner(dataDir: string): Promise<{ child: Child; url: string; pid: number }> {
  const child = new Child(process.execPath, [OWNER, dataDir], 'SIGTERM', { detached: true })
  const line = await child.begun('the owner to be ready', () =>
    child.output.split('\n').find((text) => text.startsWith('{')),
  )
  return { child, ...JSON.parse(line) }
}

async function ask<T>(url: string, act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    return await act(sql)
  } finally {
    await sql.end({ timeout: 2 })
  }
}

const keep = (url: string) => ask(url, (sql) => sql`CREATE TABLE kept AS SELECT 42 AS number`)
const kept = (url: string) => ask(url, async (sql) => (await sql`SELECT number FROM kept`)[0]?.number)
const emptyFolder = () => join(tempFolder('own').path, 'data')

/** A data folder that was used before: making one anew takes a while. */
function usedFolder(): string {
  const folder = emptyFolder()
  execFileSync('cp', ['-a', used, folder])
  return folder
}

const used = emptyFolder()
beforeAll(async () => {
  await stop(await start(used))
})

test('OWN1 it is a durable Postgres that only we can enter, and it is gone when it was stopped', async () => {
  const dataDir = emptyFolder()
  const own = await start(dataDir)
  expect(new URL(own.url).hostname).toBe('127.0.0.1')
  const settings = await ask(
    own.url,
    (sql) => sql`SELECT current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS listens`,
  )
  expect(settings[0]).toEqual({ fsync: 'on', commit: 'on', listens: '127.0.0.1' })
  const stranger = new URL(own.url)
  stranger.password = 'guess'
  await expect(ask(stranger.href, (sql) => sql`SELECT 1`)).rejects.toThrow('password')
  for (const name of ['postgres-password', 'owner.lock', 'postgres.log'])
    expect(statSync(join(dataDir, name)).mode & 0o077, name).toBe(0)
  expect(findEmbeddedPostgres(dataDir)).toBe(own.url)
  const { pid } = own
  await stop(own)
  await own.exited
  expect(processStart(pid)).toBeUndefined()
  expect(findEmbeddedPostgres(dataDir)).toBeUndefined()
})

test('OWN2 a second start on a folder is refused and names the process that has it', async () => {
  const dataDir = usedFolder()
  const { child, url } = await startOwner(dataDir)
  await expect(start(dataDir)).rejects.toThrow(`in use by process ${child.pid}`)
  expect(findEmbeddedPostgres(dataDir)).toBe(url)
  await ask(url, (sql) => sql`SELECT 1`)
  expect(await child.end('SIGTERM')).toBe(0)
  await stop(await start(dataDir))
})

test('OWN3 after its owner was killed the next start ends it and has all that was committed', async () => {
  const dataDir = usedFolder()
  const { child, url, pid } = await startOwner(dataDir)
  await keep(url)
  await child.end('SIGKILL')
  expect(processStart(pid)).toBeDefined()
  expect(findEmbeddedPostgres(dataDir)).toBeUndefined()
  const own = await start(dataDir)
  expect(processStart(pid)).toBeUndefined()
  expect(warnings.join()).toContain(String(pid))
  expect(await kept(own.url)).toBe(42)
  await stop(own)
})

test('OWN3 it is known by its folder, whatever name that was reached by', async () => {
  const dataDir = usedFolder()
  const link = `${dataDir}-link`
  symlinkSync(dataDir, link)
  const { child, url, pid } = await startOwner(link)
  expect(findEmbeddedPostgres(dataDir)).toBe(url)
  await expect(start(dataDir)).rejects.toThrow(`in use by process ${child.pid}`)
  await child.end('SIGKILL')
  const own = await start(dataDir)
  expect(processStart(pid)).toBeUndefined()
  await stop(own)
})

test('OWN4 when it dies it is started again, on its port and with all that was committed', async () => {
  const own = await start(usedFolder())
  await keep(own.url)
  for (let round = 0; round < 2; round += 1) {
    const { pid } = own
    process.kill(pid, 'SIGKILL')
    // It answers a moment before its keeper has seen that it does.
    await until('another one to run', () => own.pid !== pid)
    expect(await kept(own.url)).toBe(42)
  }
  await stop(own)
})

test('OWN5 locks of processes that are gone, whose numbers others have now, are cleared', async () => {
  const dataDir = usedFolder()
  const cluster = realpathSync(join(dataDir, 'postgres'))
  // This process lives, but is neither that owner nor that Postgres.
  writeFileSync(join(dataDir, 'owner.lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }))
  writeFileSync(
    join(cluster, 'postmaster.pid'),
    `${process.pid}\n${cluster}\n1\n5432\n\n127.0.0.1\n\nready\n`,
  )
  const own = await start(dataDir)
  await ask(own.url, (sql) => sql`SELECT 1`)
  await stop(own)
  writeFileSync(join(dataDir, 'owner.lock'), 'torn {')
  await stop(await start(dataDir))
})

test('OWN9 an owner of another container is believed while its lock changes, and cleared when it does not', async () => {
  const dataDir = usedFolder()
  const lock = join(dataDir, 'owner.lock')
  // Its process has a number that means another one here.
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'there', namespace: 'pid:[1]' }))
  const elsewhere = new Child('sh', ['-c', `while :; do touch ${lock}; sleep 1; done`], 'SIGTERM')
  await expect(start(dataDir)).rejects.toThrow(`in use by process ${process.pid}`)
  await elsewhere.end('SIGKILL')
  const own = await start(dataDir)
  await ask(own.url, (sql) => sql`SELECT 1`)
  const { mtimeMs } = statSync(lock)
  await until('our own to change', () => statSync(lock).mtimeMs !== mtimeMs)
  await stop(own)
})

test('OWN6 data of another Postgres is not opened, and it is said what to do', async () => {
  const dataDir = usedFolder()
  const version = join(dataDir, 'postgres', 'PG_VERSION')
  const ours = readFileSync(version, 'utf8')
  writeFileSync(version, '14\n')
  await expect(start(dataDir)).rejects.toThrow(
    /written by Postgres 14.*halley backup FILE.*halley restore FILE/,
  )
  expect(readFileSync(version, 'utf8')).toBe('14\n')
  writeFileSync(version, ours)
  await stop(await start(dataDir))
})

test('OWN7 it also runs where others may not enter our folder, and where we are root', async () => {
  const parent = tempFolder('own').path
  chmodSync(parent, 0o700)
  const dataDir = join(parent, 'data')
  const own = await start(dataDir)
  await keep(own.url)
  await stop(own)
  const again = await start(dataDir)
  expect(await kept(again.url)).toBe(42)
  await stop(again)
  const cluster = realpathSync(join(dataDir, 'postgres'))
  if (!cluster.startsWith(dataDir)) rmSync(dirname(cluster), { recursive: true })
})

test('OWN7 its binaries are copied out of a folder that its user cannot enter', () => {
  const [closed, open] = [tempFolder('own').path, tempFolder('own').path]
  const original = join(closed, 'native')
  execFileSync('cp', ['-a', nativeFolder(), original])
  chmodSync(closed, 0o700)
  const cluster = join(open, 'postgres')
  const user = postgresUser(cluster)
  const { postgres: program, major } = postgresBinaries({ folder: open, cluster, user }, original)
  expect(Number(major)).toBeGreaterThan(14)
  // As ourselves we can enter what is ours.
  expect(program.startsWith(user ? open : original)).toBe(true)
  expect(execFileSync(program, ['--version'], { ...user, cwd: '/', encoding: 'utf8' })).toContain(
    'PostgreSQL',
  )
})

test('OWN8 Ctrl-C does not reach it before its owner has done with it', async () => {
  const { child, url, pid } = await startOwner(usedFolder())
  process.kill(-child.pid, 'SIGINT')
  await keep(url)
  expect(await kept(url)).toBe(42)
  expect(await child.end('SIGTERM')).toBe(0)
  expect(processStart(pid)).toBeUndefined()
})
