import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'

/**
 * The deployment's `SECRET_KEY`: from the settings, else the one that was made for this data folder (mode 0600). A
 * key made here would be unknown to the other nodes of one database, so with `DATABASE_URL` there is none unless set.
 */
export async function findSecretKey(
  config: Pick<Config, 'secretKey' | 'databaseUrl' | 'dataDir'>,
): Promise<string | undefined> {
  if (config.secretKey !== undefined || config.databaseUrl !== undefined) return config.secretKey
  const file = join(config.dataDir, 'secret.key')
  await mkdir(config.dataDir, { recursive: true })
  const made = randomBytes(32).toString('base64url')
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return (await readFile(file, 'utf8')).trim()
}
