import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresHome } from './postgres-home.ts'

const run = promisify(execFile)
export const SUPERUSER = 'halley'
/** No environment of ours: settings for other Postgres programs must not lead these astray. */
export const CLEAN_ENVIRONMENT = { TZ: 'UTC', LC_ALL: 'C' }

/** Makes the cluster where there is none yet, and returns the superuser's password. */
export async function initCluster(
  dataDir: string,
  home: PostgresHome,
  binaries: PostgresBinaries,
): Promise<string> {
  const secret = join(dataDir, 'postgres-password')
  const version = join(home.cluster, 'PG_VERSION')
  if (existsSync(version)) {
    checkMajor(home.cluster, readFileSync(version, 'utf8').trim(), binaries.major)
    return readFileSync(secret, 'utf8').trim()
  }
  const password = randomBytes(24).toString('base64url')
  const made = `${home.cluster}.new`
  const passwordFile = `${made}-password`
  rmSync(made, { recursive: true, force: true })
  mkdirSync(made, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (home.user) for (const path of [made, passwordFile]) chownSync(path, home.user.uid, home.user.gid)
  try {
    const flags = [
      '-D',
      made,
      '-U',
      SUPERUSER,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
    ]
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    await run(binaries.initdb, [...flags, ...locale], {
      ...home.user,
      cwd: home.folder,
      env: CLEAN_ENVIRONMENT,
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
  writeFileSync(secret, `${password}\n`, { mode: 0o600 })
  chmodSync(secret, 0o600)
  // Only a finished cluster gets the name: whatever is interrupted before begins anew.
  renameSync(made, home.cluster)
  return password
}

function checkMajor(cluster: string, theirs: string, ours: string): void {
  if (theirs === ours) return
  throw new Error(
    `The data in ${cluster} was written by Postgres ${theirs}, and this Halley brings Postgres ${ours}, which cannot read it. ` +
      'Make a backup with the former release of Halley ("halley backup FILE"), move this folder away, and put the backup into a ' +
      `new one with this release ("halley restore FILE"); or run a Postgres ${theirs} on it and set DATABASE_URL.`,
  )
}
