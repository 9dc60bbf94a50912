import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { mayEnter, type PostgresUser, postgresUser } from './postgres-user.ts'

/** Where root's clusters go whose data folder another user cannot get at, such as one under `/root`. */
const ELSEWHERE = '/var/lib/halley'

export interface PostgresHome {
  /** A folder that Postgres's user may enter: the cluster is in it, and copies of the binaries if need be. */
  readonly folder: string
  /** Postgres's own data folder. */
  readonly cluster: string
  /** Undefined: as ourselves. */
  readonly user: PostgresUser | undefined
}

/**
 * Decides where the cluster of a data folder is: in it, unless we are root and Postgres's user cannot enter it; then
 * under `/var/lib/halley`, with a link to it from the data folder.
 */
export function postgresHome(dataDir: string): PostgresHome {
  const link = join(dataDir, 'postgres')
  const known = lstatSync(link, { throwIfNoEntry: false })
  if (known?.isSymbolicLink() && !existsSync(link))
    throw new Error(`${link} leads to a folder that is gone: put it back, or remove the link to begin anew`)
  const cluster = known ? realpathSync(link) : link
  const user = postgresUser(cluster)
  if (known || !user || mayEnter(dataDir, user)) return { folder: dirname(cluster), cluster, user }
  return elsewhere(dataDir, link, user)
}

function elsewhere(dataDir: string, link: string, user: PostgresUser): PostgresHome {
  mkdirSync(ELSEWHERE, { recursive: true })
  const folder = join(realpathSync(ELSEWHERE), randomBytes(6).toString('hex'))
  const cluster = join(folder, 'postgres')
  mkdirSync(folder)
  for (const path of [ELSEWHERE, folder]) chmodSync(path, 0o755)
  writeFileSync(join(folder, 'belongs-to'), `${dataDir}\n`)
  if (!mayEnter(folder, user))
    throw new Error(
      `Postgres does not run as root, and its user can enter neither ${dataDir} nor ${folder}: set DATA_DIR to a folder that others may enter`,
    )
  mkdirSync(cluster, { mode: 0o700 })
  symlinkSync(cluster, link)
  return { folder, cluster, user }
}
