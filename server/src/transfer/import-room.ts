import { accepted } from '../log/accepted.ts'
import type { PostRequest } from '../log/change-request.ts'
import type { Chain, LogWriter } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import type { ExportedItem } from './export-format.ts'
import { ImportError } from './read-import.ts'
import { toImportedPost } from './to-imported-post.ts'

/** Items on their way at one time; the log writes them together and keeps their order. */
const AT_ONCE = 256

export interface ImportCounts {
  imported: number
  /** There by their ids, standing or removed, and left as they were. */
  already: number
}

interface Given {
  readonly line: number
  readonly item: ExportedItem
}

/** Takes the items of one room in, in their order, through the log's one door. */
export class RoomImport {
  readonly room: Room
  readonly counts: ImportCounts = { imported: 0, already: 0 }
  readonly #log: LogWriter
  readonly #chain: Chain = { broken: false }
  #waiting: (Given & { readonly request: PostRequest })[] = []

  constructor(room: Room, log: LogWriter) {
    this.room = room
    this.#log = log
  }

  async add({ line, item }: Given): Promise<void> {
    try {
      this.#waiting.push({ line, item, request: toImportedPost(item) })
    } catch (error) {
      await this.flush()
      throw toImportError(error, line)
    }
    if (this.#waiting.length >= AT_ONCE) await this.flush()
  }

  /** Throws `ImportError` for the first item that could not be stored; nothing behind it was. */
  async flush(): Promise<void> {
    const stored = await Promise.allSettled(this.#waiting.splice(0).map((given) => this.#store(given)))
    const failed = stored.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #store({ line, item, request }: Given & { readonly request: PostRequest }): Promise<void> {
    const by = item.poster ?? 'import'
    try {
      const outcome = await this.#log.publish(this.room, request, by, this.#chain)
      if (outcome.status === 'unchanged' || outcome.status === 'id-taken') {
        this.counts.already += 1
        return
      }
      accepted(outcome)
      this.counts.imported += 1
      if (item.pinned) accepted(await this.#log.publish(this.room, { type: 'pin', id: item.id }, by))
    } catch (error) {
      this.#chain.broken = true
      throw toImportError(error, line)
    }
  }
}

function toImportError(error: unknown, line: number): unknown {
  return error instanceof Problem ? new ImportError(line, `${error.code}: ${error.message}`) : error
}
