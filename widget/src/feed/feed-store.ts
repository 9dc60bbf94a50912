import type { Ability, Change, ItemsPage, LiveItem, Position, RoomSummary } from '@halley/shared'
import type { Connection } from '../connection/connection.ts'
import type { Follower, Following, LineStatus } from '../connection/follower.ts'
import { readPosition } from '../connection/read-position.ts'
import { type Api, roomApi } from './api.ts'
import type { ApiError } from './api-error.ts'
import type { HoldReason } from './arrivals.ts'
import type { FeedActions, FeedStatus, FeedView, Outgoing } from './feed-view.ts'
import { itemsPath, type PageAsk } from './items-path.ts'
import { type GetToken, Session } from './session.ts'
import { type Side, Stretch } from './stretch.ts'
import type { Writing } from './writing.ts'

const NOTHING: ReadonlySet<string> = new Set()
/** Edits and removals that come together are drawn together. */
const REPAINT_MS = 80
const MOST_RETRY_MS = 30_000

export interface FeedOptions {
  readonly base: string
  readonly room: string
  readonly connection: Connection
  /** The newest page, where the loader has asked for it. */
  readonly page: Promise<ItemsPage | undefined> | undefined
  readonly getToken: () => GetToken | undefined
  /** A new value to draw. */
  readonly draw: (view: FeedView) => void
  readonly onItem: (item: LiveItem) => void
  readonly onStatus: (status: FeedStatus) => void
  readonly onLogin: () => void
  readonly now: () => number
}

/** One room as one feed shows it: pages, the stream and this reader's own posts become `FeedView`s. */
export class FeedStore implements Follower {
  readonly stretch: Stretch
  readonly session: Session
  readonly api: Api
  readonly options: FeedOptions
  outbox: readonly Outgoing[] = []
  /** The item at which the reader is, so that a reload comes back to it; none at the newest edge. */
  reading: string | undefined
  #status: FeedStatus = { state: 'connecting' }
  #room: RoomSummary | undefined
  #may: readonly Ability[] = []
  #target: string | undefined
  #following: Following | undefined
  #early: FeedOptions['page']
  #loaded = false
  /** Each reload and pause makes the answers of the one before worthless. */
  #turn = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerAt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #writing: Promise<Writing> | undefined

  constructor(options: FeedOptions) {
    this.options = options
    this.#early = options.page
    this.stretch = new Stretch(options.now)
    this.session = new Session(options.room.split('/')[0] as string, options.getToken, () => this.#identify())
    this.api = roomApi(options.base, options.room, this.session)
  }

  /** Follows the room, from the beginning or from where `pause` left it. */
  async resume(target?: string): Promise<void> {
    if (this.#following) return
    const turn = ++this.#turn
    this.#following = this.options.connection.follow(this.options.room, this)
    if (target) this.#target = target
    await this.session.renew()
    if (turn !== this.#turn) return
    if (this.session.signedIn) await this.#summarise()
    if (turn !== this.#turn) return
    this.#identify()
    if (this.#loaded && this.stretch.position) this.#follow(this.stretch.position)
    else await this.#load(0)
  }

  pause(): void {
    this.#turn += 1
    clearTimeout(this.#timer)
    clearTimeout(this.#retry)
    this.#timer = undefined
    this.session.stop()
    this.#following?.stop()
    this.#following = undefined
  }

  /** The host page signed somebody in or out. */
  async refresh(): Promise<void> {
    this.pause()
    this.#loaded = false
    this.#early = undefined
    await this.resume()
  }

  // What the stream tells.

  changed(changes: readonly Change[], position: Position): void {
    for (const change of changes) this.tell(change)
    this.stretch.reached(position)
  }

  joined(may: readonly Ability[]): void {
    this.#may = may
    this.#repaint()
  }

  reset(): void {
    this.#early = undefined
    this.#load(0)
  }

  status(status: LineStatus): void {
    this.#status = status
    this.options.onStatus(status)
    this.#repaint()
  }

  expired(): void {
    this.session.renew()
  }

  /** One change, from the stream or from an answer. */
  tell(change: Change): void {
    const { item, room } = change
    if (room && this.#room) {
      this.#room = { ...this.#room, ...room }
      this.#retry = setTimeout(() => this.#summarise(), Math.random() * 2000)
    }
    const mine = item && this.outbox.some(({ id }) => id === item.id)
    if (mine && !('held' in item)) this.outbox = this.outbox.filter(({ id }) => id !== item.id)
    const arrived = this.stretch.tell(change)
    if (arrived) this.options.onItem(arrived)
    if (arrived && mine && this.stretch.attached) this.stretch.showNow(arrived.id)
    this.#schedule(arrived ? this.stretch.arrivals.pause : REPAINT_MS)
  }

  // What readers do.

  hold(reason: HoldReason, on: boolean): void {
    this.stretch.arrivals.hold(reason, on)
    if (!on && this.stretch.arrivals.count) this.#schedule(this.stretch.arrivals.pause)
  }

  loadMore(side: Side): void {
    const end = this.stretch[side]
    if (end.edge === 'more' || end.edge === 'failed') this.#extend(side, 1)
  }

  async showNewest(): Promise<void> {
    const { stretch } = this
    this.#target = undefined
    if (stretch.attached) {
      stretch.skip()
      return this.draw()
    }
    await this.#move({}, 1)
  }

  async openAround(id: string): Promise<void> {
    this.#target = id
    if (this.stretch.timeline.has(id)) return this.draw()
    await this.#move({ around: id }, 1)
  }

  /** Posting and moderating come in a file of their own, fetched when first needed. */
  writing(): Promise<Writing> {
    this.#writing ??= import('./writing.ts').then(
      ({ Writing }) => new Writing(this),
      (error) => {
        this.#writing = undefined
        throw error
      },
    )
    return this.#writing
  }

  setOutbox(outbox: readonly Outgoing[]): void {
    this.outbox = outbox
    this.draw()
  }

  /** A guest made a token: from now on the room knows who reads. */
  identified(): void {
    this.#identify()
  }

  #schedule(ms: number): void {
    const at = this.options.now() + ms
    if (this.#timer !== undefined && this.#timerAt <= at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => this.draw(), ms)
  }

  #repaint(): void {
    this.#schedule(0)
  }

  /** Draws what may be drawn, and comes back for the rest. */
  draw(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { stretch } = this
    const before = stretch.timeline.size
    const arrived = this.#loaded ? stretch.flush() : NOTHING
    this.options.draw(this.view(before ? arrived : NOTHING))
    if (arrived.size && stretch.arrivals.count) this.#schedule(stretch.arrivals.pause)
  }

  view(arrived: ReadonlySet<string> = NOTHING): FeedView {
    const { timeline, arrivals, older, newer, pinned } = this.stretch
    return {
      status: this.#status,
      loaded: this.#loaded,
      room: this.#room,
      may: this.#abilities(),
      guest: !this.session.signedIn,
      chunks: timeline.chunks,
      arrived,
      waiting: arrivals.count,
      older: older.edge,
      newer: newer.edge,
      pinned,
      outbox: this.outbox,
      own: this.session.memory.own,
      target: this.#target,
    }
  }

  /** A guest may post before there is a token: it is made with the first post. */
  #abilities(): readonly Ability[] {
    const { posting, state } = this.#room ?? {}
    const guest = !this.session.signedIn && posting === 'guests' && state === 'open'
    return guest && !this.#may.includes('post') ? [...this.#may, 'post'] : this.#may
  }

  get #staff(): boolean {
    return this.session.signedIn && !!this.#room?.may.includes('moderate')
  }

  #identify(): void {
    this.#following?.identify(this.session.header(), this.#staff ? 'staff' : 'reader')
  }

  async #summarise(): Promise<void> {
    try {
      this.#room = await this.api<RoomSummary>('')
      this.#repaint()
    } catch {
      // The feed is read without it; whoever posts will hear of it.
    }
  }

  #page(ask: PageAsk): Promise<ItemsPage> {
    return this.api<ItemsPage>(itemsPath(ask, this.stretch.altered, this.#staff))
  }

  /** The room from the beginning: its page first, then the stream from that page's position. */
  async #load(tries: number): Promise<void> {
    const turn = ++this.#turn
    const early = this.#staff ? undefined : this.#early
    this.#early = undefined
    try {
      const page = (await this.#around(turn)) ?? (await early) ?? (await this.#page({}))
      if (turn !== this.#turn) return
      const position = readPosition(page.position)
      this.stretch.begin(page, position)
      this.#loaded = true
      this.draw()
      this.#follow(position)
      if (!this.#room) this.#summarise()
    } catch (error) {
      if (turn === this.#turn) this.#failed(error as ApiError, tries, () => this.#load(tries + 1))
    }
  }

  /** The page around the item that a link asked for, or that was being read; nothing where it is not of this room. */
  async #around(turn: number): Promise<ItemsPage | undefined> {
    const id = this.#loaded ? this.reading : this.#target
    if (!id) return undefined
    try {
      return await this.#page({ around: id })
    } catch (error) {
      const { code } = error as ApiError
      if (code !== 'item-unknown' && code !== 'bad-request') throw error
      if (turn === this.#turn) this.#target = undefined
      return undefined
    }
  }

  #failed(error: ApiError, tries: number, again: () => void): void {
    if (!(error as Partial<ApiError>).code) throw error
    if (!error.retry) {
      this.status({ state: 'failed', code: error.code as 'internal' })
      return
    }
    this.status({ state: 'reconnecting', offline: !navigator.onLine })
    const wait = Math.random() * Math.min(MOST_RETRY_MS, 1000 * 2 ** tries)
    const aborted = new AbortController()
    const go = () => {
      aborted.abort()
      clearTimeout(this.#retry)
      if (this.#following) again()
    }
    this.#retry = setTimeout(go, Math.max(wait, error.afterMs))
    addEventListener('online', go, { signal: aborted.signal })
  }

  #follow({ epoch, rev }: Position): void {
    this.#following?.from(`${epoch}:${rev}`)
  }

  async #move(ask: PageAsk, tries: number): Promise<void> {
    const turn = this.#turn
    try {
      const page = await this.#page(ask)
      const { epoch, rev } = readPosition(page.position)
      if (turn !== this.#turn || epoch !== this.stretch.position?.epoch) return
      if (this.stretch.move(page, rev)) this.draw()
      else if (tries < 3) await this.#move(ask, tries + 1)
    } catch {
      // What is shown stays; the pill is still there to try again.
      this.#target = undefined
      this.draw()
    }
  }

  async #extend(side: Side, tries: number): Promise<void> {
    const { stretch } = this
    const turn = this.#turn
    const end = stretch[side]
    const edge = side === 'older' ? stretch.timeline.oldest : stretch.timeline.newest
    const { cursor } = end
    const ask: PageAsk =
      cursor === null ? { around: edge?.id ?? '' } : side === 'older' ? { before: cursor } : { after: cursor }
    end.edge = 'loading'
    this.draw()
    let done = false
    try {
      const page = await this.#page(ask)
      const { epoch, rev } = readPosition(page.position)
      if (turn !== this.#turn) return
      done = epoch === stretch.position?.epoch && stretch.extend(side, page, rev)
    } catch {}
    if (turn !== this.#turn) return
    if (!done) end.edge = tries < 2 ? 'loading' : 'failed'
    if (!done && tries < 2) return this.#extend(side, tries + 1)
    this.draw()
  }
}

/** What components may ask for. */
export function feedActions(store: FeedStore): FeedActions {
  const written = <K extends keyof Writing>(name: K) =>
    (async (...args: never[]) => {
      const writing = await store.writing()
      return (writing[name] as (...given: never[]) => unknown)(...args)
    }) as unknown as Writing[K]
  return {
    loadOlder: () => store.loadMore('older'),
    loadNewer: () => store.loadMore('newer'),
    showNewest: () => store.showNewest(),
    hold: (reason, on) => store.hold(reason, on),
    openAround: (id) => store.openAround(id),
    post: written('post'),
    retry: written('retry'),
    discard: written('discard'),
    remove: written('remove'),
    restore: written('restore'),
    edit: written('edit'),
    pin: written('pin'),
    unpin: written('unpin'),
    read: written('read'),
    login: () => store.options.onLogin(),
    linkTo: (id) => `${location.href.split('#')[0]}#halley-${id}`,
  }
}
