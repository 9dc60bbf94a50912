/**
 * Something to send, made once and shared by all who get it. Transports keep their own encoding of it here, so that
 * each is made at most once too.
 */
export class Frame {
  readonly json: string
  /** For frames about a room: its address, and the position that whoever has applied the frame is at. */
  readonly room: string | undefined
  readonly position: string | undefined
  #encodings: Map<(frame: Frame) => unknown, unknown> | undefined

  constructor(json: string, room?: string, position?: string) {
    this.json = json
    this.room = room
    this.position = position
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
