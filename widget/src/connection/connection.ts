import type { ClientFrame, JoinFrame, Position, ServerFrame } from '@halley/shared'
import { withWatch } from '../with-watch.ts'
import type { Follower } from './follower.ts'
import { Ladder } from './ladder.ts'
import { Line } from './line.ts'
import { openSocket } from './socket.ts'
import type { Ending, Link, Transport } from './transport.ts'
import { watchPage } from './watch-page.ts'

/** A transport that says nothing for so long after it was asked is not let through by something on the way. */
const FIRST_WORD_MS = 6000
const PING_MS = 4000
const HEARTBEAT_MS = 15_000
/** A poll is silent while it waits. */
const POLL_WAIT_MS = 25_000
/** Below this nobody is told that the connection was away. */
const GRACE_MS = 1200
/** What has worked for so long begins its waits anew. */
const STEADY_MS = 10_000

type Timer = ReturnType<typeof setTimeout>

/** On whichever clock goes faster: one stands still while some laptops sleep, the other is what pages replace. */
const clocks = () => [performance.now(), Date.now()] as const
const since = ([a, b]: readonly [number, number]) => Math.max(performance.now() - a, Date.now() - b)

/** The one connection of a page to a server, for all rooms, on whichever transport works. */
export class Connection implements Link {
  readonly base: string
  readonly #lines = new Map<string, Line>()
  readonly ladder = new Ladder()
  #given: WebSocket | undefined
  transport: Transport | undefined
  /** This connection has told something. */
  #worked = false
  #opened = clocks()
  #lastWord = clocks()
  /** Asked to leave, so long after which the next connection is opened. */
  #goaway: Ending | undefined
  /** Goes on telling until the one after it does. */
  #old: Transport | undefined
  #retry: Timer | undefined
  #watch: Timer | undefined
  #batch: Timer | undefined
  #unwatchPage: (() => void) | undefined
  /** The page is kept aside for the back button, which an open connection would prevent. */
  #aside = false

  constructor(base: string, given?: WebSocket) {
    this.base = base
    this.#given = given
  }

  /** Tells the follower whatever comes, from its position on; call it again when that was set anew. */
  follow(follower: Follower): void {
    const { room } = follower
    const line = this.#lines.get(room) ?? new Line(() => this.#wake())
    this.#lines.set(room, line)
    line.followers.add(follower)
    if (follower.position) line.ready(follower as Follower & { position: Position })
    this.#wake()
  }

  unfollow(follower: Follower): void {
    this.#lines.get(follower.room)?.followers.delete(follower)
    this.#wake()
  }

  /** Somebody else reads, or with other eyes. A mere renewal of the token says so without a new join. */
  identify({ room, token }: Follower, renewal: boolean): void {
    const line = this.#lines.get(room)
    if (renewal && token && line?.told === 'joined') this.transport?.send([{ type: 'auth', room, token }])
    else line?.again()
  }

  joins(): Omit<JoinFrame, 'type'>[] {
    const joins = [...this.#lines.values()].flatMap((line) => line.join() ?? [])
    // Nobody is ready: then nothing is to be expected either.
    if (joins.length) this.#expect(FIRST_WORD_MS)
    else clearTimeout(this.#watch)
    return joins
  }

  receive(frame: ServerFrame): void {
    if (frame.type === 'goaway') {
      this.#goaway = frame
      this.#retry = setTimeout(() => this.#renew(), this.ladder.next(frame, true))
    }
    if (frame.type === 'joined') this.#old?.close()
    const line = 'room' in frame && this.#lines.get(frame.room as string)
    if (!line) return
    line.receive(frame)
    if ('ack' in frame) withWatch('confirm', this, line.followers)
  }

  heard(): void {
    this.#worked = true
    this.#lastWord = clocks()
    this.ladder.works()
    if (since(this.#opened) > STEADY_MS) this.ladder.steady()
    this.#expect(this.#silenceMs())
  }

  ended(how: Ending): void {
    const delay = this.ladder.next(this.#goaway ?? how, this.#worked)
    this.#drop()
    setTimeout(() => this.#announceAway(how), GRACE_MS)
    if (!how.fatal) this.#retry = setTimeout(() => this.#open(), delay)
  }

  /** The page has been away or its network has changed: "connected" is a guess until something arrives. */
  #check(): void {
    this.#aside = false
    if (!this.transport) {
      clearTimeout(this.#retry)
      this.#retry = undefined
      // Perhaps this network lets through what the last one did not.
      this.ladder.rung = 0
      this.#wake()
    } else if (this.transport.ready) {
      // One that is still on its way has a time limit of its own.
      if (since(this.#lastWord) > this.#silenceMs()) this.ended({ clean: true })
      else {
        this.transport.send([{ type: 'ping' }])
        this.#expect(PING_MS)
      }
    }
  }

  #leave(): void {
    this.#aside = true
    this.#drop()
  }

  /** Something is to be said; what comes in the same moment is said together. */
  #wake(): void {
    this.#batch ??= setTimeout(() => {
      this.#batch = undefined
      this.#settle()
    })
  }

  #settle(): void {
    const frames: ClientFrame[] = []
    for (const [room, line] of this.#lines) {
      if (line.followers.size) continue
      this.#lines.delete(room)
      frames.push({ type: 'leave', room })
    }
    if (!this.#lines.size) {
      this.#close()
      return
    }
    this.#unwatchPage ??= watchPage({
      awake: () => this.#check(),
      aside: () => this.#leave(),
    })
    if (!this.transport && this.#retry === undefined && !this.#aside) this.#open()
    else if (this.transport?.ready) {
      for (const line of this.#lines.values()) {
        const join = line.told === 'nothing' && line.join()
        if (join) frames.push({ type: 'join', ...join })
      }
      this.transport.send(frames)
      if (frames.some(({ type }) => type === 'join')) this.#expect(FIRST_WORD_MS)
    }
  }

  #renew(): void {
    const old = this.transport
    this.transport = undefined
    this.#open()
    this.#old = old
  }

  async #open(): Promise<void> {
    this.#drop()
    this.#worked = false
    this.#lastWord = this.#opened = clocks()
    const given = this.#given
    this.#given = undefined
    const { rung } = this.ladder
    if (rung === 0) {
      this.transport = openSocket(this, given)
      this.#expect(FIRST_WORD_MS)
      return
    }
    // Few need these: they are fetched where WebSockets do not get through.
    const waiting: Transport = { ready: false, send() {}, close() {} }
    this.transport = waiting
    try {
      const { openPoll, openStream } = await import('./fallback.ts')
      if (this.transport === waiting) this.transport = (rung === 1 ? openStream : openPoll)(this)
    } catch {
      if (this.transport === waiting) this.ended({})
    }
  }

  #silenceMs(): number {
    const beats = [...this.#lines.values()].map(({ heartbeatMs }) => heartbeatMs)
    return 2 * Math.max(HEARTBEAT_MS, ...beats) + (this.ladder.rung === 2 ? POLL_WAIT_MS : 0)
  }

  /** Whatever has not come by then never will. */
  #expect(ms: number): void {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => this.ended({}), ms)
  }

  #announceAway({ fatal }: Ending): void {
    for (const line of this.#lines.values()) {
      if (line.told !== 'joined')
        line.announce(
          fatal
            ? { state: 'failed', code: 'internal' }
            : { state: 'reconnecting', offline: !navigator.onLine },
        )
    }
  }

  #drop(): void {
    clearTimeout(this.#watch)
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#old?.close()
    this.transport?.close()
    this.#old = this.transport = this.#goaway = undefined
    for (const line of this.#lines.values()) line.told = 'nothing'
  }

  #close(): void {
    this.#drop()
    this.#unwatchPage?.()
    this.#unwatchPage = undefined
    this.#given?.close()
    this.#given = undefined
  }
}
