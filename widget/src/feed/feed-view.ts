import type { Ability, ErrorCode, LiveItem, RemovedItem, RoomSummary } from '@halley/shared'

/** What a reader is told of the connection. */
export type FeedStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Lost, and coming back by itself; `offline` when the browser says that there is no network. */
  | { readonly state: 'reconnecting'; readonly offline: boolean }
  /** Ended for good: the room is unknown, forbidden to this reader or page, or needs signing in. */
  | { readonly state: 'failed'; readonly code: ErrorCode }

export type Row = LiveItem | RemovedItem

/** Up to 50 neighbouring rows; the object changes exactly when one of its rows does, so a view can be memoised. */
export interface Chunk {
  readonly key: string
  readonly rows: readonly Row[]
}

/** A post of this reader's that the room has not shown yet. */
export interface Outgoing {
  readonly id: string
  readonly text: string
  readonly name: string
  readonly state: 'sending' | 'held' | 'failed'
  /** Why it failed, and whether sending it again can help. */
  readonly code?: ErrorCode | 'network'
  readonly retry?: boolean
}

export type Edge = 'more' | 'loading' | 'failed' | 'end'

/** Everything that the feed's components draw: one immutable value a flush. Rows are newest first here, whatever the order on the page. */
export interface FeedView {
  readonly status: FeedStatus
  readonly room: RoomSummary | undefined
  readonly may: readonly Ability[]
  /** Whether posts carry the name that a guest typed. */
  readonly guest: boolean
  /** Whether the first page is there. */
  readonly loaded: boolean
  /** Everything that is loaded, newest chunk first; the first one takes what arrives. */
  readonly chunks: readonly Chunk[]
  /** Ids of rows that arrived in this flush and make room for themselves. */
  readonly arrived: ReadonlySet<string>
  /** Items that arrived and are not drawn because the reader is elsewhere: the pill's number. */
  readonly waiting: number
  /** Another number each time the reader asked for the newest edge, and it is there. */
  readonly jumps: number
  readonly older: Edge
  /** Not 'end' only after the feed was opened around an item. */
  readonly newer: Edge
  readonly pinned: readonly LiveItem[]
  readonly outbox: readonly Outgoing[]
  /** Ids that this browser posted to this site: those may be edited and removed by it within the room's window. */
  readonly own: ReadonlySet<string>
  /** The item that a link asked for. */
  readonly target: string | undefined
}

/** What a moderator or an author can do at an item. Each resolves when the server has answered, else rejects with an `ApiError`. */
export interface ItemActions {
  remove(id: string, reason?: string): Promise<void>
  restore(id: string): Promise<void>
  /** `rev` is that of the text that was read: where there is another by now, it is refused. */
  edit(id: string, text: string, rev?: number): Promise<void>
  /** Lets an item through that was held back. */
  release(id: string): Promise<void>
  pin(id: string): Promise<void>
  unpin(id: string): Promise<void>
  /** What was typed for the item, or would have been: what an editor begins with. */
  source(id: string): Promise<string>
}

/** What is done by those who post and moderate. */
export interface WritingActions extends ItemActions {
  post(text: string, name: string): void
  retry(id: string): void
  discard(id: string): void
}

/** What the components ask of the feed. */
export interface FeedActions {
  /** Only for components that come in the same file as what carries it out. */
  readonly writing: WritingActions
  loadMore(side: 'older' | 'newer'): void
  /** Draws what waits and leaves an `around` view for the newest items. */
  showNewest(): void
  /** While held, arriving items wait behind the pill: the reader has scrolled away, hovers or has paused. */
  hold(reason: string, on: boolean): void
  openAround(id: string): void
  /** Asks the host page to sign the reader in (`halley:login`). */
  login(): void
}
