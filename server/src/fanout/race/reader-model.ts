import type { Change, ServerFrame, View } from '@halley/shared'
import { formatPosition, parsePosition } from '@halley/shared'
import type { Room } from '../../rooms/room.ts'
import type { Frame } from '../frame.ts'
import type { Join, Membership } from '../membership.ts'
import type { Reader } from '../reader.ts'

/** What a reader asks for first, and again after a reset. */
export type ReadPage = () => Promise<{
  head: { epoch: string; rev: number }
  shown: Map<string, string>
  revs: Map<string, number>
}>

interface Parts {
  readonly name: string
  readonly room: Room
  readonly join: Join
  readonly readPage: ReadPage
  readonly view: View
  /** Milliseconds until the next frame has travelled. */
  readonly delay: () => number
  /** Every live item that travels: with the number that `clock` gave when the join under way began, and its frame's epoch. */
  readonly onText: (text: string, joinedAt: number, epoch: string) => void
  readonly clock: () => number
}

/**
 * A reader as the wire wants one to be: page first, then join; frames in order; a gap or a reset begins again. It
 * fails at once on what no server may send. Its connection may be broken at any time, with what is on the way.
 */
export class ReaderModel {
  readonly #parts: Parts
  shown = new Map<string, string>()
  revs = new Map<string, number>()
  position: { epoch: string; rev: number } | undefined
  #connection = 0
  #membership: Membership | undefined
  /** Connections whose membership has ended: nothing may be sent on them. */
  readonly #ended = new Set<number>()
  #wanted = false
  readonly problems: string[] = []
  resets: string[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get connected(): boolean {
    return this.#wanted
  }

  connect(): void {
    if (this.#wanted) return
    this.#wanted = true
    void this.#begin(++this.#connection)
  }

  /** What was sent and has not arrived is lost; what is known stays. */
  disconnect(): void {
    this.#wanted = false
    if (this.#membership) this.#ended.add(this.#connection)
    this.#connection += 1
    this.#membership?.leave()
    this.#membership = undefined
  }

  #again(): void {
    this.disconnect()
    this.connect()
  }

  async #begin(connection: number): Promise<void> {
    try {
      if (!this.position) await this.#load(connection)
      if (connection !== this.#connection) return
      await this.#join(connection)
    } catch (error) {
      if ((error as { code?: string }).code !== 'unavailable' && !/away/.test(String(error))) {
        this.problems.push(`unexpected: ${String(error)}`)
      }
      setTimeout(() => connection === this.#connection && this.#again(), 500)
    }
  }

  async #load(connection: number): Promise<void> {
    const page = await this.#parts.readPage()
    if (connection !== this.#connection) return
    this.shown = page.shown
    this.revs = page.revs
    this.position = page.head
  }

  async #join(connection: number): Promise<void> {
    const { room, view, join } = this.#parts
    const request = { room, since: this.position, view, may: ['read'] as const }
    const membership = await join(request, this.#reader(connection, this.#parts.clock()))
    if (connection === this.#connection) {
      this.#membership = membership
    } else {
      this.#ended.add(connection)
      membership.leave()
    }
  }

  #reader(connection: number, joinedAt: number): Reader {
    const queue: Frame[] = []
    const deliver = (): void => {
      const frame = queue.shift()
      if (frame && connection === this.#connection) this.#receive(JSON.parse(frame.json))
      if (queue.length > 0) setTimeout(deliver, this.#parts.delay())
    }
    return {
      send: (frame) => {
        this.#check(!this.#ended.has(connection), `${frame.type} after it had left`)
        if (connection !== this.#connection) return
        this.#notice(JSON.parse(frame.json), joinedAt)
        queue.push(frame)
        if (queue.length === 1) setTimeout(deliver, this.#parts.delay())
      },
      queuedBytes: () => 0,
      cut: () => connection === this.#connection && this.#again(),
    }
  }

  #notice(frame: ServerFrame, joinedAt: number): void {
    if (!('changes' in frame)) return
    const epoch = parsePosition(frame.position)?.epoch ?? ''
    for (const { item } of frame.changes) {
      if (item && 'text' in item) this.#parts.onText(item.text, joinedAt, epoch)
    }
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'joined' || frame.type === 'changes') this.#apply(frame)
    else if (frame.type === 'head') this.#check(frame.position === this.#text(), `head ${frame.position}`)
    else if (frame.type === 'reset') {
      this.resets.push(frame.reason)
      this.position = undefined
      this.#again()
    } else this.problems.push(`unexpected frame ${JSON.stringify(frame)}`)
  }

  #apply(frame: { after: number; position: string; changes: readonly Change[] }): void {
    const to = parsePosition(frame.position)
    const at = this.position
    if (!to || !at) {
      this.problems.push(`${this.#parts.name} got a frame out of place: ${JSON.stringify(frame)}`)
      return
    }
    this.#check(to.epoch === at.epoch && frame.after === at.rev, `${JSON.stringify(frame)}`)
    let last = frame.after
    for (const change of frame.changes) {
      this.#check(change.rev > last && change.rev <= to.rev, `rev ${change.rev} in ${JSON.stringify(frame)}`)
      last = change.rev
      this.#change(change)
    }
    this.position = to
  }

  #change({ item }: Change): void {
    if (!item) return
    const known = this.revs.get(item.id) ?? 0
    if (item.rev < known) return
    this.revs.set(item.id, item.rev)
    if ('text' in item) this.shown.set(item.id, `${item.seq} ${item.text}`)
    else this.shown.delete(item.id)
  }

  #text(): string | undefined {
    return this.position && formatPosition(this.position.epoch, this.position.rev)
  }

  #check(holds: boolean, what: string): void {
    if (!holds) this.problems.push(`${this.#parts.name} at ${this.#text()} got ${what}`)
  }
}
