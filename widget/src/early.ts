import type { ItemsPage } from '@halley/shared'

/** What the loader asked for before the feed's code was there. Either may have failed; the feed then asks itself. */
export interface Early {
  /** Where the server is, with a slash at its end. */
  readonly base: string
  /** The room's newest page as anybody may read it; null where its site has gone. */
  readonly page: Promise<ItemsPage | null | undefined> | undefined
  /** Opening or open; shared by all rooms of the page. */
  readonly socket: WebSocket | undefined
}

/** A mounted feed or count, as the loader's element drives it. */
export interface Mounted {
  /** The element is in the page (again): follow the room. */
  resume(): void
  /** The element left the page: close everything, keep what was read. */
  pause(): void
}
