import type { ClientFrame, JoinFrame, ServerFrame } from '@halley/shared'
import { elapsed, mark } from './elapsed.ts'
import type { Follower, Following } from './follower.ts'
import { Ladder } from './ladder.ts'
import { Line, type LineHost, type Seat } from './line.ts'
import { openPoll } from './poll.ts'
import { readPosition } from './read-position.ts'
import { openSocket } from './socket.ts'
import { openStream } from './stream.ts'
import type { Ending, Link, Transport } from './transport.ts'
import { type Wakeful, watchPage } from './wake.ts'

const RUNGS = [openSocket, openStream, openPoll]
/** A transport that says nothing for so long after it was asked is not let through by something on the way. */
const FIRST_WORD_MS = 6000
const PING_MS = 4000
const HEARTBEAT_MS = 15_000
/** A poll is silent while it waits. */
const POLL_WAIT_MS = 25_000
/** Below this nobody is told that the connection was away. */
const GRACE_MS = 1200

/** The one connection of a page to a server, for all rooms, on whichever transport works. */
export class Connection implements Link, LineHost, Wakeful {
  readonly base: string
  readonly #lines = new Map<string, Line>()
  readonly #ladder = new Ladder(RUNGS.length)
  #given: WebSocket | undefined
  #transport: Transport | undefined
  /** This connection has told something. */
  #worked = false
  #opened = mark()
  #lastWord = mark()
  #goaway: number | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setTimeout> | undefined
  #batch: ReturnType<typeof setTimeout> | undefined
  #unwatchPage: (() => void) | undefined
  #away = false

  constructor(base: string, given?: WebSocket) {
    this.base = base
    this.#given = given
  }

  follow(room: string, follower: Follower): Following {
    const here = this.#lines.get(room) ?? new Line(room, this)
    this.#lines.set(room, here)
    const seat: Seat = { follower, ready: false, position: undefined }
    here.seats.add(seat)
    return {
      from: (position) => {
        seat.position = position === undefined ? undefined : readPosition(position)
        seat.ready = true
        here.seated(seat)
      },
      identify: (token, view) => {
        if (here.token === token && here.view === view) return
        const rejoin = here.view !== view
        here.token = token
        here.view = view
        if (rejoin || !token || here.told !== 'joined') here.revive()
        else this.#transport?.send([{ type: 'auth', room, token }])
      },
      stop: () => {
        here.seats.delete(seat)
        this.wake()
      },
    }
  }

  joins(): Omit<JoinFrame, 'type'>[] {
    const joins = []
    for (const line of this.#lines.values()) if (line.asks) joins.push(line.join())
    if (joins.length) this.#expect(FIRST_WORD_MS)
    return joins
  }

  receive(frame: ServerFrame): void {
    if (frame.type === 'goaway') this.#goaway = frame.afterMs
    else if ('room' in frame) this.#lines.get(frame.room as string)?.receive(frame)
  }

  heard(): void {
    this.#worked = true
    this.#lastWord = mark()
    this.#ladder.works()
    if (elapsed(this.#opened) > 10_000) this.#ladder.steady()
    this.#expect(this.#silenceMs())
  }

  ended(how: Ending): void {
    this.#drop()
    for (const line of this.#lines.values()) line.told = 'nothing'
    const { delay } = this.#ladder.next(
      this.#goaway === undefined ? how : { afterMs: this.#goaway },
      this.#worked,
    )
    this.#goaway = undefined
    if (delay > 0) this.later(GRACE_MS, () => this.#announceAway())
    if (how.fatal) this.#announceAway()
    else this.#retry = setTimeout(() => this.#open(), delay)
  }

  later(ms: number, then: () => void): void {
    setTimeout(then, ms)
  }

  /** Something is to be said; what comes in the same moment is said together. */
  wake(): void {
    this.#batch ??= setTimeout(() => {
      this.#batch = undefined
      this.#settle()
    })
  }

  /** The page has been away or its network has changed: "connected" is a guess until something arrives. */
  check(networkChanged: boolean): void {
    this.#away = false
    if (networkChanged && !this.#worked) this.#ladder.forget()
    if (!this.#transport) {
      clearTimeout(this.#retry)
      this.#retry = undefined
      this.wake()
    } else if (elapsed(this.#lastWord) > this.#silenceMs()) this.#expect(0)
    else {
      this.#transport.send([{ type: 'ping' }])
      this.#expect(PING_MS)
    }
  }

  /** The browser says that there is no network. */
  offline(): void {
    if (!this.#transport) this.#announceAway()
    else this.check(false)
  }

  /** The page may be kept aside for the back button, which an open connection would prevent. */
  leave(): void {
    this.#away = true
    this.#drop()
    for (const line of this.#lines.values()) line.told = 'nothing'
  }

  #settle(): void {
    const left: ClientFrame[] = []
    for (const [room, line] of this.#lines) {
      if (line.seats.size) continue
      this.#lines.delete(room)
      left.push({ type: 'leave', room })
    }
    if (!this.#lines.size) {
      this.#close()
      return
    }
    this.#unwatchPage ??= watchPage(this)
    if (this.#away) return
    if (!this.#transport) {
      if (this.#retry === undefined) this.#open()
      return
    }
    const wanting = [...this.#lines.values()].filter((line) => line.wants)
    this.#transport.send(left)
    if (wanting.length && this.#transport.ready) {
      this.#transport.send(wanting.map((line) => ({ type: 'join', ...line.join() })))
      this.#expect(FIRST_WORD_MS)
    }
  }

  #open(): void {
    this.#drop()
    this.#worked = false
    this.#opened = mark()
    const given = this.#given
    this.#given = undefined
    this.#transport = (RUNGS[this.#ladder.rung] as typeof openSocket)(this, given)
    this.#expect(FIRST_WORD_MS)
  }

  #silenceMs(): number {
    let beat = HEARTBEAT_MS
    for (const line of this.#lines.values()) beat = Math.max(beat, line.heartbeatMs)
    return 2 * beat + (this.#ladder.rung === 2 ? POLL_WAIT_MS : 0)
  }

  /** Whatever has not come by then never will. */
  #expect(ms: number): void {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => this.ended({}), ms)
  }

  #announceAway(): void {
    for (const line of this.#lines.values()) {
      if (line.told !== 'joined') line.announce({ state: 'reconnecting', offline: !navigator.onLine })
    }
  }

  #drop(): void {
    clearTimeout(this.#watch)
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#transport?.close()
    this.#transport = undefined
  }

  #close(): void {
    this.#drop()
    this.#unwatchPage?.()
    this.#unwatchPage = undefined
    this.#given?.close()
    this.#given = undefined
  }
}
