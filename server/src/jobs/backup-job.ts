import { join } from 'node:path'
import { backupName, keepNewest } from '../backup/backup-folder.ts'
import { writeBackup } from '../backup/write-backup.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import type { Job } from './jobs.ts'

/** Backups of a database, as they are set; undefined where none are wanted. */
export function backupJob(
  { backupMs, backupDir, backupKeep }: Pick<Config, 'backupMs' | 'backupDir' | 'backupKeep'>,
  url: string,
  log: Logger,
): Job | undefined {
  if (backupMs === 0) return undefined
  const run = async (signal: AbortSignal) => {
    const { file, bytes } = await writeBackup(url, join(backupDir, backupName(new Date())), log, signal)
    const old = await keepNewest(backupDir, backupKeep)
    log.info(`backed up to ${file}: ${bytes} bytes; ${old.length} older ones deleted`)
  }
  return { name: 'backup', everyMs: backupMs, run }
}
