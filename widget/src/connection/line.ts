import type { Change, ErrorFrame, JoinFrame, Position, ServerFrame, View } from '@halley/shared'
import type { Follower, LineStatus } from './follower.ts'
import { readPosition } from './read-position.ts'

export interface Seat {
  readonly follower: Follower
  /** Whether `from` was called: until then its page is on the way. */
  ready: boolean
  /** Undefined and ready: takes whatever comes. */
  position: Position | undefined
}

type Told = 'nothing' | 'asked' | 'joined'

/** What a line asks of its connection. */
export interface LineHost {
  /** The line has something to say: join batched with others. */
  wake(): void
  later(ms: number, then: () => void): void
}

/** A head that stays ahead of us for so long was not just overtaken by its own changes. */
const BEHIND_MS = 1500
const RETRY_MS = 2000

/**
 * One room on the connection, for all who follow it on this page. It keeps the rule that makes a hole impossible:
 * a frame is taken only where its `after` is not above what a follower has, else the room is joined again from
 * there.
 */
export class Line {
  readonly room: string
  readonly seats = new Set<Seat>()
  token: string | undefined
  view: View = 'reader'
  told: Told = 'nothing'
  heartbeatMs = 0
  #host: LineHost
  /** Waiting before asking again, or refused for good. */
  #quiet = false
  #head: Position | undefined
  #joined: Extract<ServerFrame, { type: 'joined' }>['may'] = []
  #status: LineStatus = { state: 'connecting' }

  constructor(room: string, host: LineHost) {
    this.room = room
    this.#host = host
  }

  get wants(): boolean {
    return this.told === 'nothing' && this.asks
  }

  /** Whether anybody here can be told anything. */
  get asks(): boolean {
    if (this.#quiet) return false
    for (const seat of this.seats) if (seat.ready) return true
    return false
  }

  /** The join from where the one who knows least is. */
  join(): Omit<JoinFrame, 'type'> {
    this.told = 'asked'
    let since: Position | undefined
    for (const { ready, position } of this.seats) {
      if (ready && position && !(since && since.rev <= position.rev)) since = position
    }
    return {
      room: this.room,
      ...(since && { since: `${since.epoch}:${since.rev}` }),
      ...(this.token && { token: this.token }),
      ...(this.view === 'staff' && { view: 'staff' }),
    }
  }

  /** A seat got its position: it is live at once, or the room is joined from there. */
  seated(seat: Seat): void {
    if (this.told === 'joined') {
      if (seat.position && this.#head && seat.position.rev < this.#head.rev) this.again()
      else {
        seat.follower.joined(this.#joined)
        seat.follower.status(this.#status)
      }
    }
    this.#host.wake()
  }

  receive(frame: ServerFrame): void {
    if (frame.type === 'joined') this.#onJoined(frame)
    else if (frame.type === 'changes') this.#onChanges(frame.changes, frame.after, frame.position)
    else if (frame.type === 'head') this.#onHead(readPosition(frame.position))
    else if (frame.type === 'reset') this.#onReset()
    else if (frame.type === 'error') this.#onError(frame)
  }

  /** Forgets what the server was told, because it has forgotten it too. */
  again(): void {
    this.told = 'nothing'
    this.#host.wake()
  }

  announce(status: LineStatus): void {
    if (this.#status.state === 'failed' && status.state === 'reconnecting') return
    this.#status = status
    for (const seat of this.seats) seat.follower.status(status)
  }

  /** Someone else reads, or tries once more. */
  revive(): void {
    this.#quiet = false
    this.again()
  }

  #onJoined(frame: Extract<ServerFrame, { type: 'joined' }>): void {
    this.told = 'joined'
    this.heartbeatMs = frame.heartbeatMs
    this.#joined = frame.may
    this.#onChanges(frame.changes, frame.after, frame.position)
    for (const seat of this.seats) if (seat.ready) seat.follower.joined(frame.may)
    this.announce({ state: 'live' })
  }

  #onChanges(changes: readonly Change[], after: number, text: string): void {
    const position = readPosition(text)
    if (!position) return
    this.#head = position
    let gap = false
    for (const seat of this.seats) {
      const mine = seat.position
      if (!seat.ready) continue
      if (mine && (mine.epoch !== position.epoch || after > mine.rev)) gap = true
      else if (!mine || position.rev > mine.rev) {
        seat.position = position
        seat.follower.changed(mine ? changes.filter(({ rev }) => rev > mine.rev) : changes, position)
      }
    }
    if (gap && this.told === 'joined') this.again()
  }

  #onHead(head: Position | undefined): void {
    if (!head || !this.#behind(head)) return
    this.#host.later(BEHIND_MS, () => {
      if (this.told === 'joined' && this.#behind(head)) this.again()
    })
  }

  #behind(head: Position): boolean {
    for (const { ready, position } of this.seats) {
      if (ready && position && (position.epoch !== head.epoch || position.rev < head.rev)) return true
    }
    return false
  }

  #onReset(): void {
    this.told = 'nothing'
    for (const seat of this.seats) {
      seat.ready = false
      seat.position = undefined
      seat.follower.reset()
    }
  }

  #onError({ code, retry, afterMs }: ErrorFrame): void {
    if (code === 'unknown-frame') return
    if (code === 'not-joined') {
      this.again()
      return
    }
    this.told = 'nothing'
    this.#quiet = true
    if (code === 'token-expired') for (const seat of this.seats) seat.follower.expired()
    else if (retry) {
      this.announce({ state: 'reconnecting', offline: false })
      this.#host.later((afterMs || RETRY_MS) * (1 + Math.random()), () => this.revive())
    } else this.announce({ state: 'failed', code: code as 'internal' })
  }
}
