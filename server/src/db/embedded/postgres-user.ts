import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

export interface PostgresUser {
  readonly uid: number
  readonly gid: number
}

/**
 * Postgres refuses to run as root: whom to run it as then, which is whose the cluster is where there is one already.
 * Undefined where it can run as ourselves.
 */
export function postgresUser(cluster: string): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(cluster, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const users = new Map<string, PostgresUser>()
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , uid, gid] = line.split(':')
    users.set(name, { uid: Number(uid), gid: Number(gid) })
  }
  const user = users.get('postgres') ?? users.get('nobody')
  if (!user)
    throw new Error(
      'Postgres does not run as root, and there is no user "postgres" or "nobody" to run it as: add one, start Halley as another user, or set DATABASE_URL',
    )
  return user
}

/** True where the user may enter the folder and all those on the way to it. */
export function mayEnter(folder: string, user: PostgresUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).status === 0
}
