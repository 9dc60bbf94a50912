import { type Ability, LIMITS, type View } from '@halley/shared'
import { changesFrame, headFrame, joinedFrame } from './encode-frame.ts'
import type { Frame } from './frame.ts'
import type { Window } from './window.ts'

/** A frame, and the rev that whoever has applied it is at. */
export interface Piece {
  readonly frame: Frame
  readonly to: number
  /** How many changes are in it. */
  readonly changes: number
}

/** Readers who come back are at many different revs: beyond so many, frames are made again. */
const KEPT_FRAMES = 256

/** Frames of one room for one view at its present head, each made once however many readers get it. */
export class RoomFrames {
  readonly #address: string
  readonly #window: Window
  readonly #view: View
  /** Characters that may be kept, however few frames that are. */
  readonly #most: () => number
  #epoch = ''
  #head: Frame | undefined
  #readers: number | undefined
  readonly #changes = new Map<number, Piece>()
  readonly #joined = new Map<string, Piece>()
  #characters = 0

  constructor(address: string, window: Window, view: View, most: () => number) {
    this.#address = address
    this.#window = window
    this.#view = view
    this.#most = most
  }

  /** The window has changed: every frame is to be made anew. */
  renew(epoch: string): void {
    this.#epoch = epoch
    this.#head = undefined
    this.#forget()
  }

  /** Frames that are kept, and their characters. */
  get kept(): { frames: number; characters: number } {
    return { frames: this.#changes.size + this.#joined.size, characters: this.#characters }
  }

  head(): Frame {
    this.#head ??= headFrame(this.#address, this.#epoch, this.#window.head, this.#readers)
    return this.#head
  }

  /** So many follow the room. */
  count(readers: number): void {
    this.#readers = readers
    this.#head = undefined
  }

  /** The next changes after `after`. */
  changes(after: number): Piece {
    const kept = this.#changes.get(after)
    if (kept) return kept
    const span = this.#span(after)
    return this.#keep(this.#changes, after, {
      frame: changesFrame(span),
      to: span.to,
      changes: span.changes.length,
    })
  }

  /** The answer to a join, with the first changes after `after`. */
  joined(after: number, may: readonly Ability[], ack?: boolean): Piece {
    const key = `${after} ${may.join()} ${ack}`
    const kept = this.#joined.get(key)
    if (kept) return kept
    const span = this.#span(after)
    const more = span.to < this.#window.head
    const frame = joinedFrame(span, more, { view: this.#view, may, ack })
    return this.#keep(this.#joined, key, { frame, to: span.to, changes: span.changes.length })
  }

  /** Spans end at multiples of `frameChanges`, so that readers who are at different revs share all but the first. */
  #span(after: number) {
    const boundary = (Math.floor(after / LIMITS.frameChanges) + 1) * LIMITS.frameChanges
    const to = Math.min(this.#window.head, boundary)
    const changes = this.#window.texts(this.#view, after, to)
    return { room: this.#address, epoch: this.#epoch, after, to, changes }
  }

  #keep<Key>(map: Map<Key, Piece>, key: Key, piece: Piece): Piece {
    const { length } = piece.frame.json
    if (this.kept.frames >= KEPT_FRAMES || this.#characters + length > this.#most()) this.#forget()
    map.set(key, piece)
    this.#characters += length
    return piece
  }

  #forget(): void {
    this.#changes.clear()
    this.#joined.clear()
    this.#characters = 0
  }
}
