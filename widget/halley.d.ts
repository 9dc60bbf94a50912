// Types for pages that show rooms: copy this file into your project. Nothing in it runs.

/** What a page may set on `window.halley` before the loader runs. */
export interface Halley {
  /** The token with which your server signed your user in, or nothing for somebody who is not signed in. */
  getToken?: (site: string) => string | null | undefined | Promise<string | null | undefined>
  /** Words of your own by language in lower case (`nl`, `pt-br`); what a table leaves out is said in English. */
  words?: { readonly [lang: string]: HalleyWords }
}

/** `{n}` in a text is a number; texts that depend on it have a form for each plural that the language knows. */
export interface HalleyWords {
  readonly [key: string]: string | HalleyPlural
}
export type HalleyPlural = { readonly other: string } & {
  readonly [form in 'zero' | 'one' | 'two' | 'few' | 'many']?: string
}

/** `<halley-feed>`. `refresh` is there once the feed is shown. */
export interface HalleyFeedElement extends HTMLElement {
  /** As `window.halley.getToken`, for this feed alone. */
  getToken?: () => string | null | undefined | Promise<string | null | undefined>
  /** Somebody has signed in or out: asks again, and shows the room as they may see it. */
  refresh?: () => Promise<void>
}

export interface HalleyAuthor {
  name: string
  url?: string
  avatar?: string
  role?: 'owner' | 'admin' | 'moderator' | 'author'
}

/** A piece of a post: text, or an element with children. Of a type that you do not know, show the children. */
export type HalleyBodyNode =
  | string
  | {
      readonly type: string
      readonly children?: readonly HalleyBodyNode[]
      /** Of a link. */
      readonly href?: string
      /** Of a list. */
      readonly ordered?: boolean
      readonly start?: number
      /** Of a code block. */
      readonly language?: string
    }

export interface HalleyItem {
  id: string
  /** Its place in the room; null for staff while it is held. */
  seq: number | null
  /** Of two tellings of one item the higher one wins. */
  rev: number
  kind: string
  author: HalleyAuthor
  body: readonly HalleyBodyNode[]
  /** The body as plain text. */
  text: string
  /** RFC 3339, UTC. */
  postedAt: string
  editedAt?: string
  pinned?: true
  highlight?: true
  /** Staff only. */
  held?: true
  removedAt?: string
}

/** The state of a feed's connection. */
export type HalleyStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'reconnecting'; readonly offline: boolean }
  /** Ended for good; `code` says why, such as `room-unknown` or `origin-forbidden`. */
  | { readonly state: 'failed'; readonly code: string }

/** Events of a feed's element, which bubble. `room` is `site/room`. */
export interface HalleyEvents {
  'halley:item': CustomEvent<{ room: string; item: HalleyItem }>
  'halley:status': CustomEvent<{ room: string } & HalleyStatus>
  'halley:login': CustomEvent<{ room: string }>
}

declare global {
  interface Window {
    halley?: Halley
  }
  interface HTMLElementTagNameMap {
    'halley-feed': HalleyFeedElement
    'halley-count': HTMLElement
  }
  interface HTMLElementEventMap extends HalleyEvents {}
  interface DocumentEventMap extends HalleyEvents {}
}
