import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sweeper } from './sweeper.ts'

export interface TempFolder {
  readonly path: string
  remove(): void
}

/** A new folder that is gone at the latest when this process is. */
export function tempFolder(name: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `halley-${name}-`))
  // Others may pass through: where we are root, Postgres runs as another user.
  chmodSync(path, 0o711)
  sweeper.watchFolder(path)
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  }
}
