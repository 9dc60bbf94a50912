import type { ItemsPage, ServerFrame } from '@halley/shared'
import WebSocket from 'ws'

/** What many readers noted together, at seconds of `performance.now()` / 1000. */
export class Notes {
  readonly sentAway: number[] = []
  readonly joined: number[] = []
  /** Joins while the connection before was still open, and those where nothing was. */
  overlapping = 0
  bare = 0
  /** Connections that ended without a word, or were refused. */
  cut = 0
  readonly complaints: string[] = []
  readonly #newest = new Map<string, { readonly text: string; readonly frame: ServerFrame }>()

  /** All readers of a room are sent the same bytes, which are read once: a crowd has a part of one core. */
  read(room: string, text: string): ServerFrame {
    const newest = this.#newest.get(room)
    if (newest?.text === text) return newest.frame
    const frame = JSON.parse(text) as ServerFrame
    this.#newest.set(room, { text, frame })
    return frame
  }
}

const revOf = (position: string): number => Number(position.split(':')[1])
const seconds = (): number => performance.now() / 1000

/** Joins the rooms where nothing but posts happens; cheap enough that thousands fit in one process. */
export class SwiftReader {
  rev = 0
  /** Of all ids that were told, in their order. */
  digest = 0
  #epoch = ''
  #socket: WebSocket | undefined
  #old: WebSocket | undefined
  #stopped = false
  readonly #url: string
  readonly #room: string
  readonly #notes: Notes

  constructor(url: string, room: string, notes: Notes) {
    this.#url = url
    this.#room = room
    this.#notes = notes
  }

  /** Resolves with having joined. `page` is the newest page of the room, which is empty. */
  begin({ position }: Pick<ItemsPage, 'position'>): Promise<void> {
    this.#epoch = position.split(':')[0] as string
    this.rev = revOf(position)
    return new Promise((resolve) => this.#connect(resolve))
  }

  stop(): void {
    this.#stopped = true
    this.#socket?.terminate()
    this.#old?.terminate()
  }

  #connect(joined?: () => void): void {
    if (this.#stopped) return
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/v1/socket`, 'halley.v1', {
      perMessageDeflate: false,
      handshakeTimeout: 20_000,
    })
    let told = false
    /** Up to where this connection has told. */
    let at = Number.NaN
    this.#socket = socket
    socket.on('open', () => {
      at = this.rev
      socket.send(JSON.stringify({ type: 'join', room: this.#room, since: this.#since }))
    })
    socket.on('error', (error) => this.#complain(String(error)))
    socket.on('message', (data) => {
      const frame = this.#notes.read(this.#room, data.toString())
      if (frame.type === 'goaway') {
        told = true
        this.#notes.sentAway.push(seconds())
        setTimeout(() => this.#renew(), frame.afterMs + Math.random() * 1000)
      } else if (frame.type === 'joined') this.#arrive(joined)
      this.#hear(frame)
      if (frame.type !== 'joined' && frame.type !== 'changes') return
      if (frame.after !== at)
        this.#complain(`a connection that told up to ${at} told what is after ${frame.after}`)
      at = revOf(frame.position)
    })
    socket.on('close', () => {
      if (told || this.#stopped) return
      this.#notes.cut += 1
      setTimeout(() => this.#connect(joined), Math.random() * 1000)
    })
  }

  get #since(): string {
    return `${this.#epoch}:${this.rev}`
  }

  #renew(): void {
    this.#old = this.#socket
    this.#connect()
  }

  #arrive(joined: (() => void) | undefined): void {
    if (this.#old?.readyState === WebSocket.OPEN) this.#notes.overlapping += 1
    else if (this.#old) this.#notes.bare += 1
    if (this.#old) this.#notes.joined.push(seconds())
    this.#old?.close()
    joined?.()
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === 'reset' || frame.type === 'error') this.#complain(JSON.stringify(frame))
    if (frame.type !== 'joined' && frame.type !== 'changes') return
    if (frame.after > this.rev) this.#complain(`a gap: at ${this.rev} a frame after ${frame.after}`)
    for (const { rev, item } of frame.changes) {
      // What the connection before has told already.
      if (rev <= this.rev) continue
      if (rev !== this.rev + 1 || !item) this.#complain(`told ${rev} at ${this.rev}`)
      this.rev = rev
      this.digest = digestOf(item?.id ?? '', this.digest)
    }
    if (revOf(frame.position) !== this.rev && revOf(frame.position) > this.rev)
      this.#complain(`at ${this.rev} after a frame up to ${frame.position}`)
  }

  #complain(text: string): void {
    if (this.#notes.complaints.length < 20) this.#notes.complaints.push(`${this.#room}: ${text}`)
  }
}

/** FNV-1a, 32 bits, going on from the digest of the ids before. */
export function digestOf(id: string, before = 0): number {
  let digest = before ^ 0x811c9dc5
  for (let n = 0; n < id.length; n += 1) digest = Math.imul(digest ^ id.charCodeAt(n), 0x01000193)
  return digest | 0
}
