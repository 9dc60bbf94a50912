import type { AckAnswer, AckBody } from '@halley/shared'
import type { Connection } from '../connection/connection.ts'
import type { Follower } from '../connection/follower.ts'
import { FeedStore } from '../feed/feed-store.ts'
import type { FeedView } from '../feed/feed-view.ts'
import { reportUncaught } from './report.ts'

/** Confirmations are spread over this, and what is drawn meanwhile goes with them. */
const SPREAD_MS = 2000

/** Askings for the server's clock: a page is busiest when it opens, and hears a first answer late. */
const ASKED = 3

/** Milliseconds: the server's clock less this page's, and by how much that may be wrong. */
interface Clock {
  readonly ahead: number
  readonly within: number
}

/**
 * By the page's steady clock, because hosts replace the other one. The server said its time at some moment between the
 * question and the answer, so the quickest answer tells most.
 */
async function clockOf(base: string): Promise<Clock> {
  const clocks: Clock[] = []
  for (let n = 0; n < ASKED; n += 1) {
    const began = performance.now()
    const at = await post(base, { positions: {} })
    const within = (performance.now() - began) / 2
    clocks.push({ ahead: at - began - within, within })
  }
  return clocks.reduce((best, clock) => (clock.within < best.within ? clock : best))
}

/** Answers what the server's clock says, in milliseconds since 1970. */
async function post(base: string, body: AckBody): Promise<number> {
  const answer = await fetch(`${base}v1/ack`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return Date.parse(((await answer.json()) as AckAnswer).at)
}

/** Times of posts that this drawing has brought onto the screen. */
function timesIn({ arrived, chunks }: FeedView): number[] {
  const rows = arrived.size ? chunks.slice(0, 2).flatMap((chunk) => chunk.rows) : []
  return rows.flatMap((row) => ('postedAt' in row && arrived.has(row.id) ? Date.parse(row.postedAt) : []))
}

/** Runs when what was just drawn is on the screen; never while nobody can see it. */
function painted(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then))
}

const watched = new WeakSet<Follower>()

/** Has these followers of one room confirm what they draw, as the server has asked for. */
export function confirm(connection: Connection, followers: ReadonlySet<Follower>): void {
  reportUncaught(connection.base)
  const clock = clockOf(connection.base).catch(() => undefined)
  for (const follower of followers) {
    if (watched.has(follower) || !(follower instanceof FeedStore)) continue
    watched.add(follower)
    watch(connection, follower, clock)
  }
}

function watch(connection: Connection, store: FeedStore, clock: Promise<Clock | undefined>): void {
  let waits = false
  let lagMs: number | undefined
  let told = ''
  const send = () => {
    waits = false
    const { position, room } = store
    const text = position && `${position.epoch}:${position.rev}`
    if (!text || (text === told && lagMs === undefined)) return
    told = text
    const body = { positions: { [room]: text }, ...(lagMs !== undefined && { lagMs }) }
    lagMs = undefined
    const { transport, ladder, base } = connection
    // Only a socket has a way up.
    if (!ladder.rung && transport?.ready) transport.send([{ type: 'ack', ...body }])
    else post(base, body).catch(() => {})
  }
  const soon = () => {
    if (!waits) setTimeout(send, Math.random() * SPREAD_MS)
    waits = true
  }
  soon()
  const { draw } = store.options
  // From here, so that whoever is not asked need not have the place for it in what they download.
  const confirmed = (view: FeedView) => {
    draw(view)
    const times = timesIn(view)
    soon()
    if (times.length && !document.hidden)
      painted(async () => {
        const now = performance.now()
        const { ahead = Number.NaN, within = 0 } = (await clock) ?? {}
        const lag = now + ahead - Math.min(...times)
        // A clock that was set, or a page that slept meanwhile, measures nothing.
        if (!(lag >= -within - 1 && lag < 600_000)) return
        lagMs = Math.max(lagMs ?? 0, Math.round(lag))
        // The position may have been told before this was on the screen.
        soon()
      })
  }
  Object.assign(store.options, { draw: confirmed })
}
