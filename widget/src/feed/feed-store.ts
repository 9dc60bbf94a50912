import type { Change, ItemsPage, Position, RoomSummary, View } from '@halley/shared'
import type { Follower, News } from '../connection/follower.ts'
import { type PosterParts, posterParts } from '../view/lazy.tsx'
import { abilitiesIn } from './abilities-in.ts'
import { type Ask, askAs } from './api.ts'
import type { ApiError } from './api-error.ts'
import type { FeedOptions } from './feed-options.ts'
import type { FeedActions, FeedStatus, FeedView, Outgoing, WritingActions } from './feed-view.ts'
import { type GetToken, type Identity, isKnown, NOBODY } from './identity.ts'
import { itemsPath, type PageAsk } from './items-path.ts'
import { retryMs, soonOrOnline } from './soon-or-online.ts'
import { statusAfter } from './status-after.ts'
import { type Side, Stretch } from './stretch.ts'

const NOTHING: ReadonlySet<string> = new Set()
const REPAINT_MS = 80
const TRIES = 3
const SUMMARY_MS = 200

/** One room as one feed shows it: pages, the stream and this reader's own posts become `FeedView`s. */
export class FeedStore implements Follower, FeedActions {
  readonly options: FeedOptions
  readonly room: string
  stretch!: Stretch
  identity: Identity = NOBODY
  outbox!: readonly Outgoing[]
  /** The item at which the reader is, so that a reload comes back to it; none at the newest edge. */
  reading: string | undefined
  #status: FeedStatus = { state: 'connecting' }
  #room: RoomSummary | undefined
  #target: string | undefined
  #jumps = 0
  #early: FeedOptions['page']
  #loaded = false
  /** Each reload and pause makes the answers of the one before worthless; none while paused. */
  #turn: object | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerAt = 0

  constructor(options: FeedOptions) {
    this.options = options
    this.room = options.room
    this.#early = options.page
    this.#clear()
  }

  get view(): View {
    return this.identity.signedIn && this.#room?.may.includes('moderate') ? 'staff' : 'reader'
  }

  get token(): string | undefined {
    return this.identity.token
  }

  get position(): Position | undefined {
    return this.#loaded ? this.stretch.position : undefined
  }

  set position(position: Position | undefined) {
    if (position) this.stretch.reached(position)
    else this.#loaded = false
  }

  readonly hear = (news: News): void => {
    if (news.type === 'changes') for (const change of news.changes) this.tell(change)
    else if (news.type === 'joined') this.#room &&= { ...this.#room, may: news.may }
    else if (news.type === 'status') this.#setStatus(news.status)
    else if (news.type === 'reset') this.#goOn(this.#turn)
    else this.identity.renew(this.token).then(() => this.options.connection.identify(this, false))
    this.#schedule(REPAINT_MS)
  }

  /** Follows the room, from the beginning or from where `pause` left it. */
  async resume(target?: string): Promise<void> {
    if (this.#turn) return
    const turn = {}
    this.#turn = turn
    if (target) this.#target = target
    const getToken = this.options.getToken()
    if (getToken || isKnown(this.room.split('/')[0] as string)) {
      try {
        await this.meet(getToken)
        await this.identity.renew()
      } catch {}
    } else if (this.identity.signedIn) this.identity = NOBODY
    await this.#goOn(turn)
  }

  /** Whoever is known by name may be another to the room by now. */
  async #goOn(turn: object | undefined): Promise<void> {
    if (this.identity.signedIn) await this.#summarise()
    if (turn !== this.#turn) return
    if (this.#loaded) this.options.connection.follow(this)
    else await this.#load()
  }

  async meet(getToken?: GetToken): Promise<void> {
    const { Session } = await import('./session.ts')
    this.identity = new Session(this.room.split('/')[0] as string, getToken, this)
  }

  pause(): void {
    this.#turn = undefined
    this.identity.stop()
    this.options.connection.unfollow(this)
  }

  refresh(): Promise<void> {
    this.pause()
    this.#loaded = false
    return this.resume()
  }

  tell(change: Change): void {
    const { item, room } = change
    if (room && this.#room) {
      this.#room = { ...this.#room, ...room }
      setTimeout(() => this.#summarise(), Math.random() * 2000)
    }
    const mine = item && this.outbox.some(({ id }) => id === item.id)
    if (mine && !('held' in item)) this.outbox = this.outbox.filter(({ id }) => id !== item.id)
    const arrived = this.stretch.tell(change)
    if (arrived) this.options.emit('item', { item: arrived })
    if (arrived && mine && this.stretch.attached) this.stretch.showAll()
    this.#schedule(arrived ? this.stretch.arrivals.pause : REPAINT_MS)
  }

  hold(reason: string, on: boolean): void {
    const { arrivals } = this.stretch
    arrivals.hold(reason, on)
    if (!on && arrivals.count) this.#schedule(arrivals.pause)
  }

  async loadMore(side: Side): Promise<void> {
    const { stretch } = this
    const end = stretch[side]
    if (end.edge !== 'more' && end.edge !== 'failed') return
    end.edge = 'loading'
    this.draw()
    const done = await this.#take(stretch.beyond(side), side)
    // An answer that came too late to be of use leaves the end as it was.
    if (end.edge === 'loading') end.edge = done ? 'more' : 'failed'
    this.draw()
  }

  async showNewest(): Promise<void> {
    this.#target = undefined
    if (this.stretch.attached) this.stretch.skip()
    else await this.#take({})
    this.#jumps += 1
    this.draw()
  }

  async openAround(id: string): Promise<void> {
    this.#target = id
    if (!this.stretch.timeline.find(id) && !(await this.#take({ around: id }))) this.#target = undefined
    else this.#jumps += 1
    this.draw()
  }

  get writing(): WritingActions {
    return new (posterParts() as PosterParts).Writing(this)
  }

  readonly login = (): void => this.options.emit('login', {})

  ask<T>(path: string, ask?: Ask): Promise<T> {
    return askAs(this.identity, `${this.options.base}v1/rooms/${this.room}${path}`, ask)
  }

  /** Draws what may be drawn, and comes back for the rest. */
  draw(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // Of a room that another one may have taken the place of.
    if (!this.#turn) return
    const { timeline, arrivals } = this.stretch
    const empty = !timeline.size
    const arrived = this.#loaded ? this.stretch.flush() : NOTHING
    this.options.draw(this.picture(empty ? NOTHING : arrived))
    if (arrived.size && arrivals.count) this.#schedule(arrivals.pause)
  }

  picture(arrived: ReadonlySet<string> = NOTHING): FeedView {
    const { timeline, arrivals, older, newer, pinned } = this.stretch
    return {
      status: this.#status,
      loaded: !!this.stretch.position,
      room: this.#room,
      may: abilitiesIn(this.#room, this.identity.signedIn),
      guest: !this.identity.signedIn,
      chunks: timeline.chunks,
      arrived,
      waiting: arrivals.count,
      jumps: this.#jumps,
      older: older.edge,
      newer: newer.edge,
      pinned,
      outbox: this.outbox,
      own: this.identity.own,
      target: this.#target,
    }
  }

  #clear(): void {
    this.#loaded = false
    this.#room = undefined
    this.outbox = []
    this.stretch = new Stretch(this.options.now)
  }

  #setStatus(status: FeedStatus): void {
    // Whoever may not read the room any more is left nothing of it; `internal` says nothing of who may.
    if (status.state === 'failed' && status.code !== 'internal') this.#clear()
    if (status.state !== this.#status.state) this.options.emit('status', status)
    this.#status = status
  }

  #schedule(ms: number): void {
    const at = this.options.now() + ms
    if (this.#timer !== undefined && this.#timerAt <= at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => this.draw(), ms)
  }

  async #summarise(): Promise<void> {
    try {
      this.#room = await this.ask<RoomSummary>('')
      this.#schedule(0)
    } catch {}
  }

  #page(ask: PageAsk): Promise<ItemsPage> {
    return this.ask(itemsPath(ask, this.stretch.altered, this.view === 'staff'))
  }

  /** The room from the beginning: its page first, then the stream from that page's position. */
  async #load(tries = 0): Promise<void> {
    const turn = {}
    this.#turn = turn
    try {
      // Where the room itself is known in time, the composer has its place from the first drawing on.
      const summary = this.#room ?? this.#summarise()
      const page = await this.#first()
      await Promise.race([summary, new Promise((resolve) => setTimeout(resolve, SUMMARY_MS))])
      if (turn !== this.#turn) return
      this.stretch.begin(page)
      this.#loaded = true
      this.draw()
      this.options.connection.follow(this)
    } catch (error) {
      if (turn === this.#turn) this.#failed(error as ApiError, tries)
    }
  }

  /** The page around the item that was being read, or that a link asked for; the newest where it is not of this room. */
  async #first(): Promise<ItemsPage> {
    const id = this.reading ?? this.#target
    if (id) {
      try {
        return await this.#page({ around: id })
      } catch (error) {
        if ((error as ApiError).retry) throw error
        this.#target = undefined
      }
    }
    const early = this.view === 'reader' && (await this.#early)
    this.#early = undefined
    return early || this.#page({})
  }

  #failed(error: ApiError, tries: number): void {
    this.#setStatus(statusAfter(error))
    this.draw()
    const turn = this.#turn
    const again = () => turn === this.#turn && this.#load(tries + 1)
    if (error.retry) soonOrOnline(Math.max(error.afterMs, retryMs(tries)), again)
  }

  /** A page laid into the room as it is. False where it could not be had, or not be made to fit. */
  async #take(ask: PageAsk, side?: Side): Promise<boolean> {
    // What was asked for at the ends of another place does not belong to this one.
    if (!side && this.#loaded) this.#turn = {}
    const turn = this.#turn
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        const page = await this.#page(ask)
        if (turn !== this.#turn) return true
        const taken = this.stretch.take(page, side)
        if (taken && !side) this.#turn = {}
        if (taken) return true
      } catch (error) {
        if (!(error as ApiError).retry) break
      }
    }
    return turn !== this.#turn
  }
}
