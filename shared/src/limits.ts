/** Apart from the others, because the widget needs this one alone and every byte of it is downloaded. */
export const AUTHOR_NAME_CHARACTERS = 60

/** Bounds that both ends of the wire know. Sizes in bytes are of UTF-8; "characters" are code points. */
export const LIMITS = {
  /** Characters of an item's text as it is typed. */
  textCharacters: 4000,
  authorNameCharacters: AUTHOR_NAME_CHARACTERS,
  urlCharacters: 2000,
  /** Of a body tree: nested elements, nodes of any sort, and its JSON. */
  bodyDepth: 10,
  bodyNodes: 1500,
  bodyBytes: 32_768,
  /** Items in one page, at most and by default. */
  pageItems: 200,
  defaultPageItems: 50,
  /** Of one client frame or one HTTP body. */
  frameBytes: 65_536,
  /** Rooms joined on one connection. */
  roomsPerConnection: 100,
  /** Changes that a join catches up; whoever is further behind is reset and reads a page instead. */
  catchUpChanges: 1000,
  /** Changes in one frame. */
  frameChanges: 200,
  /** Longest that a poll may wait, in seconds. */
  pollWaitSeconds: 25,
  tokenBytes: 4096,
} as const

/** A head travels at least this often, in milliseconds, so that silence means a dead connection. */
export const HEARTBEAT_MS = 15_000
