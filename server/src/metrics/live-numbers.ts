import { Counter, Gauge } from 'prom-client'
import { registry } from './metrics.ts'

type Read = () => number | undefined | Promise<number | undefined>
/** How one number is made of those of several processes: what is one thing for all of them is not added up. */
type Joining = 'sum' | 'min' | 'max'

/** What is read off the parts of a running process when somebody asks for metrics. */
const LIVE_NUMBERS = {
  rooms_served: ['Rooms that are followed here', 'sum'],
  window_bytes: ['Characters of recent changes that are kept for readers who come back', 'sum'],
  bus_connected: ['1 while news of other processes arrives', 'min'],
  bus_lag_seconds: ['How long the last probe took to Redis and back', 'max'],
  database_up: ['1 while Postgres answers within a second', 'min'],
  replica_up: ['1 while the replica of DATABASE_READ_URL answers within a second', 'min'],
  draining: ['1 while readers are sent away', 'max'],
  append_waiting: ['Changes that wait for the next transaction', 'sum'],
  outages_total: ['Times that Postgres was found to be away', 'sum'],
  spool_keeps: ['1 where posts can be queued while Postgres is away', 'min'],
  spool_posts: ['Posts that wait in Redis, of all nodes', 'max'],
  spool_rooms: ['Rooms of which posts wait', 'max'],
  spool_queued_total: ['Posts answered with 202 queued', 'sum'],
  spool_refused_total: ['Posts refused because too much waited', 'sum'],
  spool_drained_total: ['Queued posts that were stored or refused for good', 'sum'],
  spool_parked_total: ['Queued posts that were put aside because storing them failed again and again', 'sum'],
  pages_kept_total: ['Pages of history that were given as they were kept in memory', 'sum'],
  pages_read_total: ['Pages of history that were read from a database', 'sum'],
  page_cache_bytes: ['Bytes of pages that are kept in memory', 'sum'],
  purge_failures_total: ['Times that a shared cache could not be told what to let go', 'sum'],
  replica_pages_served_total: ['Pages of history as the replica gave them', 'sum'],
  replica_pages_behind_total: ['Pages that were read again because the replica was behind', 'sum'],
  replica_pages_failed_total: ['Pages for which the replica did not answer in time', 'sum'],
  workers: ['Processes that are to serve', 'max'],
  workers_serving: ['Processes that serve', 'max'],
  worker_crashes_total: ['Processes of this node that ended without being told to', 'sum'],
  crash_loop: ['1 while processes of this node end again and again', 'max'],
} as const satisfies Record<string, readonly [help: string, joining: Joining]>

export type LiveNumber = keyof typeof LIVE_NUMBERS

const parts = new Map<LiveNumber, Set<Read>>()

for (const [name, [help, aggregator]] of Object.entries(LIVE_NUMBERS)) {
  const facts = { name: `halley_${name}`, help, aggregator, registers: [registry] }
  const read = () => joined(aggregator, parts.get(name as LiveNumber))
  if (name.endsWith('_total')) new Counter({ ...facts, collect: collectInto(read) })
  else new Gauge({ ...facts, collect: collectInto(read) })
}

/** Has `read` asked whenever somebody wants to know, until what is returned is called. Undefined is not shown. */
export function showNumber(name: LiveNumber, read: Read): () => void {
  const all = parts.get(name) ?? new Set()
  parts.set(name, all.add(read))
  return () => void all.delete(read)
}

function collectInto(read: () => Promise<number | undefined>) {
  return async function collect(this: Counter | Gauge): Promise<void> {
    const value = await read()
    // A number that nobody knows is absent, not 0.
    this.remove()
    if (value !== undefined) this.inc(value)
  }
}

/** Tests run several nodes in one process. */
async function joined(joining: Joining, reads: ReadonlySet<Read> | undefined): Promise<number | undefined> {
  const said = await Promise.all([...(reads ?? [])].map((read) => read()))
  const known = said.filter((value) => value !== undefined)
  if (known.length === 0) return undefined
  return joining === 'sum' ? known.reduce((sum, value) => sum + value, 0) : Math[joining](...known)
}
