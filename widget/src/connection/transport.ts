import type { ClientFrame, JoinFrame, ServerFrame } from '@halley/shared'

/** What a transport is told, and what it tells: declared here for the three of them. */
export interface Link {
  /** Where the server is, with a slash at its end. */
  readonly base: string
  /** All rooms, each from where its reader is now. */
  joins(): Omit<JoinFrame, 'type'>[]
  receive(frame: ServerFrame): void
  /** Something arrived that is no frame, as a proof of life. */
  heard(): void
  ended(how: Ending): void
}

export interface Ending {
  /** It ended as it should, such as a stream after its five minutes: come back at once. */
  readonly clean?: boolean
  /** The server asked to stay away for so long. */
  readonly afterMs?: number
  /** The server never wants this client back as it is. */
  readonly fatal?: boolean
}

export interface Transport {
  /** Whether `send` reaches the server; until then all joins are asked for by `joins`. */
  readonly ready: boolean
  /** Takes effect at once on a socket; the others ask anew with all rooms, unless it only takes leave. */
  send(frames: readonly ClientFrame[]): void
  /** Nothing is told any more from the moment this returns. */
  close(): void
}
