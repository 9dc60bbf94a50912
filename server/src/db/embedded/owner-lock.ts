import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processStart } from './process-start.ts'

/** What `owner.lock` says: which process has the data folder, and how its Postgres is reached once it runs. */
export interface Owner {
  readonly pid: number
  readonly started: string
  readonly url?: string
}

/** The data folder belongs to a process that lives. */
export class OwnedElsewhere extends Error {}

const pathOf = (dataDir: string) => join(dataDir, 'owner.lock')

/** Makes this process the folder's owner; throws `OwnedElsewhere` where another one lives. A stale lock is cleared. */
export function takeOwnership(dataDir: string): void {
  const path = pathOf(dataDir)
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify(self()), { mode: 0o600 })
  try {
    // A link appears with all of its contents, and only where there was none.
    while (!linked(mine, path)) clearStale(dataDir)
  } finally {
    rmSync(mine, { force: true })
  }
}

/** Tells others, who may read our files, how to reach the Postgres of this folder. */
export function announceUrl(dataDir: string, url: string): void {
  const mine = `${pathOf(dataDir)}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ ...self(), url }), { mode: 0o600 })
  renameSync(mine, pathOf(dataDir))
}

export function giveUpOwnership(dataDir: string): void {
  if (readLock(pathOf(dataDir))?.pid === process.pid) rmSync(pathOf(dataDir), { force: true })
}

/** The process that has this folder; undefined where none does. */
export function livingOwner(dataDir: string): Owner | undefined {
  const owner = readLock(pathOf(dataDir))
  return owner && isAlive(owner) ? owner : undefined
}

const self = (): Owner => ({ pid: process.pid, started: processStart(process.pid) ?? 'unknown' })

function isAlive({ pid, started }: Owner): boolean {
  const now = processStart(pid)
  return now !== undefined && (now === started || now === 'unknown' || started === 'unknown')
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function clearStale(dataDir: string): void {
  const path = pathOf(dataDir)
  refuseIfAlive(dataDir, readLock(path))
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    // Somebody else may have cleared it and taken the folder between the look and the move: theirs goes back.
    const owner = readLock(aside)
    if (owner && isAlive(owner)) linked(aside, path)
    refuseIfAlive(dataDir, owner)
  } finally {
    rmSync(aside, { force: true })
  }
}

function refuseIfAlive(dataDir: string, owner: Owner | undefined): void {
  if (!owner || !isAlive(owner)) return
  throw new OwnedElsewhere(
    `The data folder ${dataDir} is in use by process ${owner.pid}. Stop that one first, or set DATA_DIR to another folder.`,
  )
}

function readLock(path: string): Owner | undefined {
  try {
    const { pid, started, url } = JSON.parse(readFileSync(path, 'utf8'))
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
    return { pid, started: String(started), ...(typeof url === 'string' && { url }) }
  } catch {
    return undefined
  }
}
