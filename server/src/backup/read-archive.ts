import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createZstdDecompress } from 'node:zlib'
import {
  ARCHIVE_VERSION,
  type ArchiveEnd,
  ArchiveError,
  type ArchiveStart,
  type ArchiveTable,
  END_OF_ROWS,
} from './archive.ts'

/** What an archive says, piece by piece. Rows come as whole lines; `end` comes only where all before is as written. */
export type ArchivePiece =
  | { readonly is: 'start'; readonly start: ArchiveStart }
  | { readonly is: 'table'; readonly table: ArchiveTable }
  | { readonly is: 'rows'; readonly rows: Buffer }
  | { readonly is: 'table-end' }
  | { readonly is: 'end'; readonly end: ArchiveEnd }

const NEWLINE = 10
/** Between two rows, so that the last one stays a whole line. */
const AFTER_ROW = Buffer.concat([Buffer.from('\n'), END_OF_ROWS])

/** Throws `ArchiveError` where the file is none of ours, cut off, or changed. */
export async function* readArchive(file: string): AsyncGenerator<ArchivePiece> {
  const reader = new ArchiveReader()
  const stream = createReadStream(file)
  const unpacked = createZstdDecompress()
  stream.on('error', (error) => unpacked.destroy(error))
  try {
    for await (const chunk of stream.pipe(unpacked) as AsyncIterable<Buffer>) yield* reader.take(chunk)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new ArchiveError(`There is no file ${file}.`)
    if (!code?.startsWith('ZSTD') && !/zstd|unexpected end|prefix/i.test(message)) throw error
    throw new ArchiveError(`${file} cannot be unpacked: it is no backup, or damaged.`, { cause: error })
  } finally {
    stream.destroy()
  }
  if (!reader.ended) throw new ArchiveError(`${file} is cut off.`)
}

class ArchiveReader {
  readonly #hash: Hash = createHash('sha256')
  #rest: Buffer = Buffer.alloc(0)
  #inRows = false
  #started = false
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  *take(chunk: Buffer): Generator<ArchivePiece> {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const whole = all.lastIndexOf(NEWLINE) + 1
    let at = 0
    while (at < whole) {
      const to = this.#inRows ? rowsEnd(all, at, whole) : all.indexOf(NEWLINE, at) + 1
      const piece = all.subarray(at, to)
      at = to
      if (this.#inRows) yield* this.#rows(piece)
      else yield this.#line(piece)
    }
    this.#rest = all.subarray(whole)
  }

  *#rows(piece: Buffer): Generator<ArchivePiece> {
    this.#hash.update(piece)
    this.#inRows = !piece.equals(END_OF_ROWS)
    if (this.#inRows) yield { is: 'rows', rows: piece }
    else yield { is: 'table-end' }
  }

  #line(piece: Buffer): ArchivePiece {
    const said = parse(piece)
    if (!this.#started) {
      this.#started = true
      this.#hash.update(piece)
      return { is: 'start', start: checkedStart(said) }
    }
    if (this.#ended) throw new ArchiveError('The archive goes on after its end.')
    if (said.end === true) {
      this.#ended = true
      if (said.sha256 !== this.#hash.digest('hex'))
        throw new ArchiveError('The archive was changed or damaged.')
      return { is: 'end', end: said as unknown as ArchiveEnd }
    }
    this.#hash.update(piece)
    this.#inRows = true
    return { is: 'table', table: said as unknown as ArchiveTable }
  }
}

/** Where the rows from `at` on end, or the line that ends them. */
function rowsEnd(all: Buffer, at: number, whole: number): number {
  const first = all.subarray(at, Math.min(at + END_OF_ROWS.length, whole))
  if (first.equals(END_OF_ROWS)) return at + END_OF_ROWS.length
  const end = all.indexOf(AFTER_ROW, at)
  return end >= 0 && end < whole ? end + 1 : whole
}

function parse(piece: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(piece.toString())
  } catch {
    throw new ArchiveError('The archive has a line that it should not have.')
  }
}

function checkedStart(said: Record<string, unknown>): ArchiveStart {
  if (said.halley !== 'backup') throw new ArchiveError('The file is no backup of Halley.')
  if (said.version !== ARCHIVE_VERSION)
    throw new ArchiveError(
      `The backup has version ${said.version}, and this release reads ${ARCHIVE_VERSION}.`,
    )
  return said as unknown as ArchiveStart
}
