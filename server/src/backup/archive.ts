/*
 * An archive is a zstd stream of lines. The first is `ArchiveStart`. Then, for each table, an `ArchiveTable`, its rows
 * as Postgres's COPY writes them as text, and a line `\.`, which no row can be; tables stand after those that they
 * refer to. The last is `ArchiveEnd`. All but the rows are JSON. It holds what the database holds: texts that were
 * removed, guests' hashes, and sites' secrets as they are stored, that is, encrypted with a key that is not in it.
 */

/** Raised when a release before cannot read what this one writes. */
export const ARCHIVE_VERSION = 1

export interface ArchiveStart {
  readonly halley: 'backup'
  readonly version: number
  /** When the snapshot was taken, RFC 3339. */
  readonly at: string
  /** The last migration that the tables had seen: they are made as they were then, filled, and migrated on. */
  readonly migration: number
}

export interface ArchiveTable {
  readonly table: string
  readonly columns: readonly string[]
  /** Of columns that number themselves: the last number that was given. */
  readonly numbers: Readonly<Record<string, number>>
}

export interface ArchiveEnd {
  readonly end: true
  readonly rows: Readonly<Record<string, number>>
  /** SHA-256 of all before this line, in hex. */
  readonly sha256: string
}

/** An archive that cannot be used; the message is all that an operator needs. */
export class ArchiveError extends Error {}

export const END_OF_ROWS = Buffer.from('\\.\n')
