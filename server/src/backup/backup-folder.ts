import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = /^halley-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zst$/

/** Names that are in the order of their times. */
export const backupName = (at: Date): string =>
  `halley-${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z.zst`

/** Deletes all backups in a folder but the `keep` newest, by their names; other files are not ours. */
export async function keepNewest(folder: string, keep: number): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort()
  const old = names.slice(0, Math.max(0, names.length - keep))
  for (const name of old) await rm(join(folder, name), { force: true })
  return old
}
