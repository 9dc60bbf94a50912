import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type TempFolder, tempFolder } from './temp-folder.ts'

/** A disk of its own, in memory, that a test can fill and empty. Needs root. */
export class SmallDisk {
  readonly #folder: TempFolder

  private constructor(folder: TempFolder) {
    this.#folder = folder
  }

  static mount(megabytes: number): SmallDisk {
    if (process.getuid?.() !== 0)
      throw new Error('a disk that can be filled is a tmpfs, and to mount one the tests must run as root')
    const folder = tempFolder('disk')
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder.path])
    return new SmallDisk(folder)
  }

  /** What `make` puts into folders for temporary files is on this disk. */
  async during<T>(make: () => Promise<T>): Promise<T> {
    const before = process.env.TMPDIR
    process.env.TMPDIR = this.#folder.path
    try {
      return await make()
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
  }

  /** To the last byte. */
  fill(): void {
    const file = openSync(this.#filler, 'w')
    try {
      for (const piece of [1_048_576, 4096]) this.#fillBy(file, Buffer.alloc(piece, 1))
    } finally {
      closeSync(file)
    }
  }

  empty(): void {
    rmSync(this.#filler, { force: true })
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.#folder.path])
    this.#folder.remove()
  }

  get #filler(): string {
    return join(this.#folder.path, 'filler')
  }

  #fillBy(file: number, bytes: Buffer): void {
    try {
      for (;;) writeSync(file, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
