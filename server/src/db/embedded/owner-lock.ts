import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { processStart } from './process-start.ts'

/** What `owner.lock` says: which process has the data folder, and how its Postgres is reached once it runs. */
export interface Owner {
  readonly pid: number
  readonly started: string
  /** In which numbers of processes have their meaning: containers have one each. Absent where systems have but one. */
  readonly namespace?: string
  readonly url?: string
}

/** An owner says so often that it lives, for those who cannot see its process, and they watch so long for it. */
const BEAT_MS = 1000
const WATCH_MS = 10_000
const beats = new Map<string, NodeJS.Timeout>()

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
  clearInterval(beats.get(path))
  beats.set(path, setInterval(() => beat(path), BEAT_MS).unref())
}

function beat(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // A full disk, or a folder that was moved away: the next one may succeed.
  }
}

/** Tells others, who may read our files, how to reach the Postgres of this folder. */
export function announceUrl(dataDir: string, url: string): void {
  const mine = `${pathOf(dataDir)}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ ...self(), url }), { mode: 0o600 })
  renameSync(mine, pathOf(dataDir))
}

export function giveUpOwnership(dataDir: string): void {
  clearInterval(beats.get(pathOf(dataDir)))
  beats.delete(pathOf(dataDir))
  if (readLock(pathOf(dataDir))?.pid === process.pid) rmSync(pathOf(dataDir), { force: true })
}

/** The process that has this folder; undefined where none does. */
export function livingOwner(dataDir: string): Owner | undefined {
  const owner = readLock(pathOf(dataDir))
  return owner && isAlive(owner, pathOf(dataDir)) ? owner : undefined
}

function self(): Owner {
  const namespace = ownNamespace()
  return {
    pid: process.pid,
    started: processStart(process.pid) ?? 'unknown',
    ...(namespace !== undefined && { namespace }),
  }
}

function isAlive({ pid, started, namespace }: Owner, path: string): boolean {
  if (namespace !== undefined && namespace !== ownNamespace()) return beatsOn(path)
  const now = processStart(pid)
  return now !== undefined && (now === started || now === 'unknown' || started === 'unknown')
}

function ownNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return undefined
  }
}

/** Clocks of two machines differ, so only that it changes says something. This process has nothing else to do yet. */
function beatsOn(path: string): boolean {
  const beatAt = () => statSync(path, { throwIfNoEntry: false })?.mtimeMs
  const first = beatAt()
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; waited < WATCH_MS; waited += 100) {
    Atomics.wait(pause, 0, 0, 100)
    const now = beatAt()
    if (now === undefined) return false
    if (now !== first) return true
  }
  return false
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
  const before = readLock(path)
  refuseIfAlive(dataDir, before)
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
    if (owner && changed(owner, before)) {
      linked(aside, path)
      refuseIfAlive(dataDir, owner)
    }
  } finally {
    rmSync(aside, { force: true })
  }
}

function refuseIfAlive(dataDir: string, owner: Owner | undefined): void {
  if (!owner || !isAlive(owner, pathOf(dataDir))) return
  throw new OwnedElsewhere(
    `The data folder ${dataDir} is in use by process ${owner.pid}. Stop that one first, or set DATA_DIR to another folder.`,
  )
}

const changed = (owner: Owner, before: Owner | undefined): boolean =>
  owner.pid !== before?.pid || owner.started !== before.started || owner.namespace !== before.namespace

function readLock(path: string): Owner | undefined {
  try {
    const { pid, started, namespace, url } = JSON.parse(readFileSync(path, 'utf8'))
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
    return {
      pid,
      started: String(started),
      ...(typeof namespace === 'string' && { namespace }),
      ...(typeof url === 'string' && { url }),
    }
  } catch {
    return undefined
  }
}
