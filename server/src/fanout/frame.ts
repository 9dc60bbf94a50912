import type { ServerFrame } from '@halley/shared'

/**
 * Something to send, made once and shared by all who get it. Transports keep their own encoding of it here, so that
 * each is made at most once too.
 */
export class Frame {
  readonly type: ServerFrame['type']
  readonly json: string
  /** For frames about a room: its address. */
  readonly room: string | undefined
  /**
   * Where whoever has applied the frame is, so that a connection may be resumed from it. A `head` moves nobody: it
   * has none, or a resumed reader would skip what the head is ahead of.
   */
  readonly position: string | undefined
  #encodings: Map<(frame: Frame) => unknown, unknown> | undefined

  constructor(type: ServerFrame['type'], json: string, room?: string, position?: string) {
    this.type = type
    this.json = json
    this.room = room
    this.position = type === 'head' ? undefined : position
  }

  encodedBy<T>(encode: (frame: Frame) => T): T {
    this.#encodings ??= new Map()
    let encoding = this.#encodings.get(encode) as T | undefined
    if (encoding === undefined) {
      encoding = encode(this)
      this.#encodings.set(encode, encoding)
    }
    return encoding
  }
}
