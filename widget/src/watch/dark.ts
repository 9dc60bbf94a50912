import type { Early, Mounted } from '../early.ts'
import { connectionTo } from '../feed/connections.ts'
import { FeedStore } from '../feed/feed-store.ts'

/** A feed for a rehearsal: it reads, follows and confirms as any other does, and shows nothing. */
export function darken(room: string, early: Early): Mounted {
  const store = new FeedStore({
    base: early.base,
    room,
    connection: connectionTo(early.base, early.socket),
    page: early.page,
    getToken: () => undefined,
    draw: () => {},
    emit: () => {},
    now: () => performance.now(),
  })
  return { resume: () => void store.resume(), pause: () => store.pause() }
}
