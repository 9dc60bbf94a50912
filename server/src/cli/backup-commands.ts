import { join } from 'node:path'
import type { Command } from 'commander'
import { pino } from 'pino'
import { ArchiveError } from '../backup/archive.ts'
import { backupName } from '../backup/backup-folder.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { writeBackup } from '../backup/write-backup.ts'
import { loadConfig } from '../config.ts'
import { Failure } from './failure.ts'
import { findPostgres } from './find-postgres.ts'
import type { Surroundings } from './halley.ts'

const logger = pino({ level: 'warn' }, pino.destination(2))

/** Adds `halley backup` and `halley restore`, which want the database for themselves alone. */
export function addBackups(program: Command, surroundings: Surroundings): void {
  program
    .command('backup')
    .argument('[file]', 'what to write (default: one of the folder of backups, named by the time)')
    .description('Write all that the database holds into one file, beside running servers')
    .action(async (file: string | undefined, _: unknown, command: Command) => {
      const { url, release, backupDir } = await theDatabase(surroundings)
      const path = file ?? join(backupDir, backupName(new Date()))
      const written = await writeBackup(url, path, logger).finally(release)
      const { items = 0, rooms = 0 } = written.rows
      say(command, surroundings, written, `${path}: ${rooms} rooms, ${items} items, ${written.bytes} bytes`)
    })

  program
    .command('restore')
    .argument('<file>', 'what "backup" wrote')
    .description('Put the database back to what a backup says; servers must be stopped')
    .option('--replace', 'throw away what the database holds', false)
    .option('--as-copy', 'the one that was backed up goes on beside it, maybe with the same Redis', false)
    .action(async (file: string, options: { replace: boolean; asCopy: boolean }, command: Command) => {
      const { url, release } = await theDatabase(surroundings)
      const restored = await restoreBackup(url, file, { ...options, log: logger })
        .catch((error: unknown) => {
          throw error instanceof ArchiveError ? new Failure(error.message) : error
        })
        .finally(release)
      const { items = 0, rooms = 0 } = restored.rows
      say(
        command,
        surroundings,
        restored,
        `As of ${restored.at}: ${rooms} rooms, ${items} items; readers load anew`,
      )
    })
}

async function theDatabase({ env }: Surroundings) {
  const config = loadConfig(env)
  return { ...(await findPostgres(config, logger)), backupDir: config.backupDir }
}

function say(command: Command, { out }: Surroundings, json: object, text: string): void {
  const asJson = command.optsWithGlobals<{ json?: boolean }>().json
  out(`${asJson ? JSON.stringify(json, null, 2) : text}\n`)
}
