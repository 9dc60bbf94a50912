import type { CloseReason } from '@halley/shared'
import type { Frame } from './frame.ts'

/** Where a channel sends: one room on one connection. Declared here, implemented by the transports. */
export interface Reader {
  /** One buffered write; never waits and never throws. */
  send(frame: Frame): void
  /** Bytes that were sent and have not left this process. */
  queuedBytes(): number
  /** Ends the whole connection; the reader comes back with its positions. */
  cut(reason: CloseReason): void
}
