import type { Posting, RoomState, Visibility } from '@halley/shared'

declare const brand: unique symbol
export type SiteId = number & { readonly [brand]: 'SiteId' }
export type RoomId = number & { readonly [brand]: 'RoomId' }

/** A tenant. */
export interface Site {
  readonly id: SiteId
  readonly slug: string
  /** Origins whose pages may post and join, as `https://host[:port]`; empty means any. */
  readonly origins: readonly string[]
  /** Deleted: whoever asks for anything of it is told so. */
  readonly gone: boolean
}

export interface RoomSettings {
  /** Seconds for which posters may edit and remove their own items. */
  readonly editWindow: number
  /** Longest post, in characters. */
  readonly textLimit: number
  /** Posts of people who are not staff wait for a moderator. */
  readonly holdPosts: boolean
}

/** A room as of a moment ago (at most a few seconds): who may do what in it is decided from this. */
export interface Room {
  readonly id: RoomId
  readonly site: Site
  readonly slug: string
  /** `site/room` */
  readonly address: string
  readonly title: string
  readonly state: RoomState
  readonly visibility: Visibility
  readonly posting: Posting
  readonly settings: RoomSettings
}
